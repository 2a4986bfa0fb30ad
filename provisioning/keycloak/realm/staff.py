"""Users of the Administrator's people (order cl. 2). Their second factor is asked for by the browser flow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_user
from provisioning.keycloak.realm.fields import flatten, nest
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.keycloak.realm.roles import STAFF_ROLES
from provisioning.keycloak.whole.canonical import canonical
from provisioning.keycloak.whole.holdings import whole_users
from provisioning.keycloak.whole.left import LEFT_OF_STAFF
from provisioning.keycloak.whole.restoring import restore_roles, restore_user
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

_ROLES: Final[FieldPath] = ("roles",)
_ENABLED: Final[FieldPath] = ("enabled",)
_MARK: Final[FieldPath] = ("attributes", MANAGED_BY)


class Staff:
    """`/users` of staff.yaml with their realm roles."""

    type = ObjectType.STAFF

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield one user per record; `active: false` is a disabled user."""
        for member in context.configuration.staff:
            person = {
                "username": member.username,
                "enabled": member.active,
                "email": member.email.lower(),
                "firstName": member.first_name,
                "lastName": member.last_name,
            }
            fields: dict[FieldPath, Value] = flatten(person)
            fields[_MARK] = (MANAGED_BY_US,)
            fields[_ROLES] = tuple(sorted(member.roles)) if member.active else ()
            yield RealmObject(self.type, member.username, fields)

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read each user whole; what a person may change, and Keycloak's own notes, are left out."""
        wholes = whole_users(reading.connection, [*names], person_left=LEFT_OF_STAFF)
        default = f"realm:default-roles-{reading.connection.realm}"
        for name in names:
            if (whole := wholes.get(name)) is not None:
                roles = sorted(role.removeprefix("realm:") for role in whole.pop("roles", {}) if role != default)
                yield RealmObject(self.type, name, {**flatten(whole), _ROLES: tuple(roles)})

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the user without a password: the first login is by base key."""
        person = nest({path: value for path, value in wanted.fields.items() if path != _ROLES})
        connection.post("/users", {"requiredActions": [], **person})
        _assign(connection, require_user(connection, wanted.name)["id"], wanted.fields)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Put the user right as a whole, opened or shut last; a person who leaves keeps name and address. A person
        who leaves or has other roles is logged out.
        """
        name, fields = change.object.name, change.object.fields
        if change.object.whole and any(field.path != _ENABLED for field in change.changes):
            whole = nest({path: value for path, value in fields.items() if path not in (_ROLES, _ENABLED)})
            restore_user(connection, name, canonical({**whole, "roles": _places(fields)}))
        user = require_user(connection, name)
        if not change.object.whole:
            _assign(connection, user["id"], fields)
        if user["enabled"] is not fields[_ENABLED]:
            connection.put(f"/users/{user['id']}", {**user, "enabled": fields[_ENABLED]})
        if fields[_ENABLED] is False or any(field.path == _ROLES for field in change.changes):
            connection.post(f"/users/{user['id']}/logout", None)


def leaver(name: str) -> RealmObject:
    """Return the user of a person who left the staff as it should be: disabled, without roles."""
    return RealmObject(ObjectType.STAFF, name, {("enabled",): False, _ROLES: ()})


def is_ours(user: RealmObject) -> bool:
    """Say whether the user carries our mark."""
    return user.fields.get(_MARK) == (MANAGED_BY_US,)


def staff_with_roles(connection: KeycloakConnection) -> frozenset[str]:
    """Return the usernames of all users who hold a role of staff, also of those made by hand."""
    return frozenset(
        user["username"]
        for role in STAFF_ROLES
        for page in connection.pages(f"/roles/{role}/users", briefRepresentation=True)
        for user in page
    )


def _assign(connection: KeycloakConnection, user: str, fields: Mapping[FieldPath, Value]) -> None:
    kept = {f"realm:default-roles-{connection.realm}"}
    restore_roles(connection, f"/users/{user}", _places(fields), kept)


def _places(fields: Mapping[FieldPath, Value]) -> dict[str, bool]:
    roles = fields.get(_ROLES)
    return {role if ":" in role else f"realm:{role}": True for role in roles or ()} if isinstance(roles, tuple) else {}
