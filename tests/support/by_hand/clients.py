"""Every field of a client changed by hand: each boolean turned over, each text another, each map with a foreign entry.

The fields come from Keycloak's own class and the values from the client as it is, so that every client can be asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client
from provisioning.keycloak.whole.left import LEFT_OF_KEY
from tests.support.by_hand.change import NEVER, Act, Change, Place
from tests.support.representation_fields import types_of

CLIENT: Final = "ClientRepresentation"
MAPPER: Final = "ProtocolMapperRepresentation"

CLIENT_LEFT: Final[Mapping[str, str]] = {
    **{path: reason for path, reason in LEFT_OF_KEY.items() if "/" not in path and path != "enabled"},
    "id": "Keycloak's own, no call changes it",
    "clientId": "the name itself: a renamed client is a lost one and a foreign one",
    "secret": "read by no authenticator of this realm",
    "registrationAccessToken": "no call takes it away; what it would change is seen",
    "access": "computed for the reader",
    "authorizationSettings": "part of authorizationServicesEnabled, which is off",
    **dict.fromkeys(("type", "origin"), "of other stores of clients, which there are none of"),
    **dict.fromkeys(
        (
            "defaultRoles",
            "directGrantsOnly",
            "clientTemplate",
            "useTemplateConfig",
            "useTemplateScope",
            "useTemplateMappers",
        ),
        "of older versions; Keycloak neither keeps nor answers it",
    ),
}
"""Fields without another valid value, or left to Keycloak."""

BESIDE: Final = ("scopeMappings", "roles")
"""Parts of a client that are in no representation."""

_ROUNDS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("publicClient", "enabled", "clientAuthenticatorType"), 1),
    "bearerOnly": 2,
    "protocol": 3,
    "serviceAccountsEnabled": 4,
    "authorizationServicesEnabled": 5,
}
"""Fields that exclude others, by the round in which they are changed."""

ROUNDS: Final = 6

_TEXTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("name", "description"), "something else"),
    **dict.fromkeys(("rootUrl", "adminUrl", "baseUrl"), "https://else.example"),
    "protocol": "saml",
}
_LISTS: Final[Mapping[str, str]] = {
    "redirectUris": "https://else.example/*",
    "webOrigins": "https://else.example",
}
_OTHERWISE: Final[Mapping[str, str]] = {
    "jwks.string": '{"keys":[]}',
    "pkce.code.challenge.method": "plain",
    "client.use.lightweight.access.token.enabled": "false",
    "use.refresh.tokens": "true",
}
"""Another valid value of attributes that are ours; the first that a client has is changed."""

_MAPPER: Final = {
    "name": "claim",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-hardcoded-claim-mapper",
    "config": {"claim.name": "sphere", "claim.value": "/", "access.token.claim": "true"},
}


def client_changes(client: Mapping[str, Any], place: Place, prefix: str = "", enabled: bool = True) -> Iterator[Change]:
    """Yield a change of every field of a client, given as Keycloak has it. `prefix` comes before drift's names.

    Without `enabled` whether it is enabled stays as it is, where a decision of its own says so.
    """
    base = f"/clients/{client['id']}"
    for field, act in _fields(client):
        if field != "enabled" or enabled:
            yield Change(CLIENT, field, place, prefix + field, act, round=_ROUNDS.get(field, 0))
    for entry, value in _attributes(client):
        act = _put(client, attributes={entry: value})
        yield Change(CLIENT, "attributes", place, f"{prefix}attributes.{entry}", act, entry)
    flows = "authenticationFlowBindingOverrides"
    for entry in ("browser", NEVER):
        yield Change(CLIENT, flows, place, f"{prefix}{flows}.{entry}", partial(_bind, client, entry), entry)
    node = {"node": NEVER}
    yield Change(CLIENT, "registeredNodes", place, f"{prefix}registeredNodes", _post(f"{base}/nodes", node), NEVER)
    scopes = {"defaultClientScopes": "default-client-scopes", "optionalClientScopes": "optional-client-scopes"}
    for field, resource in scopes.items():
        act = partial(_attach, f"{base}/{resource}", _not_yet(client, field))
        yield Change(CLIENT, field, place, prefix + field, act)
    yield Change(CLIENT, "scopeMappings", place, f"{prefix}scopeMappings", partial(_let_through, base))
    yield Change(CLIENT, "roles", place, f"{prefix}roles", _post(f"{base}/roles", {"name": "foreign"}))
    yield from _mappers(client, place, f"{prefix}protocolMappers")


def _fields(client: Mapping[str, Any]) -> Iterator[tuple[str, Act]]:
    """The fields that a PUT takes as they are, each with another value."""
    by_call = ("defaultClientScopes", "optionalClientScopes", "protocolMappers")
    for field, kind in types_of(CLIENT).items():
        if field in CLIENT_LEFT or field in by_call or kind == "Map":
            continue
        before = client.get(field)
        if kind == "Boolean":
            value: Any = not before
        elif field in _LISTS:
            value = [*(before or ()), _LISTS[field]]
        elif field == "clientAuthenticatorType":
            value = "client-jwt" if before != "client-jwt" else "client-secret"
        elif field == "nodeReRegistrationTimeout":
            value = 77
        else:
            value = _TEXTS[field]
        yield field, _put(client, **{field: value})


def _attributes(client: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "access.token.lifespan", "31536000"
    yield NEVER, "x"
    for name, value in _OTHERWISE.items():
        if name in client.get("attributes", {}):
            yield name, value
            return


def _mappers(client: Mapping[str, Any], place: Place, named: str) -> Iterator[Change]:
    path = f"/clients/{client['id']}/protocol-mappers/models"
    yield Change(CLIENT, "protocolMappers", place, f"{named}.claim", _post(path, _MAPPER))
    for mapper in client.get("protocolMappers", [])[:1]:
        name, address = mapper["name"], f"{path}/{mapper['id']}"
        for entry in ("userinfo.token.claim", NEVER):
            act = partial(_configure, address, entry)
            yield Change(MAPPER, "config", place, f"{named}.{name}.config.{entry}", act, entry)


def _put(client: Mapping[str, Any], **fields: Any) -> Act:
    return partial(_send, f"/clients/{client['id']}", {"clientId": client["clientId"], **fields})


def _send(path: str, body: Mapping[str, Any], admin: KeycloakConnection) -> None:
    admin.put(path, body)


def _configure(path: str, entry: str, admin: KeycloakConnection) -> None:
    """Turn an entry of a mapper's settings over, or write one that was never there."""
    mapper = admin.get(path)
    value = "false" if mapper["config"].get(entry) == "true" else "true"
    admin.put(path, {**mapper, "config": {**mapper["config"], entry: value}})


