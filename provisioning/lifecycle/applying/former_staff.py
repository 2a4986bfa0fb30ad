"""The Administrator's people whose record is gone from `staff.yaml`: they lose what `active: false` takes away.

Who they are is on record, since the users of staff are made and changed by applies; a user who holds a staff role
under our mark is one of them too, in case the ledger is an older one. Source: order cl. 2, 12.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.keycloak.realm.handler import RealmReading
from provisioning.keycloak.realm.staff import Staff, is_ours, leaver, staff_with_roles
from provisioning.ledger import LedgerReader
from provisioning.model.configuration import Configuration
from provisioning.model.events import EventKind
from provisioning.model.events.realm import RealmChanged
from provisioning.model.identifiers import SERVICE_ACCOUNT_PREFIX, parse_username
from provisioning.model.ois import parse_operator_username
from provisioning.planning.objects import ObjectType, RealmObject


@dataclass(frozen=True, slots=True)
class FormerStaff:
    """Users of people who are staff no more: as they should be, and as they are."""

    wanted: list[RealmObject]
    actual: list[RealmObject]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(user.name for user in self.actual)


def former_staff(
    reading: RealmReading, recorded: frozenset[str], configuration: Configuration, held: frozenset[str]
) -> FormerStaff:
    """Find everybody who is staff no more and has a user of ours; `recorded` is what `recorded_staff` found.

    `held` are the last administrators, who stay whatever the configuration says.
    """
    current = {member.username for member in configuration.staff} | held
    names = sorted(
        name for name in (recorded | staff_with_roles(reading.connection)) - current if not _is_of_an_account(name)
    )
    users = [user for user in Staff().read(reading, names) if is_ours(user)]
    return FormerStaff([leaver(user.name) for user in users], users)


def _is_of_an_account(name: str) -> bool:
    """Whether an account, a service account or an operator has the name: with a staff role it is no person who left."""
    service = name.startswith(SERVICE_ACCOUNT_PREFIX)
    return service or parse_username(name) is not None or parse_operator_username(name) is not None


def recorded_staff(reader: LedgerReader) -> frozenset[str]:
    """Return the name of everybody whose user an apply ever made or changed; closing it is such a change."""
    return frozenset(
        thing.name
        for event in reader.events(kinds=[EventKind.REALM_CHANGED])
        if isinstance(said := event.content, RealmChanged)
        for thing in said.objects
        if thing.type == ObjectType.STAFF
    )
