"""Keycloak behind a network that fails on purpose: a proxy on the loopback address that spoils chosen calls.

    with shaky(url, [Fault.BUSY, Fault.LOST]) as network:
        connection = KeycloakConnection(network.url, …)

Calls that `spoils` picks are spoiled (`partialImport`, unless told otherwise), one fault per call, in order; then
everything passes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

Spoils = Callable[[str, str], bool]
"""Whether a call, by method and path, is one to spoil."""

_KEPT_HEADERS = ("Authorization", "Content-Type")


class Fault(Enum):
    """What goes wrong with a call."""

    BUSY = auto()
    """429; Keycloak never hears of it."""

    STUMBLE = auto()
    """500; Keycloak never hears of it."""

    UNAUTHORISED = auto()
    """401, as for a token that ran out on the way."""

    REFUSED = auto()
    """The connection is closed before Keycloak hears of it."""

    LOST = auto()
    """Keycloak carries it out, and its answer is lost."""

    CUT = auto()
    """Keycloak carries it out, and half of its answer arrives."""


@dataclass
class Network:
    """The proxy's address, and the faults that are still to come."""

    url: str
    faults: list[Fault]
    spoils: Spoils
    spoiled: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_fault(self, method: str, path: str) -> Fault | None:
        """The fault for this call."""
        with self._lock:
            if not self.faults or not self.spoils(method, path):
                return None
            self.spoiled.append(self.faults.pop(0))
            return self.spoiled[-1]


def is_import(method: str, path: str) -> bool:
    """Births."""
    return method == "POST" and path.endswith("/partialImport")


@contextmanager
def shaky(target: str, faults: Sequence[Fault], spoils: Spoils = is_import) -> Iterator[Network]:
    """A proxy in front of `target` for the length of the block."""
    network = Network("", list(faults), spoils)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = network.next_fault(self.command, self.path)
            if fault in _ANSWERS:
                self._answer(_ANSWERS[fault], b'{"error": "spoiled"}')
            elif fault is Fault.REFUSED:
                self.close_connection = True
            else:
                self._forward(body, fault)

        def _forward(self, body: bytes, fault: Fault | None) -> None:
            headers = {name: self.headers[name] for name in _KEPT_HEADERS if name in self.headers}
            answer = requests.request(self.command, target + self.path, data=body, headers=headers, timeout=60)
            if fault is Fault.LOST:
                self.close_connection = True
                return
            content = answer.content[: len(answer.content) // 2] if fault is Fault.CUT else answer.content
            self._answer(answer.status_code, content, answer.headers.get("Location"))

        def _answer(self, status: int, content: bytes, location: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - names that http.server wants

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    network.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


_ANSWERS = {Fault.BUSY: 429, Fault.STUMBLE: 500, Fault.UNAUTHORISED: 401}
