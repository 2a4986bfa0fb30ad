"""Servers that stand where a real one would be, to see what reaches it or to behave as it never should."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from examples.central_database.proxies import Address
from provisioning.stack.ports import LOOPBACK


@dataclass(frozen=True)
class Received:
    """One request as it came: method, target byte by byte, headers in order, body."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header, whatever letters its name is written in; underscores count as hyphens."""
        wanted = name.lower().replace("_", "-")
        return [value for key, value in self.headers if key.lower().replace("_", "-") == wanted]


@dataclass(frozen=True)
class StandIn:
    """`address` is where it listens; `received` what has come so far."""

    address: Address
    received: list[Received] = field(default_factory=list)


Answer = Callable[[BaseHTTPRequestHandler], None]


def say(status: int, **headers: str) -> Answer:
    """An answer without a body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


@contextmanager
def stand_in(answer: Answer) -> Iterator[StandIn]:
    """A server that gives the same answer to everything."""
    received: list[Received] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.requestline.split(" ")[1]
            received.append(Received(self.command, target, tuple(self.headers.items()), body))
            answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests' output is not a server's log."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"):
        setattr(Handler, f"do_{method}", Handler._any)
    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield StandIn(Address(server.server_port), received)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
