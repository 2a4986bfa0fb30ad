"""Entry point for granian: `granian --interface wsgi sidecar.wsgi:app`."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from provisioning.settings import load_settings

from .app import create_app, utc_now
from .gate.gate import gate_of
from .logs import configure_logging


def _application() -> WSGIApplication:
    settings = load_settings()
    pages = create_app(settings)
    gate = gate_of(settings, utc_now)
    if gate is None:
        return pages
    gate.start()
    return gate.in_front_of(pages)


configure_logging()
app = _application()
