"""Entry point for granian: `granian --interface wsgi sidecar.wsgi:app`. AIKOM_PARTS says what the process serves."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from provisioning.logs import configure_logging
from provisioning.settings import PROVISIONING, Settings, SettingsError, load_settings
from sidecar.app import create_app, utc_now
from sidecar.doors.served import EVERYTHING, Served, served_parts
from sidecar.gate.gate import Gate, gate_of
from sidecar.sandbox.database import sandbox_database


def _application() -> WSGIApplication:
    settings = load_settings().without(PROVISIONING)
    parts = served_parts(settings)
    pages = create_app(settings)
    served: WSGIApplication = pages
    if Served.SANDBOX in parts:
        sandbox = sandbox_database(settings, pages, utc_now)
        if sandbox is not None:
            sandbox.start()
            served = sandbox
    gate = _gate(settings, parts)
    if gate is None:
        return served
    gate.start()
    return gate.in_front_of(served)


def _gate(settings: Settings, parts: frozenset[Served]) -> Gate | None:
    """The gate, where this process is one. A process of everything has it where proxies can ask it."""
    found = gate_of(settings, utc_now) if Served.GATE in parts else None
    if found is None and Served.GATE in parts and parts != EVERYTHING:
        raise SettingsError(
            "nobody could ask this gate: it has neither a secret nor a socket",
            remedy="set AIKOM_GATE_SECRET_FILE or AIKOM_GATE_SOCKET",
        )
    return found


configure_logging()
app = _application()
