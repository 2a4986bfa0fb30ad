"""Entry point for granian: `granian --interface wsgi sidecar.wsgi:app`."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from provisioning.logs import configure_logging
from provisioning.settings import PROVISIONING, load_settings
from sidecar.app import create_app, utc_now
from sidecar.gate.gate import gate_of
from sidecar.sandbox.database import sandbox_database


def _application() -> WSGIApplication:
    settings = load_settings().without(PROVISIONING)
    pages = create_app(settings)
    served: WSGIApplication = pages
    sandbox = sandbox_database(settings, pages, utc_now)
    if sandbox is not None:
        sandbox.start()
        served = sandbox
    gate = gate_of(settings, utc_now)
    if gate is None:
        return served
    gate.start()
    return gate.in_front_of(served)


configure_logging()
app = _application()
