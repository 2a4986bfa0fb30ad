"""Users who hold roles that open something, and taking from a foreign user, group or role what is ours to give.

Only roles are taken: whose user it is, and why it exists, is for a person to find out. Source: decision 31.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import find_client, find_user, require_client
from provisioning.keycloak.names import CENTRAL_DB
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.keycloak.realm.inventory import powerful
from provisioning.keycloak.realm.narrow import DOOR_ROLES
from provisioning.keycloak.realm.roles import STAFF_ROLES
from provisioning.keycloak.realm.staff import staff_with_roles
from provisioning.keycloak.realm.standard_clients import MANAGEMENT
from provisioning.model.ois import OPERATOR_ROLE

_KIND: Final = "kind-"
_CLIENTS: Final = (MANAGEMENT, CENTRAL_DB)


USER: Final = "user"
GROUP: Final = "group"
REALM_ROLE: Final = "realm role"
CLIENT_ROLE: Final = "client role"


@dataclass(frozen=True, slots=True)
class Holder:
    """Something that holds roles of ours: a user, a group or another role, and where its roles are mapped.

    A group's name is its path without the first slash, a client role's is `client:role`.
    """

    type: str
    name: str
    path: str


def holders(connection: KeycloakConnection) -> frozenset[str]:
    """Return the names of all users who hold a staff role, a role of the door or an administrative right directly."""
    at_door = {
        user["username"]
        for role in DOOR_ROLES
        for page in connection.pages(f"/roles/{role}/users", briefRepresentation=True)
        for user in page
    }
    return staff_with_roles(connection) | at_door | {name for name, _ in powerful(connection)}


def holder_named(connection: KeycloakConnection, username: str) -> Holder | None:
    """Return the user as a holder of roles; None when there is none of that name."""
    user = find_user(connection, username)
    return None if user is None else Holder(USER, username, f"/users/{user['id']}/role-mappings")


def passing_on(reading: RealmReading, known_roles: Collection[str]) -> Iterator[Holder]:
    """Yield groups with roles, none of which is ours, and roles that are not `known_roles`: other ways to roles of
    ours.
    """
    groups = list(reading.export.get("groups", []))
    while groups:
        group = groups.pop()
        groups += group.get("subGroups", [])
        if group.get("realmRoles") or group.get("clientRoles"):
            yield Holder(GROUP, group["path"].removeprefix("/"), f"/groups/{group['id']}/role-mappings")
    for role in reading.export["roles"].get("realm", []):
        if role["name"] not in known_roles and role.get("composite"):
            yield Holder(REALM_ROLE, role["name"], f"/roles/{quote(role['name'], safe='')}/composites")


def roles_of_client(connection: KeycloakConnection, client_id: str) -> Iterator[Holder]:
    """Yield those roles of a client that pass others on; none while there is no such client."""
    client = find_client(connection, client_id)
    pages = () if client is None else connection.pages(f"/clients/{client['id']}/roles", briefRepresentation=True)
    for role in (role for page in pages for role in page):
        if role.get("composite"):
            yield Holder(CLIENT_ROLE, f"{client_id}:{role['name']}", f"/roles-by-id/{role['id']}/composites")


def take_roles(connection: KeycloakConnection, holder: Holder, kept: Collection[str] = ()) -> tuple[str, ...]:
    """Take every role of ours from a holder but those `kept`, and return their names; end the sessions of a user.

    Safe to repeat.
    """
    is_role = holder.type in (REALM_ROLE, CLIENT_ROLE)
    places = _composites(connection, holder) if is_role else _mappings(connection, holder)
    taken: list[str] = []
    for path, place, roles in places:
        ours = [role for role in roles if _is_ours(place, role["name"]) and role["name"] not in kept]
        if ours:
            connection.delete(path, ours)
            taken += [role["name"] for role in ours]
    if taken and holder.type == USER:
        connection.post(f"{holder.path.removesuffix('/role-mappings')}/logout", None)
    return tuple(sorted(taken))


_Place = tuple[str, str, list[Mapping[str, Any]]]
"""Where roles are taken from, whose they are (a client, or nothing for the realm), and the roles."""


def _mappings(connection: KeycloakConnection, holder: Holder) -> Iterator[_Place]:
    mapped = connection.get(holder.path) or {}
    yield f"{holder.path}/realm", "", mapped.get("realmMappings", [])
    for client_id, of_client in mapped.get("clientMappings", {}).items():
        yield f"{holder.path}/clients/{of_client['id']}", client_id, of_client["mappings"]


def _composites(connection: KeycloakConnection, holder: Holder) -> Iterator[_Place]:
    clients = {require_client(connection, name)["id"]: name for name in _CLIENTS}
    for part in connection.get(holder.path) or []:
        yield holder.path, clients.get(part["containerId"], "") if part.get("clientRole") else "", [part]


def _is_ours(place: str, name: str) -> bool:
    if place:
        return place in _CLIENTS
    return name in STAFF_ROLES or name in DOOR_ROLES or name == OPERATOR_ROLE or name.startswith(_KIND)
