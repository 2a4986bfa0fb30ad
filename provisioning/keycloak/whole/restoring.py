"""Puts one client or user right in every field. What is left to Keycloak stays.

A `PUT` merges: an attribute that is left out stays, so foreign ones are sent empty. Scopes, mappers, roles, groups and
credentials have calls of their own. Safe to repeat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.lookups import require_client, require_user, scope_ids
from provisioning.keycloak.whole.canonical import Whole
from provisioning.keycloak.whole.holdings import whole_clients, whole_users
from provisioning.keycloak.whole.left import LEFT_OF_SERVICE

_SCOPES: Final = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}
_APART: Final = frozenset({*_SCOPES, "attributes", "protocolMappers", "scopeMappings", "roles", "registeredNodes"})
_EMPTY_CLIENT: Final[Mapping[str, object]] = {
    "name": "",
    "description": "",
    "rootUrl": "",
    "baseUrl": "",
    "adminUrl": "",
    "redirectUris": [],
    "webOrigins": [],
    "authorizationServicesEnabled": False,
}
"""How a field is sent that must not be there."""

_EMPTY_USER: Final[Mapping[str, object]] = {"firstName": "", "lastName": "", "email": ""}


def restore_client(connection: KeycloakConnection, client_id: str, wanted: Whole) -> None:
    """Bring a client to the whole wanted of it. Scope mappings are only removed here: wanted ones are the caller's.

    Raises KeycloakRefused when there is no such client.
    """
    client = require_client(connection, client_id)
    base, found = f"/clients/{client['id']}", whole_clients(connection, [client_id])[client_id]
    plain = {name: value for name, value in wanted.items() if name not in _APART}
    flows = found.get("authenticationFlowBindingOverrides", {})
    body = {
        **_EMPTY_CLIENT,
        **plain,
        "clientId": client_id,
        "attributes": {**dict.fromkeys(found.get("attributes", {}), ""), **wanted.get("attributes", {})},
        "authenticationFlowBindingOverrides": {
            **dict.fromkeys(flows, ""),
            **wanted.get("authenticationFlowBindingOverrides", {}),
        },
    }
    _restore_scopes(connection, base, found, wanted)
    _remove_mappers(connection, base, client)
    if not wanted.get("scopeMappings"):
        _remove_scope_mappings(connection, base)
    for role in found.get("roles", []):
        connection.delete(f"{base}/roles/{quote(role, safe='')}")
    for node in found.get("registeredNodes", {}):
        connection.delete(f"{base}/nodes/{quote(node, safe='')}")
    # Last: a client that this enables is right by then.
    connection.put(base, body)


def restore_user(
    connection: KeycloakConnection, username: str, wanted: Whole, left: Collection[str] = LEFT_OF_SERVICE
) -> None:
    """Bring a user to the whole wanted of it; of a service account, what is `left` to Keycloak stays.

    Raises KeycloakRefused when there is no such user.
    """
    user = require_user(connection, username)
    base, found = f"/users/{user['id']}", whole_users(connection, [username], left)[username]
    present = {n: v for n, v in user.get("attributes", {}).items() if n not in found.get("attributes", {})}
    body = {name: wanted.get(name, empty) for name, empty in _EMPTY_USER.items()}
    if "emailVerified" in wanted:
        body["emailVerified"] = wanted["emailVerified"]
    foreign = found.get("requiredActions", {}).keys() - wanted.get("requiredActions", {}).keys()
    actions = [action for action in user.get("requiredActions", []) if action not in foreign]
    attributes = {**present, **wanted.get("attributes", {})}
    connection.put(base, {"username": username, **body, "attributes": attributes, "requiredActions": actions})
    _restore_roles(connection, base, wanted, kept={path.removeprefix("roles/") for path in left})
    for group in connection.get(f"{base}/groups") or []:
        connection.delete(f"{base}/groups/{group['id']}")
    for credential in connection.get(f"{base}/credentials") or []:
        if credential["type"] in found.get("credentials", {}):
            connection.delete(f"{base}/credentials/{credential['id']}")
    for provider in found.get("federatedIdentities", {}):
        connection.delete(f"{base}/federated-identity/{quote(provider, safe='')}")
    for client in found.get("clientConsents", []):
        connection.delete(f"{base}/consents/{quote(client, safe='')}")


def _restore_scopes(connection: KeycloakConnection, base: str, found: Whole, wanted: Whole) -> None:
    ids = scope_ids(connection)
    for field, resource in _SCOPES.items():
        for name in set(found.get(field, [])) - set(wanted.get(field, [])):
            connection.delete(f"{base}/{resource}/{ids[name]}")
    for field, resource in _SCOPES.items():
        for name in set(wanted.get(field, [])) - set(found.get(field, [])):
            connection.put(f"{base}/{resource}/{ids[name]}")


def _remove_mappers(connection: KeycloakConnection, base: str, client: Mapping[str, Any]) -> None:
    for mapper in client.get("protocolMappers", []):
        connection.delete(f"{base}/protocol-mappers/models/{mapper['id']}")


def _remove_scope_mappings(connection: KeycloakConnection, base: str) -> None:
    path = f"{base}/scope-mappings"
    mapped = connection.get(path) or {}
    if mapped.get("realmMappings"):
        connection.delete(f"{path}/realm", mapped["realmMappings"])
    for of_client in mapped.get("clientMappings", {}).values():
        connection.delete(f"{path}/clients/{of_client['id']}", of_client["mappings"])


def _restore_roles(connection: KeycloakConnection, base: str, wanted: Whole, kept: Collection[str]) -> None:
    """Exactly the wanted roles, of the realm and of every client; those `kept` stay where they are."""
    roles = wanted.get("roles", {})
    mapped = connection.get(f"{base}/role-mappings") or {}
    places = {"realm": ("realm", mapped.get("realmMappings", []))}
    for client_id, of_client in mapped.get("clientMappings", {}).items():
        places[client_id] = (f"clients/{of_client['id']}", of_client["mappings"])
    for place, (path, present) in places.items():
        foreign = [role for role in present if f"{place}:{role['name']}" not in {*roles, *kept}]
        if foreign:
            connection.delete(f"{base}/role-mappings/{path}", foreign)
    for name in roles:
        place, _, role = name.partition(":")
        if role not in {one["name"] for one in places.get(place, ("", []))[1]}:
            _add_role(connection, base, place, role)


def _add_role(connection: KeycloakConnection, base: str, place: str, name: str) -> None:
    if place == "realm":
        found, path = connection.get(f"/roles/{quote(name, safe='')}"), "realm"
    else:
        client = require_client(connection, place)["id"]
        found, path = connection.get(f"/clients/{client}/roles/{quote(name, safe='')}"), f"clients/{client}"
    if found is not None:
        connection.post(f"{base}/role-mappings/{path}", [found])
