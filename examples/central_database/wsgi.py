"""Entry point: `granian --interface wsgi --uds SOCKET examples.central_database.wsgi:app`."""

from __future__ import annotations

from examples.central_database.app import app_from_environment

app = app_from_environment()
