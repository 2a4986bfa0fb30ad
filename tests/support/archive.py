"""An HTTP server that keeps what is PUT and gives nothing back, as an archive does that only ever takes in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Archive:
    """What it kept, by path, and the status it answers."""

    url: str = ""
    answer: int = 200
    kept: dict[str, bytes] = field(default_factory=dict)


@contextmanager
def running_archive() -> Iterator[Archive]:
    """The server, for the length of the block."""
    archive = Archive()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            archive.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(archive.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    archive.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield archive
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
