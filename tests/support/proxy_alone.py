"""A real nginx or Caddy between a gate and a central database that only stand in for the real ones.

For what the proxies do by themselves; what a real gate decides is tested through `gate_chain`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

from examples.central_database.processes import wait_for
from examples.central_database.proxies import Address, Proxy, running_caddy, running_nginx
from provisioning.stack.ports import free_port
from tests.support.stand_ins import Answer, Received, StandIn, say, stand_in
from tests.support.wires import RawAnswer, send_raw

PROXIES: Final = {"nginx": running_nginx, "caddy": running_caddy}
DECISION: Final = {
    "X_Aikom_Institution": "46-0000101",
    "X_Aikom_Sphere": "/46-0000101",
    "X_Aikom_Rights": "students.read",
    "X_Aikom_Decision": "d-1",
}


@dataclass
class Said:
    """An answer that a test can change while the server runs."""

    now: Answer

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        self.now(handler)


@dataclass(frozen=True)
class Between:
    """A proxy with what stands around it. `gate_says` and `database_says` may be changed; see `saying`."""

    port: int
    gate: StandIn
    database: StandIn
    gate_says: Said
    database_says: Said

    @contextmanager
    def saying(self, gate: Answer | None = None, database: Answer | None = None) -> Iterator[None]:
        """Have gate or database say something else until the end of the block."""
        before = self.gate_says.now, self.database_says.now
        self.gate_says.now, self.database_says.now = gate or before[0], database or before[1]
        try:
            yield
        finally:
            self.gate_says.now, self.database_says.now = before

    def send(self, method: str, *headers: tuple[str, str], target: str = "/v1/a", body: bytes = b"") -> RawAnswer:
        """Send a request byte by byte, on a connection of its own."""
        lines = [f"{method} {target} HTTP/1.1", "Host: database.example", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        return send_raw(self.port, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def reached(self, method: str, *headers: tuple[str, str], **more: Any) -> tuple[RawAnswer, list[Received]]:
        """Send it and return the answer with what reached the database."""
        before = len(self.database.received)
        answer = self.send(method, *headers, **more)
        return answer, self.database.received[before:]


@contextmanager
def between(proxy: str, **limits: int) -> Iterator[Between]:
    """A proxy until the end of the block, with a gate that lets everything through."""
    gate, database = Said(say(204, **DECISION)), Said(say(200))
    with tempfile.TemporaryDirectory() as folder, stand_in(gate) as asked, stand_in(database) as reached:
        around = Proxy(Path(folder), free_port(), [asked.address], reached.address, "a secret", **limits)
        with PROXIES[proxy](around) as process:
            wait_for(Address(around.port), process)
            yield Between(around.port, asked, reached, gate, database)
