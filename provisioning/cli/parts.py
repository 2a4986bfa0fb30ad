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
from provisioning.ledger.proof.rollback import refuse_rolled_back
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
def open_parts() -> Iterator[Parts]:
    """Open Keycloak (not contacted yet) and the ledger, closed at the end. Raises SettingsError or LedgerError."""
    settings = load_settings()
    connection = KeycloakConnection.from_settings(settings)
    ledger = open_ledger(settings.database_url)
    try:
        yield Parts(settings, connection, ledger)
    finally:
        ledger.close()


@contextmanager
def open_trusted_parts() -> Iterator[Parts]:
    """Open the same for what opens doors or acts on every verdict. Raises LedgerRolledBack when the ledger is an older
    one.

    What only closes goes without it: a cut-off and a deactivation never wait.
    """
    with open_parts() as parts:
        where, key = parts.settings.get("AIKOM_CHECKPOINT_TO"), parts.settings.get("AIKOM_CHECKPOINT_KEY")
        refuse_rolled_back(parts.ledger, where, key)
        yield parts


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
