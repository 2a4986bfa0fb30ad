"""The sidecar beside a real Keycloak whose realm is the production one: flows, scopes, clients and roles as applied.

Users are made here with a password and a one-time-code secret, instead of through a mailed base key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Page

from provisioning.ledger import Ledger, open_ledger
from provisioning.model.events import NewEvent
from provisioning.model.events.realm import RightsChanged
from provisioning.registry.loading import load_configuration
from provisioning.settings import Settings
from provisioning.stack.ports import free_port
from sidecar.app import create_app
from tests.support.finishing import finishing
from tests.support.listening import listening
from tests.support.realm import Realm
from tests.support.realm_template import apply_objects
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_names import (
    ADMINISTRATOR,
    AUTHORITY,
    DEACTIVATED,
    NOBODY,
    SCHOOL,
    SCHOOL_NAME,
    SECOND_GENERATION,
    UNKNOWN,
)
from tests.support.sidecar_running import close

_CODE_S = 30


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    username: str
    password: str
    code_secret: str

    def sign_in(self, page: Page, url: str) -> None:
        """Open `url`, which leads to Keycloak, and fill in its forms."""
        page.goto(url)
        page.fill("#username", self.username)
        self.prove(page)

    def prove(self, page: Page) -> None:
        """Give password and one-time code where Keycloak asks for them, the name being known."""
        page.fill("#password", self.password)
        page.click("[type=submit]")
        page.fill("#otp", one_time_code(self.code_secret))
        page.click("[type=submit]")


@dataclass(frozen=True)
class SidecarWithKeycloak:
    """A sidecar that listens, with its realm, ledger and people by user name."""

    url: str
    app: Flask
    settings: Settings
    realm: Realm
    ledger: Ledger
    people: dict[str, Person]

    def disable(self, username: str) -> None:
        """Disable a user in Keycloak and end its sessions, as when somebody leaves."""
        user = self.realm.admin.get("/users", username=username, exact=True)[0]
        self.realm.admin.put(f"/users/{user['id']}", {**user, "enabled": False})
        self.realm.admin.post(f"/users/{user['id']}/logout", {})


def one_time_code(secret: str, at: float | None = None) -> str:
    """Six digits. Source: RFC 6238 with SHA-1 and steps of 30 s."""
    counter = int((time.time() if at is None else at) // _CODE_S)
    digest = hmac.new(secret.encode(), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@contextmanager
def sidecar_with_keycloak(realm: Realm, folder: Path) -> Iterator[SidecarWithKeycloak]:
    """Apply the realm's objects, make the people, and serve the sidecar on a free port."""
    port = free_port()
    url = f"http://localhost:{port}"
    database = f"sqlite:///{folder / 'sidecar.sqlite'}"
    settings = Settings({**realm.settings.values, "AIKOM_SIDECAR_URL": url, "AIKOM_DATABASE_URL": database})
    apply_objects(realm.connection, settings)
    let_codes_repeat(realm)
    people = {person.username: person for person in _make_people(realm)}
    ledger = open_ledger(database)
    record_accounts(ledger)
    rights = load_configuration(settings.config_dir).require().rights_in_force()
    with ledger.transaction() as transaction:
        transaction.append([NewEvent(RightsChanged.of(rights), "rights", "staff:test")])
    app = create_app(settings)
    with finishing(settings), serving(app, port):
        yield SidecarWithKeycloak(url, app, settings, realm, ledger, people)
    ledger.close()


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    """The application listens on a loopback port while this is open."""
    with listening(app, port):
        yield
    close(app)


def let_codes_repeat(realm: Realm) -> None:
    """In production a one-time code works once; here nobody waits 30 s to sign in a second time."""
    # Keycloak takes the policy as a whole only.
    realm.admin.put("", {**realm.admin.get(""), "otpPolicyCodeReusable": True})


def _make_people(realm: Realm) -> Iterator[Person]:
    below = "/00-0000001/46-0000012"
    yield make_person(
        realm, SCHOOL, attributes=_institution("46-0001234", "school", f"{below}/46-0001234", SCHOOL_NAME)
    )
    second = _institution("46-0001235", "school", f"{below}/46-0001235", SCHOOL_NAME)
    yield make_person(realm, SECOND_GENERATION, attributes=second)
    yield make_person(realm, AUTHORITY, attributes=_institution("46-0000012", "authority", below, "Відділ освіти"))
    yield make_person(
        realm, DEACTIVATED, attributes=_institution("46-0009999", "preschool", f"{below}/46-0009999", "Садок")
    )
    yield make_person(realm, UNKNOWN, attributes=_institution("46-0008888", "school", f"{below}/46-0008888", "Школа"))
    yield make_person(realm, ADMINISTRATOR, firstName="Олена", lastName="Коваль", roles=("administrator",))
    yield make_person(realm, NOBODY, firstName="Хтось", lastName="Інший")


def _institution(code: str, kind: str, sphere: str, name: str) -> dict[str, list[str]]:
    said = {"institution_id": [code], "kind": [kind], "sphere": [sphere], "institution_name": [name]}
    return {**said, "generation": ["1"], "managed_by": ["aikom"]}


def make_person(realm: Realm, username: str, roles: tuple[str, ...] = (), **fields: Any) -> Person:
    """Somebody with a password and a second factor, made in Keycloak."""
    person = Person(username, secrets.token_urlsafe(18), base64.b32encode(secrets.token_bytes(20)).decode())
    user = {
        "username": username,
        "enabled": True,
        "email": f"{username}@example.ua",
        "emailVerified": True,
        "credentials": [{"type": "password", "value": person.password}, _code_credential(person.code_secret)],
        **fields,
    }
    identifier = realm.admin.post("/users", user)
    if roles:
        granted = [realm.admin.get(f"/roles/{role}") for role in roles]
        realm.admin.post(f"/users/{identifier}/role-mappings/realm", granted)
    return person


def _code_credential(secret: str) -> dict[str, str]:
    kind = {"subType": "totp", "digits": 6, "counter": 0, "period": _CODE_S, "algorithm": "HmacSHA1"}
    return {
        "type": "otp",
        "userLabel": "test",
        "secretData": json.dumps({"value": secret}),
        "credentialData": json.dumps(kind),
    }
