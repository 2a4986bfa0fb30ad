"""Where figures are taken: a real Keycloak with our extension on a real, durable PostgreSQL, and the ledger beside it.

    with Site.start() as site:
        place = site.realm()

Everything runs on the loopback address in a temporary folder, and ends with the block.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioning.keycloak.bootstrap import PROVISIONING_CLIENT, bootstrap_realm, new_secret
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.model.secret import Secret
from provisioning.settings import Settings
from provisioning.stack.extension import ensure_extension
from provisioning.stack.keycloak_home import ensure_built_home, instance_home
from provisioning.stack.keycloak_process import (
    BOOTSTRAP_CLIENT,
    KeycloakDatabase,
    KeycloakPorts,
    start_keycloak,
    wait_for_keycloak,
)
from provisioning.stack.paths import cache_folder
from provisioning.stack.ports import free_port
from provisioning.stack.process import stop
from provisioning.stack.progress import Silence
from tests.support.postgres import PostgresServer

PROJECT = Path(__file__).resolve().parents[1]
POSTGRESQL = ("--db=postgres", "--health-enabled=true")
"""Build options of Keycloak."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bootstrapped realm with an empty ledger of its own."""

    settings: Settings
    connection: KeycloakConnection


@dataclass(frozen=True, slots=True)
class Site:
    """The running parts. `folder` is for files of the measurement."""

    folder: Path
    database: PostgresServer
    ports: KeycloakPorts
    admin: KeycloakConnection

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Site]:
        """Start PostgreSQL and Keycloak; stop both and remove their data at the end."""
        folder = Path(tempfile.mkdtemp(prefix="aikom-bench-"))
        try:
            with PostgresServer() as database, _keycloak(folder, database) as (ports, admin):
                yield cls(folder, database, ports, admin)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def realm(self) -> Place:
        """A new realm and a new ledger."""
        name = f"bench-{secrets.token_hex(4)}"
        secret = bootstrap_realm(self.admin, name)
        settings = Settings(
            {
                "AIKOM_KEYCLOAK_URL": self.ports.url,
                "AIKOM_REALM": name,
                "AIKOM_PROVISIONING_CLIENT": PROVISIONING_CLIENT,
                "AIKOM_PROVISIONING_SECRET": secret.reveal(),
                "AIKOM_SIDECAR_SECRET": secrets.token_urlsafe(32),
                "AIKOM_SIDECAR_URL": "http://localhost:8000",
                "AIKOM_DATABASE_URL": self.database.create_database(name.replace("-", "_")),
                "AIKOM_SMTP_URL": "smtp://127.0.0.1:9",
                "AIKOM_CONFIG": str(self.folder / "realm-config"),
            }
        )
        return Place(settings, KeycloakConnection.from_settings(settings))


@contextmanager
def _keycloak(folder: Path, database: PostgresServer) -> Iterator[tuple[KeycloakPorts, KeycloakConnection]]:
    database.create_database("keycloak")
    address = database.connect().info
    theirs = KeycloakDatabase(
        f"jdbc:postgresql://127.0.0.1:{database.port}/keycloak", address.user, Secret(address.password)
    )
    built = ensure_built_home(cache_folder(), ensure_extension(PROJECT, Silence()), Silence(), POSTGRESQL)
    http = free_port()
    ports, secret, log = KeycloakPorts(http, free_port({http})), new_secret(), folder / "keycloak.log"
    home = instance_home(built, folder / "keycloak")
    process = start_keycloak(home, ports, log=log, bootstrap=secret, database=theirs)
    try:
        wait_for_keycloak(process, ports, log=log, progress=Silence())
        yield ports, KeycloakConnection(ports.url, "master", BOOTSTRAP_CLIENT, secret)
    finally:
        stop(process, grace_s=5.0)
