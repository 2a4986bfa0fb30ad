"""Entry point for granian: `granian --interface wsgi sidecar.wsgi:app`."""

from __future__ import annotations

from .app import create_app
from .logs import configure_logging

configure_logging()
app = create_app()
