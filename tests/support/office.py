"""Where an administrator works: plan, apply and single commands, wired as the command line wires them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applying.apply import Applied, apply
from provisioning.lifecycle.applying.drift import Drift, find_drift
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.keys.revelation import reveal_key
from provisioning.lifecycle.progress import Silent
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.events import Event, EventKind
from provisioning.model.secret import Secret
from provisioning.planning.guards import Guard
from tests.support.configuration import Folder
from tests.support.realm import Realm
from tests.support.token_reader import TokenReader


@dataclass(frozen=True)
class Office:
    """A folder of YAML, a realm, a ledger."""

    folder: Folder
    realm: Realm
    ledger: Ledger
    reader: TokenReader

    def survey(self, allowed: dict[Guard, int] | None = None) -> Survey:
        return survey(self.folder.load(), self.realm.settings, self.realm.connection, self.ledger, allowed=allowed)

    def apply(self, allowed: dict[Guard, int] | None = None) -> Applied:
        found = self.survey(allowed)
        return apply(Workshop(self.actor, found.context), found)

    def drift(self) -> Drift:
        """What Keycloak has otherwise than the folder and the ledger say."""
        return find_drift(self.folder.load(), self.realm.settings, self.realm.connection, self.ledger, Silent())

    @property
    def actor(self) -> Actor:
        return Actor(self.realm.connection, self.ledger, "staff:test")

    @property
    def actor_without_keycloak(self) -> Actor:
        """Keycloak is down: nothing listens on this port."""
        down = KeycloakConnection("http://127.0.0.1:9", self.realm.name, "provisioning", Secret("none"))
        return Actor(down, self.ledger, "staff:test")

    def events(self, subject: str) -> list[Event]:
        """What the ledger has about a subject, in order."""
        with self.ledger.reader() as reader:
            return list(reader.events(subject=subject))

    def kinds(self, subject: str) -> list[EventKind]:
        """The kinds of these events."""
        return [event.kind for event in self.events(subject)]

    def unfinished(self) -> list[str]:
        """Tasks that wait, but for those of mail to be sent."""
        with self.ledger.reader() as reader:
            return [task.key for task in reader.pending_tasks()]

    def reveal(self, name: str) -> Secret:
        """A fresh secret of the account's newest live key."""
        return reveal_key(self.actor, name, again=True, reason="test").secret

    def token(self, client_id: str, secret: Secret) -> requests.Response:
        """The token endpoint's answer to an API key."""
        return self.realm.token(grant_type="client_credentials", client_id=client_id, client_secret=secret.reveal())

    def access_token(self, client_id: str, secret: Secret) -> str:
        """A token of an API key; fails the test when there is none."""
        answer = self.token(client_id, secret)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def office(realm: Realm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in a realm of its own, with nothing in it yet."""
    ledger = open_ledger(realm.settings.database_url)
    folder = Folder(Path(tmp_path_factory.mktemp("config")) / "realm-config")
    yield Office(folder, realm, ledger, TokenReader.make(realm.admin, realm.url))
    ledger.close()
