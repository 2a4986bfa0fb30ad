"""Users of the Administrator's people (order cl. 2). Their second factor is asked for by the browser flow."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.fields import flatten, merged, nest
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.keycloak.realm.lookups import find_user, require_user
from provisioning.keycloak.realm.roles import STAFF_ROLES
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

_ROLES: Final[FieldPath] = ("roles",)
_MARK: Final[FieldPath] = ("attributes", MANAGED_BY)


class Staff:
    """`/users` of staff.yaml with their realm roles."""

    type = ObjectType.STAFF

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield one user per record; `active: false` is a disabled user."""
        for member in context.configuration.staff:
            person = {
                "enabled": member.active,
                "email": member.email.lower(),
                "firstName": member.first_name,
                "lastName": member.last_name,
            }
            fields: dict[FieldPath, Value] = flatten(person)
            fields[_MARK] = (MANAGED_BY_US,)
            fields[_ROLES] = tuple(sorted(member.roles)) if member.active else ()
            yield RealmObject(self.type, member.username, fields)

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Read each user by exact username; of the roles only those of staff count."""
        for name in names:
            user = find_user(connection, name)
            if user is not None:
                roles = tuple(sorted(role["name"] for role in _staff_roles(connection, user["id"])))
                yield RealmObject(self.type, name, {**flatten(user), _ROLES: roles})

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the user without a password: the first login is by base key."""
        person = nest({path: value for path, value in wanted.fields.items() if path != _ROLES})
        connection.post("/users", {"username": wanted.name, "requiredActions": [], **person})
        _assign(connection, require_user(connection, wanted.name)["id"], wanted.fields[_ROLES])

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update what differs by PUT; roles by their mappings; a person who leaves or has other roles is logged out."""
        user = require_user(connection, change.object.name)
        plain = [field for field in change.changes if field.path != _ROLES]
        if plain:
            connection.put(f"/users/{user['id']}", merged(user, plain))
        has_other_roles = any(field.path == _ROLES for field in change.changes)
        if has_other_roles:
            _assign(connection, user["id"], change.object.fields[_ROLES])
        if has_other_roles or change.object.fields["enabled",] is False:
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


def _staff_roles(connection: KeycloakConnection, user: str) -> list[dict[str, Any]]:
    return [role for role in connection.get(f"/users/{user}/role-mappings/realm") or [] if role["name"] in STAFF_ROLES]


def _assign(connection: KeycloakConnection, user: str, wanted: Value) -> None:
    names = set(wanted) if isinstance(wanted, tuple) else set()
    path = f"/users/{user}/role-mappings/realm"
    present = _staff_roles(connection, user)
    missing = names - {role["name"] for role in present}
    if missing:
        connection.post(path, [connection.get(f"/roles/{name}") for name in sorted(missing)])
    extra = [role for role in present if role["name"] not in names]
    if extra:
        connection.delete(path, extra)
