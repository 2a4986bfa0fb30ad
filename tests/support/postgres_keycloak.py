"""A real Keycloak whose data is in PostgreSQL, as in production; it can be stopped and started again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from provisioning.keycloak.bootstrap import new_secret
from provisioning.model.secret import Secret
from provisioning.stack.extension import ensure_extension
from provisioning.stack.keycloak_home import ensure_built_home, instance_home
from provisioning.stack.keycloak_process import KeycloakDatabase, KeycloakPorts, start_keycloak, wait_for_keycloak
from provisioning.stack.paths import cache_folder
from provisioning.stack.ports import free_port
from provisioning.stack.process import RunningProcess, stop
from provisioning.stack.progress import Silence
from tests.support.keycloak_server import PROJECT, KeycloakServer

BUILD_OPTIONS = ("--db=postgres", "--health-enabled=true")


@dataclass
class KeycloakOnPostgres:
    """`url` is SQLAlchemy's, of a database of its own. Ports and secret stay the same over every start."""

    url: str
    folder: Path
    ports: KeycloakPorts
    secret: Secret = field(default_factory=new_secret)
    process: RunningProcess | None = None

    @property
    def server(self) -> KeycloakServer:
        assert self.process is not None
        return KeycloakServer(self.ports, self.process, self.secret, self._log)

    def start(self) -> None:
        """Start it and wait until it is ready; an empty database gets its tables first."""
        found = make_url(self.url)
        database = KeycloakDatabase(
            f"jdbc:postgresql://{found.host}:{found.port}/{found.database}",
            str(found.username),
            Secret(str(found.password)),
        )
        built = ensure_built_home(cache_folder(), ensure_extension(PROJECT, Silence()), Silence(), BUILD_OPTIONS)
        home = instance_home(built, self.folder)
        self.process = start_keycloak(home, self.ports, log=self._log, bootstrap=self.secret, database=database)
        wait_for_keycloak(self.process, self.ports, log=self._log, progress=Silence())

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.process is not None:
            stop(self.process, grace_s=5.0)
            self.process = None

    @property
    def _log(self) -> Path:
        return self.folder / "keycloak.log"


@contextmanager
def keycloak_on_postgres(url: str, folder: Path) -> Iterator[KeycloakOnPostgres]:
    """A started one, for the length of the block."""
    folder.mkdir()
    http = free_port()
    keycloak = KeycloakOnPostgres(url, folder, KeycloakPorts(http, free_port({http})))
    try:
        keycloak.start()
        yield keycloak
    finally:
        keycloak.stop()
