"""A stand-in address for Keycloak that counts who fetches keys, and can fall silent or answer 500.

What it lets through is the real Keycloak's answer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import requests

from provisioning.stack.ports import LOOPBACK

_KEYS: Final = "/protocol/openid-connect/certs"
_PASSED_ON: Final = ("Content-Type", "Cache-Control")


class CountedKeycloak:
    """`url` leads to Keycloak. `fetches` is how often the realm's keys were asked for; `paths` all that was asked."""

    def __init__(self, target: str) -> None:
        self.paths: list[str] = []
        self.failing = False
        handler = _handler(self, target)
        self._server = ThreadingHTTPServer((LOOPBACK, 0), handler)
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def fetches(self) -> int:
        return sum(path.endswith(_KEYS) for path in self.paths)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(counted: CountedKeycloak, target: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            counted.paths.append(self.path.partition("?")[0])
            if counted.failing:
                self.send_error(500)
                return
            answer = requests.get(f"{target}{self.path}", timeout=30)
            self.send_response(answer.status_code)
            for name in _PASSED_ON:
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests' output is not a server's log."""

    return Handler


@contextmanager
def counted_keycloak(target: str) -> Iterator[CountedKeycloak]:
    """In front of the Keycloak at `target`, until the end of the block."""
    counted = CountedKeycloak(target)
    try:
        yield counted
    finally:
        counted.close()
