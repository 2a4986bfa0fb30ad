"""Realm roles: one composite per kind of institution (its rights), the roles of the Administrator's people, the one of
OIS operators, which opens nothing in Keycloak, and those of the door.

The staff roles open Keycloak's console for reading alone: accounts are changed at the desk and by git, the realm by
git.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client
from provisioning.keycloak.names import CENTRAL_DB
from provisioning.keycloak.realm.fields import flatten, merged
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.keycloak.realm.narrow import DOOR_ROLES
from provisioning.keycloak.realm.standard_clients import EVENTS_ROLE, MANAGEMENT, READING_ROLES
from provisioning.model.configuration import StaffRole
from provisioning.model.ois import OPERATOR_ROLE
from provisioning.planning.desired import role_of_kind
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

_COMPOSITES: Final[FieldPath] = ("composites",)
_DESCRIPTION: Final[FieldPath] = ("description",)

STAFF_ROLES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    StaffRole.ADMINISTRATOR: (
        "Адміністратор: читає все, змінює облікові записи / Administrator: reads everything, changes accounts",
        # NOTE: not `manage-users`: its holder could give itself any realm role (decision 27).
        (*READING_ROLES, EVENTS_ROLE),
    ),
    StaffRole.SUPPORT: (
        "Підтримка: читає облікові записи та налаштування / Support: reads accounts and settings",
        READING_ROLES,
    ),
    StaffRole.AUDITOR: (
        "Аудитор: читає все, разом із подіями / Auditor: reads everything, events included",
        (*READING_ROLES, EVENTS_ROLE),
    ),
}


_OPERATOR: Final = "Оператор ОІС: стежить за заявою та підключенням своєї ОІС / Operator of an OIS: follows its own OIS"


class Roles:
    """`/roles` with their composites, written as `client:role`."""

    type = ObjectType.ROLE

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return roles of kinds, of staff, of operators, of the door, and the realm's empty default one."""
        policy = context.configuration.rights
        for kind, rights in policy.of_kind.items():
            text = policy.kind_names[kind]
            yield self._object(role_of_kind(kind), f"{text.uk} / {text.en}", CENTRAL_DB, rights)
        for name, (description, parts) in STAFF_ROLES.items():
            yield self._object(name, description, MANAGEMENT, parts)
        yield self._object(OPERATOR_ROLE, _OPERATOR, MANAGEMENT, ())
        for name, (_, description) in DOOR_ROLES.items():
            yield self._object(name, description, MANAGEMENT, ())
        yield RealmObject(self.type, f"default-roles-{context.settings.realm}", {_COMPOSITES: ()})

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Yield each named role with its composites and attributes."""
        for role in reading.export["roles"].get("realm", []):
            if role["name"] in names:
                parts = role.get("composites", {})
                places = {"realm": parts.get("realm", ()), **parts.get("client", {})}
                composites: Value = tuple(sorted(f"{place}:{part}" for place in places for part in places[place]))
                yield RealmObject(
                    self.type, role["name"], {**flatten({**role, "composites": ()}), _COMPOSITES: composites}
                )

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the role, then add what it is composed of."""
        connection.post("/roles", {"name": wanted.name, "description": wanted.fields.get(_DESCRIPTION)})
        self._compose(connection, wanted)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update description and attributes by PUT; add and remove composites."""
        wanted = change.object
        plain = [field for field in change.changes if field.path != _COMPOSITES]
        if plain:
            connection.put(f"/roles/{wanted.name}", merged(connection.get(f"/roles/{wanted.name}"), plain))
        if any(field.path == _COMPOSITES for field in change.changes):
            self._compose(connection, wanted)

    def _object(self, name: str, description: str, client: str, parts: Collection[str]) -> RealmObject:
        composites: Value = tuple(sorted(f"{client}:{part}" for part in parts))
        return RealmObject(self.type, name, {_DESCRIPTION: description, _COMPOSITES: composites})

    def _part(self, connection: KeycloakConnection, clients: dict[str, str], part: Mapping[str, Any]) -> str:
        if not part.get("clientRole"):
            return f"realm:{part['name']}"
        container = part["containerId"]
        if container not in clients:
            clients[container] = connection.get(f"/clients/{container}")["clientId"]
        return f"{clients[container]}:{part['name']}"

    def _compose(self, connection: KeycloakConnection, wanted: RealmObject) -> None:
        parts = wanted.fields.get(_COMPOSITES)
        names = set(parts) if isinstance(parts, tuple) else set()
        clients: dict[str, str] = {}
        present = {self._part(connection, clients, part): part for part in _composites(connection, wanted.name)}
        missing = [_role(connection, *name.split(":", 1)) for name in sorted(names - present.keys())]
        if missing:
            connection.post(f"/roles/{wanted.name}/composites", missing)
        foreign = [part for name, part in present.items() if name not in names]
        if foreign:
            connection.delete(f"/roles/{wanted.name}/composites", foreign)


def rights_of_roles(connection: KeycloakConnection, names: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the rights that each of these composite roles holds; a role that does not exist is left out."""
    database = require_client(connection, CENTRAL_DB)["id"]
    existing = [name for name in names if connection.get(f"/roles/{name}") is not None]
    return {
        name: frozenset(part["name"] for part in _composites(connection, name) if part.get("containerId") == database)
        for name in existing
    }


def _composites(connection: KeycloakConnection, name: str) -> list[dict[str, Any]]:
    return connection.get(f"/roles/{name}/composites") or []


def _role(connection: KeycloakConnection, client: str, name: str) -> dict[str, Any]:
    identifier = require_client(connection, client)["id"]
    return dict(connection.get(f"/clients/{identifier}/roles/{name}"))
