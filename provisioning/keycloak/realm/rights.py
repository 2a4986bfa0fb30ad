"""Rights of the exchange protocol as client roles of `central-db` (order cl. 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import find_client, require_client
from provisioning.keycloak.names import CENTRAL_DB
from provisioning.keycloak.realm.fields import flatten, merged, nest
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.keycloak.realm.role_parts import composites, decompose
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

_COMPOSITES: Final[FieldPath] = ("composites",)


class Rights:
    """`/clients/{central-db}/roles`."""

    type = ObjectType.RIGHT

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield one role per right of rights.yaml, described in both languages."""
        for right in context.configuration.rights.rights:
            description = f"{right.description.uk} / {right.description.en}"
            yield RealmObject(self.type, right.name, flatten({"description": description, "composites": ()}))

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read the roles of the central database; none while the client does not exist."""
        client = find_client(reading.connection, CENTRAL_DB)
        if client is None:
            return
        for page in reading.connection.pages(f"/clients/{client['id']}/roles", briefRepresentation=False):
            for role in page:
                if role["name"] in names:
                    parts = composites(reading.connection, role)
                    yield RealmObject(self.type, role["name"], {**flatten(role), _COMPOSITES: parts})

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Create the role by POST."""
        client = require_client(connection, CENTRAL_DB)
        connection.post(f"/clients/{client['id']}/roles", {"name": wanted.name, **nest(_plain(wanted))})

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update the changed fields by PUT."""
        client = require_client(connection, CENTRAL_DB)
        path = f"/clients/{client['id']}/roles/{change.object.name}"
        plain = [field for field in change.changes if field.path != _COMPOSITES]
        if plain:
            connection.put(path, merged(connection.get(path), plain))
        if len(plain) < len(change.changes):
            decompose(connection, connection.get(path), kept=())


def _plain(wanted: RealmObject) -> dict[FieldPath, Value]:
    return {path: value for path, value in wanted.fields.items() if path != _COMPOSITES}


def right_names(connection: KeycloakConnection) -> list[str]:
    """Return names of all rights that the realm has; none while the client does not exist."""
    client = find_client(connection, CENTRAL_DB)
    pages = connection.pages(f"/clients/{client['id']}/roles") if client is not None else ()
    return sorted(role["name"] for page in pages for role in page)
