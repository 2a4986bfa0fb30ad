"""The sidecar on a real SQLite ledger, without Keycloak: sessions are begun by the same code that a login calls.

A test module asks for these fixtures with `pytest_plugins = ("tests.support.sidecar_fixtures",)`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog
from flask import Flask

from provisioning.ledger import open_ledger
from provisioning.logs import configure_logging
from provisioning.settings import Settings
from sidecar.app import create_app
from tests.support.ledger_templates import copy_sqlite, sqlite_template
from tests.support.sidecar_forger import Forger, forger
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_running import SETTINGS, MovableClock, Sidecar, close


@pytest.fixture
def sidecar_settings(tmp_path: Path) -> Settings:
    """Settings with a database that does not exist yet."""
    return Settings({**SETTINGS, "AIKOM_DATABASE_URL": f"sqlite:///{tmp_path / 'ledger.sqlite'}"})


@pytest.fixture(scope="session")
def sidecar_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the accounts of `sidecar_ledger`, to be copied."""

    def fill(url: str) -> None:
        ledger = open_ledger(url, clock=MovableClock())
        record_accounts(ledger)
        ledger.close()

    return sqlite_template(tmp_path_factory.mktemp("accounts"), fill)


@pytest.fixture
def sidecar(sidecar_settings: Settings, sidecar_template: Path) -> Iterator[Sidecar]:
    """The sidecar over a ledger with the accounts of `sidecar_ledger`."""
    clock = MovableClock()
    copy_sqlite(sidecar_template, Path(sidecar_settings.database_url.removeprefix("sqlite:///")))
    ledger = open_ledger(sidecar_settings.database_url, clock=clock)
    app = create_app(sidecar_settings, clock=clock)
    yield Sidecar(app, ledger, clock)
    close(app)
    ledger.close()


@pytest.fixture
def without_ledger(sidecar_settings: Settings) -> Iterator[Flask]:
    """The sidecar whose database holds no ledger."""
    app = create_app(sidecar_settings)
    yield app
    close(app)


@pytest.fixture
def keycloak() -> Iterator[Forger]:
    """What stands where Keycloak would, and signs whatever a test wants."""
    with forger() as standing_in:
        yield standing_in


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What would go to standard error."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = StringIO()
    configure_logging(stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
