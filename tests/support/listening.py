"""A WSGI application on a loopback port, as long as a block lasts."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import make_server


@contextmanager
def listening(app: WSGIApplication, port: int) -> Iterator[None]:
    """Requests are answered by threads of this process."""
    server = make_server("127.0.0.1", port, _whole(app), threaded=True)  # type: ignore[arg-type]  # wsgiref's types
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _whole(app: WSGIApplication) -> WSGIApplication:
    """Read and close an answer before it is sent: this server forgets to close it when the browser goes away meanwhile,
    and a style sheet's file would stay open until some later test is blamed for it.
    """

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    return answered
