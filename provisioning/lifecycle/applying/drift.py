"""Finds drift: managed objects that differ, those that the ledger decides on, and foreign ones, apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.catalogue import desired_objects
from provisioning.keycloak.realm.inventory import read_names
from provisioning.ledger import Ledger
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.comparison.otherwise import Otherwise, find_otherwise
from provisioning.lifecycle.progress import Progress
from provisioning.model.configuration import Configuration
from provisioning.model.ois import operator_username
from provisioning.planning.foreign import ForeignObject, foreign_objects
from provisioning.planning.plan import Plan
from provisioning.settings import Settings

_PROVISIONING: Final = frozenset(
    f"service-account-provisioning ({right})" for right in ("manage-clients", "manage-realm", "manage-users")
)


@dataclass(frozen=True, slots=True)
class Drift:
    """Managed differences as a plan, what differs from the ledger's decisions, and foreign objects."""

    plan: Plan
    foreign: tuple[ForeignObject, ...]
    otherwise: tuple[Otherwise, ...] = ()

    @property
    def is_in_sync(self) -> bool:
        return self.plan.is_in_sync and not self.foreign and not self.otherwise

    def as_json(self) -> dict[str, Any]:
        """Return the machine form."""
        return {
            "managed": self.plan.as_json(),
            "ledger": [asdict(one) for one in self.otherwise],
            "foreign": [asdict(thing) for thing in self.foreign],
        }


def find_drift(
    configuration: Configuration, settings: Settings, connection: KeycloakConnection, ledger: Ledger, progress: Progress
) -> Drift:
    """Read all of Keycloak and compare; changes nothing. Raises KeycloakError or LedgerError."""
    found = survey(configuration, settings, connection, ledger, progress=progress, full=True)
    progress.stage("looking for foreign objects")
    with ledger.reader() as reader:
        keys = set(reader.all_api_keys())
        records = reader.all_ois().values()
        otherwise = find_otherwise(found.reading, reader, found.actual)
    ois = {record.client_id for record in records if record.connected_at is not None}
    staff = {*(member.username for member in configuration.staff), *found.former_staff}
    operators = {operator_username(record.slug) for record in records}
    # A name like an account's proves nothing: it is one that a file or the ledger knows.
    of_plan = {change.desired.image.username for change in found.plan.accounts.changes}
    marked = {name for name, image in found.actual.items() if image.ours} - {*found.plan.accounts.unlisted}
    ours: dict[str, Collection[str]] = {
        "client": keys | ois,
        "client scope": ois,
        "user": {*of_plan, *marked, *found.verdicts, *operators, *staff},
        "holder of administrative rights": _PROVISIONING,
    }
    every = foreign_objects([*found.names, *read_names(found.reading)], desired_objects(found.context), ours)
    foreign = tuple(thing for thing in every if not configuration.realm.stays(thing.type, thing.name))
    return Drift(found.plan, foreign, otherwise)
