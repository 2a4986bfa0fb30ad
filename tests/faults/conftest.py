"""A field for workers to be killed on, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.keycloak_server import KeycloakServer
from tests.support.kill_field import Field, make_field
from tests.support.mailcatcher import running_mail_catcher
from tests.support.realm import new_realm


@pytest.fixture
def killing_field(keycloak_server: KeycloakServer, ledger_url: str, tmp_path: Path) -> Iterator[Field]:
    """A realm, a ledger and a mail catcher of the test's own."""
    with running_mail_catcher(tmp_path / "mail") as catcher:
        realm = new_realm(keycloak_server, tmp_path, catcher.url)
        yield make_field(realm, ledger_url, tmp_path, catcher)


@pytest.fixture(scope="module")
def shared_field(keycloak_server: KeycloakServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """The same for a whole module, on SQLite."""
    folder = tmp_path_factory.mktemp("field")
    with running_mail_catcher(folder / "mail") as catcher:
        realm = new_realm(keycloak_server, folder, catcher.url)
        yield make_field(realm, realm.settings.database_url, folder, catcher)
