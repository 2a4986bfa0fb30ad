"""What happens around every request: its id, its line in the log, and the refusal of writes from other sites."""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Final

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest

from sidecar.frame.refusals import ForeignRequest

log = structlog.get_logger(__name__)

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def init_traffic(app: Flask, own_origin: str) -> None:
    """Give every answer an id and a line in the log; register before everything else.

    `own_origin` is the one site whose pages may send a write.
    """
    app.before_request(_begin)
    app.before_request(partial(_same_origin, own_origin))
    app.after_request(_finish)


def init_texts(app: Flask) -> None:
    """Refuse what no ledger can record; register after what limits the size of a form."""
    app.before_request(_recordable)


def _recordable() -> None:
    """Refuse a NUL in address or form: PostgreSQL holds none, and no event may. Source: docs/security.md row 43."""
    given = [request.path, *(text for texts in request.args.listvalues() for text in texts)]
    if request.mimetype in _FORMS:
        given += [text for texts in request.form.listvalues() for text in texts]
    if any("\0" in text for text in given):
        raise BadRequest


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _same_origin(own_origin: str) -> None:
    """Refuse a write that a browser sends from another site, whatever token it has. Source: docs/security.md row 24."""
    if request.method in _READS:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != own_origin:
        raise ForeignRequest
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignRequest


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    if request.blueprint == "health" and response.status_code == 200:
        return response  # Asked every few seconds; only a failure is worth a line.
    log.info(
        "request",
        method=request.method,
        # Without the query string: it may hold an authorization code.
        path=request.path,
        status=response.status_code,
        ms=round((time.perf_counter() - g.began) * 1000, 1),
        client=request.remote_addr,
    )
    return response
