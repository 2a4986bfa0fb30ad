"""Puts one client or user right in every field. What is left to Keycloak stays.

A `PUT` merges: an attribute that is left out stays, so foreign ones are sent empty. Scopes, mappers, roles, groups and
credentials have calls of their own. Safe to repeat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, require_user, scope_ids
from provisioning.keycloak.whole.canonical import Whole
from provisioning.keycloak.whole.holdings import whole_clients, whole_users
from provisioning.keycloak.whole.left import LEFT_OF_KEY, LEFT_OF_SERVICE

_SCOPES: Final = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}
_BY_CALL: Final = frozenset({*_SCOPES, "protocolMappers", "scopeMappings", "roles", "registeredNodes"})
"""Fields that a `PUT` ignores."""

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


def restore_client(
    connection: KeycloakConnection, client_id: str, wanted: Whole, left: Collection[str] = LEFT_OF_KEY
) -> None:
    """Bring a client to the whole wanted of it; what is `left` to Keycloak stays.

    Raises KeycloakRefused when there is no such client.
    """
    client = require_client(connection, client_id)
    base, found = f"/clients/{client['id']}", whole_clients(connection, [client_id], left)[client_id]
    _restore_scopes(connection, base, found, wanted)
    _restore_mappers(connection, base, client, wanted.get("protocolMappers", {}))
    restore_scope_mappings(connection, base, wanted.get("scopeMappings", []))
    roles = wanted.get("roles", [])
    for role in set(found.get("roles", [])).difference(roles):
        connection.delete(f"{base}/roles/{quote(role, safe='')}")
    for role in set(roles).difference(found.get("roles", [])):
        connection.post(f"{base}/roles", {"name": role})
    for node in found.get("registeredNodes", {}):
        connection.delete(f"{base}/nodes/{quote(node, safe='')}")
    plain = [{name: value for name, value in whole.items() if name not in _BY_CALL} for whole in (found, wanted)]
    if plain[0] != plain[1]:
        # Last: a client that this enables is right by then.
        connection.put(base, _body(client_id, found, wanted))


def _body(client_id: str, found: Whole, wanted: Whole) -> dict[str, Any]:
    maps = {
        name: {**dict.fromkeys(found.get(name, {}), ""), **wanted.get(name, {})}
        for name in ("attributes", "authenticationFlowBindingOverrides")
    }
    plain = {name: value for name, value in wanted.items() if name not in _BY_CALL}
    return {**_EMPTY_CLIENT, **plain, "clientId": client_id, **maps}


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
    restore_roles(connection, base, wanted.get("roles", {}), kept={path.removeprefix("roles/") for path in left})
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


def _restore_mappers(
    connection: KeycloakConnection, base: str, client: Mapping[str, Any], wanted: Mapping[str, str]
) -> None:
    """Exactly the wanted mappers, which are written `name.protocol`, `name.protocolMapper` and `name.config.key`."""
    path, present = f"{base}/protocol-mappers/models", dict[str, str]()
    for mapper in client.get("protocolMappers", []):
        flat = {f"{mapper['name']}.config.{key}": value for key, value in mapper.get("config", {}).items() if value}
        flat |= {f"{mapper['name']}.{field}": mapper[field] for field in ("protocol", "protocolMapper")}
        if flat.items() <= wanted.items() and not mapper.get("consentRequired"):
            present |= flat
        else:
            connection.delete(f"{path}/{mapper['id']}")
    missing = {key: value for key, value in wanted.items() if key not in present}
    for key in [key for key in missing if key.endswith(".protocolMapper")]:
        name = key.removesuffix(".protocolMapper")
        prefix = f"{name}.config."
        config = {key.removeprefix(prefix): value for key, value in wanted.items() if key.startswith(prefix)}
        kind = {"protocol": wanted[f"{name}.protocol"], "protocolMapper": wanted[key]}
        connection.post(path, {"name": name, **kind, "config": config})


def restore_scope_mappings(connection: KeycloakConnection, base: str, wanted: Collection[str]) -> None:
    """Let the client or client scope at `base` through exactly these roles, written `place:role`."""
    _restore_mapped(connection, f"{base}/scope-mappings", wanted)


def restore_roles(connection: KeycloakConnection, base: str, roles: Collection[str], kept: Collection[str]) -> None:
    """Give the user at `base` exactly these roles, written `place:role`; those `kept` stay where they are."""
    _restore_mapped(connection, f"{base}/role-mappings", roles, kept)


def _restore_mapped(
    connection: KeycloakConnection, path: str, wanted: Collection[str], kept: Collection[str] = ()
) -> None:
    mapped, present = connection.get(path) or {}, set[str]()
    places = {"realm": ("realm", mapped.get("realmMappings", []))}
    for client_id, of_client in mapped.get("clientMappings", {}).items():
        places[client_id] = (f"clients/{of_client['id']}", of_client["mappings"])
    for place, (resource, roles) in places.items():
        present |= {f"{place}:{role['name']}" for role in roles}
        foreign = [role for role in roles if f"{place}:{role['name']}" not in {*wanted, *kept}]
        if foreign:
            connection.delete(f"{path}/{resource}", foreign)
    for name in sorted(set(wanted) - present):
        place, _, role = name.partition(":")
        _map_role(connection, path, place, role)


def _map_role(connection: KeycloakConnection, base: str, place: str, name: str) -> None:
    if place == "realm":
        found, path = connection.get(f"/roles/{quote(name, safe='')}"), "realm"
    else:
        client = require_client(connection, place)["id"]
        found, path = connection.get(f"/clients/{client}/roles/{quote(name, safe='')}"), f"clients/{client}"
    if found is not None:
        connection.post(f"{base}/{path}", [found])