def _post(path: str, body: Mapping[str, Any]) -> Act:
    def act(admin: KeycloakConnection) -> None:
        admin.post(path, body)

    return act


def _bind(client: Mapping[str, Any], entry: str, admin: KeycloakConnection) -> None:
    flow = next(flow["id"] for flow in admin.get("/authentication/flows") if flow["alias"] == "browser")
    _put(client, authenticationFlowBindingOverrides={entry: flow})(admin)


def _not_yet(client: Mapping[str, Any], field: str) -> str:
    """A scope that the client has not; another one for each kind of scope."""
    present = {*client.get("defaultClientScopes", ()), *client.get("optionalClientScopes", ())}
    free = [name for name in ("staff", "central-db", "profile-min", "direct-use") if name not in present]
    return free[0 if field == "defaultClientScopes" else 1]


def _attach(path: str, scope: str, admin: KeycloakConnection) -> None:
    identifier = next(one["id"] for one in admin.get("/client-scopes") if one["name"] == scope)
    admin.put(f"{path}/{identifier}")


def _let_through(base: str, admin: KeycloakConnection) -> None:
    """Let roles of the realm and of another client through."""
    other = require_client(admin, "realm-management")["id"]
    admin.post(f"{base}/scope-mappings/realm", [admin.get("/roles/auditor")])
    admin.post(f"{base}/scope-mappings/clients/{other}", [admin.get(f"/clients/{other}/roles/manage-users")])
