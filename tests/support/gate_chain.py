"""The real chain in front of the central database: nginx or Caddy, a gate node under granian, each a process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from examples.central_database.processes import wait_for
from examples.central_database.proxies import Address, Proxy, running_nginx
from provisioning.stack.ports import free_port

from .gate_world import NORTH_SCHOOL, GateWorld
from .keycloak_server import PROJECT
from .stand_ins import StandIn

GATE: Final = "sidecar.wsgi:app"
_READY_S: Final = 30
_STOP_S: Final = 15
_TIMEOUT_S: Final = 15


@dataclass(frozen=True)
class Node:
    """A gate node: one sidecar process on a port of its own."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def ask(self, secret: str | None, target: str, token: str, method: str = "GET") -> requests.Response:
        """Ask it as a proxy does, or as somebody who does not know the secret."""
        headers = {"X-Original-Method": method, "X-Original-URI": target, "Authorization": f"Bearer {token}"}
        if secret is not None:
            headers["X-Aikom-Gate-Secret"] = secret
        return requests.get(f"http://127.0.0.1:{self.port}/authz", headers=headers, timeout=_TIMEOUT_S)


@dataclass(frozen=True)
class Chain:
    """Proxy → gate node → central database. `port` is the proxy's."""

    world: GateWorld
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, token: str | None, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, **more: Any
    ) -> requests.Response:
        """A client's request to the central database."""
        authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
        return requests.request(
            method, f"{self.url}{path}", headers={**authorization, **(headers or {})}, timeout=_TIMEOUT_S, **more
        )

    def pupils(self, token: str | None, institution: str = NORTH_SCHOOL, **more: Any) -> requests.Response:
        """Ask for an institution's pupils."""
        return self.ask(token, pupils_of(institution), **more)

    def wait_until_fresh(self) -> None:
        """Wait until the node answers from the ledger, whatever stands where the central database would."""
        token, end = self.world.token(NORTH_SCHOOL), time.monotonic() + _READY_S
        while not (answer := self.pupils(token)).ok:
            assert time.monotonic() < end, answer.text
            time.sleep(0.05)


@dataclass(frozen=True)
class Edge:
    """A chain whose central database only notes what reaches it."""

    chain: Chain
    database: StandIn

    def reached_by(self, call: Callable[[], Any]) -> list[Any]:
        """What reached the database because of a call."""
        before = len(self.database.received)
        call()
        return self.database.received[before:]


def pupils_of(institution: str) -> str:
    """The path of an institution's pupils."""
    return f"/v1/institutions/{institution}/students"


@contextmanager
def running_node(world: GateWorld, *, app: str = GATE, port: int | None = None, **settings: str) -> Iterator[Node]:
    """A gate node; `settings` replace those of the world. It listens when the block begins, fresh or not."""
    folder, port = world.new_folder(), port or free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIKOM_")}
    environ = {**kept, **world.settings.values, **settings, "PYTHONPATH": str(PROJECT)}
    log = folder / "node.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--workers", "1", "--blocking-threads", "8", "--no-ws", "--no-access-log", app],
            cwd=PROJECT, env=environ, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_for(Address(port), process)
        yield Node(port, process, log)
    finally:
        process.terminate()
        process.wait(_STOP_S)


@contextmanager
def running_chain(
    world: GateWorld,
    node: Node | Address,
    proxy: Callable[[Proxy], AbstractContextManager[subprocess.Popen[bytes]]] = running_nginx,
    database: Address | None = None,
) -> Iterator[Chain]:
    """A proxy before a gate node and the central database, or before what stands in the place of one of them."""
    secret = world.settings.require("AIKOM_GATE_SECRET")
    gate = node if isinstance(node, Address) else Address(node.port)
    around = Proxy(world.new_folder(), free_port(), gate, database or world.database, secret)
    with proxy(around) as process:
        wait_for(Address(around.port), process)
        yield Chain(world, around.port)
