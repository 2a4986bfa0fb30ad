"""The sandbox beside the real installation, on one real Keycloak: two realms, two ledgers, one served sidecar."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests
from flask import Flask

from provisioning.keycloak.bootstrap import bootstrap_realm
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.sandbox.runs import open_sandbox
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.ois import Slug
from provisioning.model.sandbox import invented
from provisioning.registry import load_configuration
from provisioning.settings import Settings, sandbox_settings
from provisioning.stack.ports import free_port
from sidecar.app import create_app, utc_now
from sidecar.sandbox.database import sandbox_database
from tests.support.keycloak_server import KeycloakServer
from tests.support.listening import listening
from tests.support.office import Office
from tests.support.realm import Realm
from tests.support.sidecar_running import close
from tests.support.third_party import JWT_BEARER, ThirdParty, apply_for_connection

STOP_S: Final = 5
"""How soon an OIS has to stop here; nobody waits a minute in a test."""

_WAIT_S: Final = 30


@dataclass(frozen=True)
class SandboxWorld:
    """A sidecar with a sandbox at `url`; `office` is the real installation, `realm` and `ledger` the sandbox's."""

    url: str
    app: Flask
    settings: Settings
    office: Office
    realm: Realm
    ledger: Ledger

    @property
    def database(self) -> str:
        return f"{self.url}/sandbox"

    def applicant(self, slug: str, rights: tuple[str, ...] = ("students.read", "classes.read")) -> SandboxParty:
        """An OIS whose e-mail is confirmed and that has handed in its key set; it is not connected."""
        real = ThirdParty(self.office.realm, Slug(slug))
        apply_for_connection(self.office.actor, real, rights)
        with self.office.ledger.reader() as reader:
            open_sandbox(self.actor, find_ois(reader, slug))
        return SandboxParty(self, ThirdParty(self.realm, real.slug, real.key), real)

    @property
    def actor(self) -> Actor:
        return Actor(self.realm.connection, self.ledger, "staff:test")


@dataclass
class SandboxParty:
    """An OIS in the sandbox: `party` signs for the sandbox's realm, `real` with the same key for the real one."""

    world: SandboxWorld
    party: ThirdParty
    real: ThirdParty
    begun: dict[str, Any] = field(default_factory=dict)

    def own_token(self, assertion: str | None = None) -> str:
        """The token of its own client in the sandbox."""
        signed = assertion or self.party.assertion()
        answer = self.world.realm.token(
            grant_type="client_credentials", client_assertion_type=JWT_BEARER, client_assertion=signed
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def begin(self) -> dict[str, Any]:
        """Begin a run by the API."""
        answer = requests.post(f"{self.world.url}/api/v1/sandbox/runs", headers=bearer(self.own_token()), timeout=60)
        assert answer.status_code == 201, answer.text
        self.begun = answer.json()
        return self.begun

    def subject(self) -> str:
        """The token of the invented institution's API key."""
        key, secret = self.begun["api_key_id"], self.begun["api_key"]
        answer = self.world.realm.token(grant_type="client_credentials", client_id=key, client_secret=secret)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def exchanged(self) -> str:
        """A token of the sandbox's central database."""
        answer = self.party.exchange(self.subject())
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(self, token: str, path: str = "students", query: str = "", method: str = "GET") -> requests.Response:
        """A call on the invented institution."""
        address = f"{self.world.database}/v1/institutions/{self.begun['institution']}/{path}{query}"
        return requests.request(method, address, headers=bearer(token), timeout=30)

    def run(self) -> dict[str, Any]:
        """The run as the API tells it."""
        address = f"{self.world.url}/api/v1/sandbox/runs/{self.begun['run']}"
        answer = requests.get(address, headers=bearer(self.own_token()), timeout=60)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def wait_for(self, state: str) -> dict[str, Any]:
        """The run once it is in a state."""
        end = time.monotonic() + _WAIT_S
        while time.monotonic() < end:
            found = self.run()
            if found["state"] == state:
                return found
            time.sleep(0.2)
        raise AssertionError(f"the run is {found['state']}, not {state}")


def bearer(token: str) -> dict[str, str]:
    """The header of a call."""
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def sandbox_world(server: KeycloakServer, office: Office, folder: Path) -> Iterator[SandboxWorld]:
    """Make the sandbox's realm and ledger as `provision sandbox apply` does, and serve the sidecar with both."""
    port, name = free_port(), f"{office.realm.name}-sandbox"
    secret = bootstrap_realm(server.admin, name)
    settings = Settings(
        {
            **office.realm.settings.values,
            "AIKOM_SIDECAR_URL": f"http://localhost:{port}",
            "AIKOM_SANDBOX_REALM": name,
            "AIKOM_SANDBOX_SECRET": secret.reveal(),
            "AIKOM_SANDBOX_DATABASE_URL": f"sqlite:///{folder / 'sandbox.sqlite3'}",
            "AIKOM_SANDBOX_STOP_SECONDS": str(STOP_S),
        }
    )
    own = sandbox_settings(settings)
    ledger = open_ledger(own.database_url)
    realm = Realm(name, own, KeycloakConnection.from_settings(own), server.admin.for_realm(name))
    _fill(realm, ledger)
    app = create_app(settings)
    database = sandbox_database(settings, app, utc_now)
    assert database is not None
    database.start()
    with listening(database, port):
        yield SandboxWorld(f"http://localhost:{port}", app, settings, office, realm, ledger)
    database.stop()
    close(app)
    ledger.close()


def _fill(realm: Realm, ledger: Ledger) -> None:
    configuration = invented(load_configuration(realm.settings.config_dir).require())
    found = survey(configuration, realm.settings, realm.connection, ledger)
    apply(Workshop(Actor(realm.connection, ledger, "staff:test"), found.context), found)
