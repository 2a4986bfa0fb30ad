"""Foreign objects made by hand, one for each field of their representations: whatever they are, they are foreign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client
from tests.support.by_hand.change import FOREIGN, NEVER, Act, Change

PROVIDER: Final = "IdentityProviderRepresentation"
PROVIDER_MAPPER: Final = "IdentityProviderMapperRepresentation"
COMPONENT: Final = "ComponentRepresentation"
GROUP: Final = "GroupRepresentation"

PROVIDER_LEFT: Final[Mapping[str, str]] = {
    "internalId": "Keycloak's own, no call changes it",
    "organizationId": "of organizations, which are off",
    "types": "computed of the kind of provider",
    **dict.fromkeys(
        ("updateProfileFirstLoginMode", "updateProfileFirstLogin"),
        "of older versions; Keycloak neither keeps nor answers it",
    ),
}
PROVIDER_MAPPER_LEFT: Final[Mapping[str, str]] = {"id": "Keycloak's own, no call changes it"}
COMPONENT_LEFT: Final[Mapping[str, str]] = {
    "id": "Keycloak's own, no call changes it",
    "parentId": "the realm, or the store of users that a mapper is a part of",
}
GROUP_LEFT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("id", "path", "parentId"), "Keycloak's own, no call changes it"),
    **dict.fromkeys(("subGroupCount", "access"), "computed for the reader"),
}

_PROVIDER_FIELDS: Final[Mapping[str, Any]] = {
    "alias": "foreign-alias",
    "displayName": "Foreign",
    "providerId": "keycloak-oidc",
    "enabled": False,
    "trustEmail": True,
    "storeToken": True,
    "addReadTokenRoleOnCreate": True,
    "authenticateByDefault": True,
    "linkOnly": True,
    "hideOnLogin": True,
    "firstBrokerLoginFlowAlias": "first broker login",
    "postBrokerLoginFlowAlias": "browser",
    "config": {NEVER: "x"},
}
_ADDRESSES: Final = {
    "clientId": "x",
    "clientSecret": "x",
    "authorizationUrl": "https://else.example/a",
    "tokenUrl": "https://else.example/t",
}
_MAPPER_FIELDS: Final[Mapping[str, Any]] = {
    "name": "foreign",
    "identityProviderAlias": "foreign-alias",
    "identityProviderMapper": "oidc-hardcoded-role-idp-mapper",
    "config": {"role": "administrator", "syncMode": "FORCE", NEVER: "x"},
}
_STORE: Final = "org.keycloak.storage.UserStorageProvider"
_KEYS: Final = "org.keycloak.keys.KeyProvider"


def provider_changes() -> Iterator[Change]:
    """Yield an identity provider for each field with another value than it is born with, and one with a mapper."""
    for field, value in _PROVIDER_FIELDS.items():
        alias = f"foreign-{field.lower()}"
        body = {"alias": alias, "providerId": "oidc", "enabled": True, "config": _ADDRESSES}
        body[field] = {**_ADDRESSES, **value} if isinstance(value, dict) else value
        entry = NEVER if isinstance(value, dict) else ""
        place = (FOREIGN, f"identity provider {alias}")
        yield Change(PROVIDER, field, place, "", partial(_post, "/identity-provider/instances", body), entry)
    place = (FOREIGN, "identity provider foreign-alias")
    for field in _MAPPER_FIELDS:
        act = partial(_post, "/identity-provider/instances/foreign-alias/mappers", _MAPPER_FIELDS)
        first = field == "name"
        yield Change(PROVIDER_MAPPER, field, place, "", act if first else _nothing, NEVER if field == "config" else "")


def component_changes() -> Iterator[Change]:
    """Yield a store of users and a provider of keys with a value in every field."""
    keys = {"enabled": ["true"], "active": ["true"], "priority": ["1"], "algorithm": ["RS512"]}
    store = {"enabled": ["true"], "kerberosRealm": ["X"], "serverPrincipal": ["HTTP/x@X"], "keyTab": ["x"]}
    found = (
        ("user storage provider foreign-store", "foreign-store", "kerberos", _STORE, store),
        ("component KeyProvider foreign-keys", "foreign-keys", "rsa-generated", _KEYS, keys),
    )
    for shown, name, provider, kind, config in found:
        body: dict[str, Any] = {"name": name, "providerId": provider, "providerType": kind}
        body |= {"config": config} if kind == _KEYS else {"subType": "x", "config": config}
        for number, field in enumerate(body):
            act = _nothing if number else partial(_post, "/components", body)
            yield Change(COMPONENT, field, (FOREIGN, shown), "", act)


def group_changes() -> Iterator[Change]:
    """Yield a group with a value in every field; a part of it passes roles on too."""
    place = (FOREIGN, "group foreign-group")
    fields = ("name", "description", "attributes", "realmRoles", "clientRoles", "subGroups")
    for field in fields:
        act = _group if field == "name" else _nothing
        yield Change(GROUP, field, place, "", act, NEVER if field == "attributes" else "")


def other_changes() -> Iterator[Change]:
    """Yield a foreign object of each other kind; a foreign client's role passes ours on."""
    for kind, act in _OTHERS.items():
        yield Change("", "foreign", (FOREIGN, kind), "", act)


