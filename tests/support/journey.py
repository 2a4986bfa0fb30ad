"""A whole installation that people walk through in a browser: configuration, ledger, Keycloak, mail, sidecar.

Accounts are born by `apply` and opened by the base key from the mail; an OIS is connected by the book.
"""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Page

from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.operational.access import add_counts
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.mail.outbox import send_outbox
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.access import AccessCount
from provisioning.model.identifiers import InstitutionId
from provisioning.model.ois import Slug
from provisioning.model.records import MailState
from provisioning.model.secret import Secret
from provisioning.settings import Settings
from provisioning.stack.mail_store import CaughtMail
from provisioning.stack.ports import free_port
from sidecar.app import create_app
from tests.support.activation import activate
from tests.support.configuration import Folder
from tests.support.finishing import finishing
from tests.support.mailcatcher import MailCatcher
from tests.support.office import Office
from tests.support.realm import Realm
from tests.support.sidecar_ledger import record_staff
from tests.support.sidecar_with_keycloak import Person, let_codes_repeat, make_person, serving
from tests.support.third_party import ThirdParty, connected
from tests.support.token_reader import TokenReader

AUTHORITY: Final = "46-0000012"
LYCEUM: Final = "46-0001234"
GYMNASIUM: Final = "46-0001235"
ADMINISTRATOR: Final = "o.koval"
OIS: Final = "shchodennyk"

_MAIL_S: Final = 30.0

_INSTITUTIONS: Final = """
- id: "46-0000012"
  kind: authority
  name: Відділ освіти Вигаданої міської ради
  authority: "00-0000001"
  email: osvita@vyhadane.example
- id: "46-0001234"
  kind: school
  name: Ліцей № 1 імені Івана Франка Вигаданої міської ради
  edrpou: "22334453"
  edebo_id: 143210
  authority: "46-0000012"
  email: litsei1@vyhadane.example
- id: "46-0001235"
  kind: school
  name: Гімназія № 2 Вигаданої міської ради
  authority: "46-0000012"
  email: himnaziia2@vyhadane.example
- id: "46-0001236"
  kind: preschool
  name: Заклад дошкільної освіти № 3 «Калинка» Вигаданої міської ради
  authority: "46-0000012"
  email: kalynka@vyhadane.example
"""


@dataclass(frozen=True)
class Journey:
    """The installation; `people` are those who can sign in by now."""

    url: str
    office: Office
    app: Flask
    mails: MailCatcher
    people: dict[str, Person] = field(default_factory=dict)

    def mail_to(self, address: str) -> CaughtMail:
        """The newest mail to an address, after everything that waits was sent, by this or by the watch beside it."""
        context = RealmContext(self.office.folder.load(), self.office.realm.settings)
        until = time.monotonic() + _MAIL_S
        while True:
            send_outbox(Workshop(self.office.actor, context))
            if (came := self.mails.messages(address)) and not self._mail_waits():
                return came[-1]
            assert time.monotonic() < until, f"no mail to {address} within {_MAIL_S} s"
            time.sleep(0.2)

    def _mail_waits(self) -> bool:
        with self.office.ledger.reader() as reader:
            return any(mail.state in (MailState.QUEUED, MailState.SENDING) for mail in reader.mails())

    def base_key(self, address: str) -> Secret:
        """The link in the newest mail that has one."""
        self.mail_to(address)
        links = [re.search(r"http\S+action-token\S+", mail.text) for mail in self.mails.messages(address)]
        return Secret([found[0] for found in links if found is not None][-1])

    def activated(self, username: str, address: str, page: Page) -> Person:
        """Open an account by its base key, without pictures; again it is the same person."""
        if username not in self.people:
            password = secrets.token_urlsafe(18)
            secret = activate(page, self.base_key(address), password)
            self.enrol(username, password, secret)
            page.context.clear_cookies()
        return self.people[username]

    def enrol(self, username: str, password: str, authenticator: str) -> Person:
        """Somebody who has just finished an activation, with the secret that the page showed."""
        converge(self.office.actor)
        # Keycloak's own secrets are text; the page shows them in Base32.
        person = Person(username, password, base64.b32decode(authenticator.replace(" ", "")).decode())
        self.people[username] = person
        return person

    def read_by_ois(self, institution: str, ois: str) -> None:
        """Invented reads of the last week, as the gate counts them."""
        actor, code = self.office.actor, InstitutionId(institution)
        hour = actor.now().replace(minute=0, second=0, microsecond=0)
        counts = [
            AccessCount(at, code, code, ois, "students.read", 40 + 37 * n % 60, n % 5, None, at)
            for n in range(0, 7 * 24, 3)
            for at in (hour - timedelta(hours=n),)
        ]
        with self.office.ledger.transaction() as transaction:
            add_counts(transaction.connection, counts)


@pytest.fixture(scope="module")
def journey(realm: Realm, mailcatcher: MailCatcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Applied, with an administrator, and an OIS that is connected."""
    port = free_port()
    url = f"http://localhost:{port}"
    settings = Settings({**realm.settings.values, "AIKOM_SIDECAR_URL": url})
    realm = replace(realm, settings=settings)
    ledger: Ledger = open_ledger(settings.database_url)
    folder = Folder(tmp_path_factory.mktemp("config") / "realm-config")
    folder.write(_INSTITUTIONS)
    office = Office(folder, realm, ledger, TokenReader.make(realm.admin, realm.url))
    office.apply()
    record_staff(ledger)
    let_codes_repeat(realm)
    connected(office.actor, ThirdParty(realm, Slug(OIS)), ["students.read", "classes.read"])
    own = Settings({**settings.values, "AIKOM_CONFIG": str(folder.path)})
    app = create_app(own)
    staff = make_person(realm, ADMINISTRATOR, firstName="Олена", lastName="Коваль", roles=("administrator",))
    with finishing(own), serving(app, port):
        yield Journey(url, office, app, mailcatcher, {staff.username: staff})
    ledger.close()
