"""Rights of the exchange protocol as client roles of `central-db` (order cl. 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.clients import CENTRAL_DB
from provisioning.keycloak.realm.fields import flatten, merged, nest
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.keycloak.realm.lookups import find_client, require_client
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject


class Rights:
    """`/clients/{central-db}/roles`."""

    type = ObjectType.RIGHT

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield one role per right of rights.yaml, described in both languages."""
        for right in context.configuration.rights.rights:
            description = f"{right.description.uk} / {right.description.en}"
            yield RealmObject(self.type, right.name, flatten({"description": description}))

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Read the roles of the central database; none while the client does not exist."""
        client = find_client(connection, CENTRAL_DB)
        if client is None:
            return
        for page in connection.pages(f"/clients/{client['id']}/roles"):
            for role in page:
                if role["name"] in names:
                    yield RealmObject(self.type, role["name"], flatten(role))

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Create the role by POST."""
        client = require_client(connection, CENTRAL_DB)
        connection.post(f"/clients/{client['id']}/roles", {"name": wanted.name, **nest(wanted.fields)})

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update the changed fields by PUT."""
        client = require_client(connection, CENTRAL_DB)
        path = f"/clients/{client['id']}/roles/{change.object.name}"
        connection.put(path, merged(connection.get(path), change.changes))


def right_names(connection: KeycloakConnection) -> list[str]:
    """Return names of all rights that the realm has; none while the client does not exist."""
    client = find_client(connection, CENTRAL_DB)
    pages = connection.pages(f"/clients/{client['id']}/roles") if client is not None else ()
    return sorted(role["name"] for page in pages for role in page)
