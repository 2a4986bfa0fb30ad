"""What most commands begin with: settings, valid configuration, Keycloak, ledger, and who is acting."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioning.cli.problems import show_problems
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.proof.rollback import NewestCheckpoint
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.progress import Progress, Silent
from provisioning.model.configuration import Configuration
from provisioning.registry import ReadingCache, load_configuration
from provisioning.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Parts:
    """An installation, opened."""

    settings: Settings
    connection: KeycloakConnection
    ledger: Ledger


@contextmanager
def open_parts(*, opens: bool = False) -> Iterator[Parts]:
    """Open Keycloak (not contacted yet) and the ledger, closed at the end. Raises SettingsError or LedgerError.

    `opens`: for a command that opens doors or acts on every verdict. It raises LedgerRolledBack at once when the ledger
    is older than its newest checkpoint. What only closes does not wait for that; recording an event that opens access
    is refused in any case.
    """
    settings = load_settings()
    connection = KeycloakConnection.from_settings(settings)
    newest = NewestCheckpoint(settings.get("AIKOM_CHECKPOINT_TO"), settings.get("AIKOM_CHECKPOINT_KEY"))
    ledger = open_ledger(settings.database_url, trust=newest.refuse)
    try:
        if opens:
            ledger.refuse_older()
        yield Parts(settings, connection, ledger)
    finally:
        ledger.close()


def valid_configuration(folder: Path | None = None) -> Configuration:
    """Return the configuration, or every error on standard error and InvalidConfiguration. Contacts nothing."""
    result = load_configuration(folder or load_settings().config_dir, cache=ReadingCache.of_user())
    if result.configuration is None:
        show_problems(result.errors)
    return result.require()


def current_actor(parts: Parts, progress: Progress | None = None) -> Actor:
    """Return the person who runs the command, acting on this installation; needs no configuration."""
    return Actor(parts.connection, parts.ledger, actor_name(), progress or Silent())


def actor_name() -> str:
    """Return the name that is recorded with events: the operating system's user name."""
    return f"staff:{getpass.getuser()}"
