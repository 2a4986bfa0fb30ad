"""Institutions, an OIS and its mandates in a real realm and a real ledger, for tests of the gate.

Two authorities with schools below them. Tests that end an account take one that no other test needs (`spare`).
"""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from examples.central_database.processes import running_database
from examples.central_database.proxies import Address
from examples.central_database.register import Entry, write_register
from provisioning.ledger import open_ledger
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.model.events import EventKind, JsonValue
from provisioning.model.ois import Slug
from provisioning.model.secret import Secret
from provisioning.settings import Settings
from tests.support.configuration import Folder
from tests.support.keycloak_server import KeycloakServer
from tests.support.ledger_events import event_by
from tests.support.office import Office
from tests.support.realm import new_realm
from tests.support.third_party import ThirdParty, connected
from tests.support.token_forge import Forge, claims_in, forge_for
from tests.support.token_reader import TokenReader

MINISTRY: Final = "00-0000001"
NORTH, SOUTH = "46-0000001", "53-0000001"
NORTH_SCHOOLS: Final = tuple(f"46-{number:07d}" for number in range(101, 117))
SOUTH_SCHOOLS: Final = ("53-0000101", "53-0000102")
NORTH_SCHOOL, OTHER_NORTH_SCHOOL, SOUTH_SCHOOL = NORTH_SCHOOLS[0], NORTH_SCHOOLS[1], SOUTH_SCHOOLS[0]
OIS, STRANGER = Slug("shodennyk"), Slug("zhurnal")
PUBLIC_URL: Final = "https://database.example.ua"
"""Public address of the central database as the gate is told. Proofs name it, whatever port a proxy listens on."""

_SPARE_FROM: Final = 2
_NOT_OF_AUTHORITIES: Final = (
    *("students.write", "classes.write", "staff.write", "schedule.read", "schedule.write", "grades.read"),
    *("grades.write", "attendance.read", "attendance.write", "queue.write", "documents.read", "documents.write"),
)


def sphere_of(institution: str) -> str:
    """Its path from the ministry down."""
    if institution == MINISTRY:
        return f"/{MINISTRY}"
    authority = NORTH if institution.startswith("46") else SOUTH
    below = f"/{MINISTRY}/{authority}"
    return below if institution == authority else f"{below}/{institution}"


@dataclass(frozen=True)
class GateWorld:
    """`office` acts on realm and ledger, `forge` signs as the realm does, `database` is where the central database is.

    `settings` are those of a gate node but for its ports; `rights` are all that there are. `ois` works for everybody,
    `stranger` is connected and works for nobody.
    """

    office: Office
    forge: Forge
    settings: Settings
    database: Address
    folder: Path
    rights: tuple[str, ...]
    ois: ThirdParty
    stranger: ThirdParty
    keys: dict[str, Secret] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    _spare: Iterator[str] = field(default_factory=lambda: iter(NORTH_SCHOOLS[_SPARE_FROM:]))
    _folders: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def spare(self) -> str:
        """A school of the north that no other test uses, so that this one may end it."""
        return next(self._spare)

    def new_folder(self) -> Path:
        """An empty folder."""
        path = self.folder / f"{next(self._folders)}"
        path.mkdir()
        return path

    def own_token(self, institution: str) -> str:
        """What Keycloak gives for an institution's API key."""
        if institution not in self.keys:
            self.keys[institution] = self.office.reveal(institution)
        return self.office.access_token(f"api-{institution}-k1", self.keys[institution])

    def exchanged(self, institution: str) -> str:
        """What Keycloak gives the OIS for that: a token of the central database."""
        answer = self.ois.exchange(self.own_token(institution))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def token(self, institution: str, **changed: Any) -> str:
        """The same, signed by the forge, with claims changed."""
        return self.forge.sign(self.claims(institution, **changed))

    def claims(self, institution: str, **changed: Any) -> dict[str, Any]:
        """What stands in such a token; a change to None leaves a claim out."""
        if institution not in self.seen:
            self.seen[institution] = claims_in(self.exchanged(institution))
        return self.forge.claims(self.seen[institution], **changed)

    def record(self, kind: EventKind, subject: str, **data: JsonValue) -> None:
        """Write an event down."""
        with self.office.ledger.transaction() as transaction:
            transaction.append([event_by("staff:test", kind, subject, data)])


@contextmanager
def gate_world(
    keycloak: KeycloakServer, database_url: str, folder: Path, more_schools: Sequence[str] = ()
) -> Iterator[GateWorld]:
    """A world of its own: realm, ledger at `database_url`, central database. Takes some seconds.

    `more_schools` of the north have accounts, and no mandate.
    """
    everybody = (MINISTRY, NORTH, SOUTH, *NORTH_SCHOOLS, *SOUTH_SCHOOLS)
    realm = new_realm(keycloak, folder, "smtp://127.0.0.1:9")
    config = Folder(folder / "realm-config")
    config.write(*(_record(institution) for institution in (*everybody[1:], *more_schools)))
    _lift_limits(config.path / "realm.yaml")
    more = {
        "AIKOM_DATABASE_URL": database_url,
        "AIKOM_CONFIG": str(config.path),
        "AIKOM_GATE_SECRET": secrets.token_urlsafe(32),
        "AIKOM_CENTRAL_DB_URL": PUBLIC_URL,
    }
    realm = replace(realm, settings=Settings({**realm.settings.values, **more}))
    ledger = open_ledger(database_url)
    office = Office(config, realm, ledger, TokenReader.make(realm.admin, realm.url))
    office.apply()
    forge = forge_for(realm.admin, f"{realm.settings.keycloak_public_url}/realms/{realm.name}")
    register = folder / "register.json"
    write_register(register, [_entry(institution) for institution in (*everybody, *more_schools)])
    rights = tuple(sorted({route.right for route in config.load().protocol.routes}))
    parties = [ThirdParty(realm, slug) for slug in (OIS, STRANGER)]
    for party in parties:
        connected(office.actor, party, rights)
    for institution in everybody:
        grant(office.actor, institution, OIS, Contract("12/2026", office.actor.today()))
    with running_database(folder, register) as database:
        yield GateWorld(office, forge, realm.settings, database, folder, rights, *parties)
    ledger.close()


def _lift_limits(file: Path) -> None:
    """How often somebody may ask is tested elsewhere; here a thousand requests at once are no offence."""
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"((?:per_second|burst): )[0-9]+", r"\g<1>100000", text), encoding="utf-8")


def _record(institution: str) -> str:
    """Authorities get every right here, so that only the sphere tells what they reach."""
    is_authority = institution in (NORTH, SOUTH)
    authority = MINISTRY if is_authority else sphere_of(institution).split("/")[2]
    lines = [
        f'- id: "{institution}"',
        f"kind: {'authority' if is_authority else 'school'}",
        f"name: Заклад № {institution}",
        f'authority: "{authority}"',
        f"email: office{institution}@schools.example",
        *([f"rights: {{add: [{', '.join(_NOT_OF_AUTHORITIES)}]}}"] if is_authority else []),
    ]
    return "\n  ".join(lines) + "\n"


def _entry(institution: str) -> Entry:
    return Entry(
        institution, f"Заклад № {institution}", sphere_of(institution), institution in (MINISTRY, NORTH, SOUTH)
    )
