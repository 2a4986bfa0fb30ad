"""Entry point for a node of the gate alone: `granian --interface wsgi --blocking-threads 1 sidecar.gate.wsgi:app`.

No page is made in this process, so no decision waits for one, and one thread decides faster than several that take
turns at the interpreter. Installations with little traffic serve pages and gate together (`sidecar.wsgi`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from provisioning.logs import configure_logging
from provisioning.settings import PROVISIONING, SettingsError, load_settings
from sidecar.gate.gate import gate_of

_NOTHING: Final = b"this node answers the central database's proxy only\n"


def _application() -> WSGIApplication:
    gate = gate_of(load_settings().without(PROVISIONING), lambda: datetime.now(UTC))
    if gate is None:
        raise SettingsError(
            "nobody could ask this gate: it has neither a secret nor a socket",
            remedy="set AIKOM_GATE_SECRET_FILE or AIKOM_GATE_SOCKET",
        )
    gate.start()
    return gate.in_front_of(_nothing_else)


def _nothing_else(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", str(len(_NOTHING)))])
    return (_NOTHING,)


configure_logging()
app = _application()
"""Answers `/authz`, its health, metrics and key set; 404 to all else."""