def _nothing(admin: KeycloakConnection) -> None:
    """What another change of the same object makes."""


def _post(path: str, body: Mapping[str, Any], admin: KeycloakConnection) -> None:
    admin.post(path, body)


def _group(admin: KeycloakConnection) -> None:
    attributes = {NEVER: ["x"]}
    admin.post("/groups", {"name": "foreign-group", "description": "foreign", "attributes": attributes})
    (group,) = admin.get("/groups", search="foreign-group")
    admin.post(f"/groups/{group['id']}/children", {"name": "part"})
    (part,) = admin.get(f"/groups/{group['id']}/children")
    management = require_client(admin, "realm-management")["id"]
    role = admin.get(f"/clients/{management}/roles/manage-users")
    for one in (group, part):
        admin.post(f"/groups/{one['id']}/role-mappings/realm", [admin.get("/roles/administrator")])
        admin.post(f"/groups/{one['id']}/role-mappings/clients/{management}", [role])


def _client(admin: KeycloakConnection) -> None:
    admin.post("/clients", {"clientId": "foreign-client", "enabled": True, "publicClient": True})
    client = require_client(admin, "foreign-client")["id"]
    admin.post(f"/clients/{client}/roles", {"name": "back-door"})
    role = admin.get(f"/clients/{client}/roles/back-door")
    admin.post(f"/roles-by-id/{role['id']}/composites", [admin.get("/roles/administrator")])


def _user(admin: KeycloakConnection) -> None:
    admin.post("/users", {"username": "foreign-user", "enabled": True})
    (user,) = admin.get("/users", username="foreign-user", exact=True)
    admin.post(f"/users/{user['id']}/role-mappings/realm", [admin.get("/roles/administrator")])


def _right(admin: KeycloakConnection) -> None:
    admin.post(f"/clients/{require_client(admin, 'central-db')['id']}/roles", {"name": "foreign.read"})


_OTHERS: Final[Mapping[str, Act]] = {
    "client foreign-client": _client,
    "user foreign-user": _user,
    "right foreign.read": _right,
    "realm role foreign-role": partial(_post, "/roles", {"name": "foreign-role"}),
    "client scope foreign-scope": partial(
        _post, "/client-scopes", {"name": "foreign-scope", "protocol": "openid-connect"}
    ),
    "authentication flow foreign-flow": partial(
        _post, "/authentication/flows", {"alias": "foreign-flow", "providerId": "basic-flow", "topLevel": True}
    ),
    "texts de": partial(_post, "/localization/de", {NEVER: "x"}),
}
