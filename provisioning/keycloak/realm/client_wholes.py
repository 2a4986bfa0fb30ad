"""The clients of the system itself and of Keycloak as wholes: read, made, and put right in every field.

A client is its fields, attributes, scopes, mappers and scope mappings; its service account with all roles; and the
roles that it owns, with what these are composed of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client
from provisioning.keycloak.names import CENTRAL_DB, PROVISIONING
from provisioning.keycloak.realm.fields import flatten, nest
from provisioning.keycloak.realm.role_parts import composites, decompose
from provisioning.keycloak.whole.canonical import canonical
from provisioning.keycloak.whole.holdings import whole_clients, whole_users
from provisioning.keycloak.whole.left import LEFT_OF_PROVISIONING, LEFT_OF_REALM_CLIENT, LEFT_OF_REALM_SERVICE
from provisioning.keycloak.whole.restoring import restore_client, restore_user
from provisioning.model.identifiers import service_account_of
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

_SERVICE: Final = "service account"
_ROLE: Final = "role"
_AFTER_LOGOUT: Final[FieldPath] = ("attributes", "post.logout.redirect.uris")
NONE: Final = "-"
"""What an import writes for "no address after a logout", which an absent list means too."""

_OWN: Final = (_SERVICE, _ROLE)
"""First steps of paths that are no fields of the client's own."""


def read_clients(connection: KeycloakConnection, kind: ObjectType, names: Collection[str]) -> Iterator[RealmObject]:
    """Read those of the clients that exist."""
    wholes = whole_clients(connection, [name for name in names if name != PROVISIONING], LEFT_OF_REALM_CLIENT)
    if PROVISIONING in names:
        wholes |= whole_clients(connection, [PROVISIONING], LEFT_OF_PROVISIONING)
    services = {service_account_of(name): name for name in wholes}
    accounts = whole_users(connection, [*services], _left_of_service(connection))
    for name in names:
        if name in wholes:
            fields = flatten(wholes[name])
            if fields.get(_AFTER_LOGOUT) == NONE:
                del fields[_AFTER_LOGOUT]
            if (account := accounts.get(service_account_of(name))) is not None:
                fields |= flatten(account, (_SERVICE,))
            if name == CENTRAL_DB:
                fields.pop(("roles",), None)  # The rights, which are objects of their own.
            elif fields.get(("roles",)):
                fields |= _roles(connection, name)
            yield RealmObject(kind, name, fields)


def create_client(connection: KeycloakConnection, wanted: RealmObject) -> None:
    """Make the client disabled, then put it right in every field; another one with the name is a conflict."""
    whole = nest(wanted.fields)
    scopes = {name: whole.get(name, []) for name in ("defaultClientScopes", "optionalClientScopes")}
    body = {"clientId": wanted.name, "protocol": "openid-connect", "enabled": False, **scopes}
    connection.post("/clients", {**body, "clientAuthenticatorType": whole.get("clientAuthenticatorType")})
    _restore(connection, wanted, {path[0] for path in wanted.fields})


def update_client(connection: KeycloakConnection, change: UpdateObject) -> None:
    """Put right what differs."""
    _restore(connection, change.object, {field.path[0] for field in change.changes})


def _restore(connection: KeycloakConnection, wanted: RealmObject, differing: Collection[str]) -> None:
    name, whole = wanted.name, nest(wanted.fields)
    own = canonical({field: value for field, value in whole.items() if field not in _OWN})
    left = [*(LEFT_OF_PROVISIONING if name == PROVISIONING else LEFT_OF_REALM_CLIENT)]
    left += ["roles"] if name == CENTRAL_DB else []
    if set(differing) - set(_OWN):
        restore_client(connection, name, own, left)
    if _SERVICE in differing and _SERVICE in whole:
        connection.get(f"/clients/{require_client(connection, name)['id']}/service-account-user")
        restore_user(connection, service_account_of(name), canonical(whole[_SERVICE]), _left_of_service(connection))
    if _ROLE in differing:
        _restore_roles(connection, name, whole.get(_ROLE, {}))


def _roles(connection: KeycloakConnection, name: str) -> dict[FieldPath, Value]:
    base = f"/clients/{require_client(connection, name)['id']}/roles"
    fields: dict[FieldPath, Value] = {}
    for page in connection.pages(base, briefRepresentation=False):
        for role in page:
            kept = {key: role.get(key) for key in ("description", "attributes")}
            fields |= flatten({**kept, "composites": composites(connection, role)}, (_ROLE, role["name"]))
    return fields


def _restore_roles(connection: KeycloakConnection, client: str, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    base = f"/clients/{require_client(connection, client)['id']}/roles"
    for name, fields in wanted.items():
        path = f"{base}/{quote(name, safe='')}"
        role = connection.get(path)
        attributes = fields.get("attributes", {})
        connection.put(path, {**role, "description": fields.get("description", ""), "attributes": attributes})
        parts = set(fields.get("composites", ()))
        decompose(connection, role, kept=parts)
        present = composites(connection, connection.get(path))
        missing = [_role(connection, *part.split(":", 1)) for part in sorted(parts.difference(present))]
        if missing:
            connection.post(f"/roles-by-id/{role['id']}/composites", missing)


def _role(connection: KeycloakConnection, place: str, name: str) -> dict[str, Any]:
    base = "" if place == "realm" else f"/clients/{require_client(connection, place)['id']}"
    return dict(connection.get(f"{base}/roles/{quote(name, safe='')}"))


def _left_of_service(connection: KeycloakConnection) -> list[str]:
    return [*LEFT_OF_REALM_SERVICE, f"roles/realm:default-roles-{connection.realm}"]
