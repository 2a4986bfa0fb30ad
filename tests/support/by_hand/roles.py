"""Every field of roles and client scopes changed by hand, with what they are composed of, let through and map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, scope_ids
from provisioning.planning.objects import ObjectType
from tests.support.by_hand.change import NEVER, Change, Place, merge
from tests.support.by_hand.clients import MAPPER

ROLE: Final = "RoleRepresentation"
SCOPE: Final = "ClientScopeRepresentation"

ROLE_LEFT: Final[Mapping[str, str]] = {
    **dict.fromkeys(("id", "clientRole", "containerId"), "Keycloak's own, no call changes it"),
    "name": "the name itself: a renamed role is a lost one and a foreign one",
    "composite": "follows from its parts",
    "scopeParamRequired": "of older versions; Keycloak neither keeps nor answers it",
}
SCOPE_LEFT: Final[Mapping[str, str]] = {
    "id": "Keycloak's own, no call changes it",
    "name": "the name itself: a renamed scope is a lost one and a foreign one",
}
MAPPER_LEFT: Final[Mapping[str, str]] = {
    "id": "Keycloak's own, no call changes it",
    **dict.fromkeys(("consentRequired", "consentText"), "of older versions; Keycloak keeps no other value"),
    **dict.fromkeys(("name", "protocol"), "no call changes it; made otherwise it is another mapper, and foreign"),
}


def role_changes(realm: str) -> Iterator[Change]:
    """Yield a change of every field of roles of each kind: of kinds, staff, operators, every realm, rights, clients."""
    for name in ("kind-school", "auditor", "ois-operator", "offline_access", "uma_authorization"):
        yield from _of_role((ObjectType.ROLE, name), f"/roles/{name}")
    default = f"default-roles-{realm}"
    yield from _of_role((ObjectType.ROLE, default), f"/roles/{default}")
    yield from _of_role((ObjectType.RIGHT, "grades.write"), "/roles/grades.write", "central-db")
    # NOTE: not those of `realm-management`: Keycloak lets nobody change them.
    for client, name in (("account", "view-profile"), ("broker", "read-token")):
        yield from _of_role((ObjectType.CLIENT, client), f"/roles/{name}", client, f"role.{name}.")


def _of_role(place: Place, path: str, client: str = "", prefix: str = "") -> Iterator[Change]:
    change = partial(Change, ROLE, place=place)
    described = partial(_describe, path, client)
    yield change("description", named=f"{prefix}description", act=described)
    yield change("attributes", named=f"{prefix}attributes", act=partial(_mark, path, client), entry=NEVER)
    yield change("composites", named=f"{prefix}composites", act=partial(_compose, path, client))


def _address(admin: KeycloakConnection, path: str, client: str) -> str:
    return f"/clients/{require_client(admin, client)['id']}{path}" if client else path


def _describe(path: str, client: str, admin: KeycloakConnection) -> None:
    merge(admin, _address(admin, path, client), {"description": "foreign"})


def _mark(path: str, client: str, admin: KeycloakConnection) -> None:
    merge(admin, _address(admin, path, client), {"attributes": {NEVER: ["x"]}})


def _compose(path: str, client: str, admin: KeycloakConnection) -> None:
    """Let the role contain another client's right over the realm."""
    management = require_client(admin, "realm-management")["id"]
    part = admin.get(f"/clients/{management}/roles/manage-users")
    admin.post(f"/roles-by-id/{admin.get(_address(admin, path, client))['id']}/composites", [part])


SCOPES: Final = ("institution", "central-db", "direct-use", "profile-min", "staff", "operator", "basic")
_SIGNS_IN: Final = "basic"
"""The scope without which the program that compares has no token; its protocol and mappers stay."""


def scope_changes() -> Iterator[Change]:
    """Yield a change of every field of every client scope and its mappers."""
    for name in SCOPES:
        yield from changes_of_scope(name, (ObjectType.CLIENT_SCOPE, name))


def changes_of_scope(
    name: str, place: Place, prefix: str = "", let_through: tuple[str, str] = ("scope roles", "scope rights")
) -> Iterator[Change]:
    """Yield a change of every field of a scope. `prefix` comes before drift's names, `let_through` are the fields that
    roles of the realm and of clients which it lets through are named under.
    """
    change = partial(Change, SCOPE, place=place)
    yield change("description", named=f"{prefix}description", act=partial(_put_scope, name, {"description": "foreign"}))
    if name != _SIGNS_IN:
        yield change("protocol", named=f"{prefix}protocol", act=partial(_put_scope, name, {"protocol": "saml"}))
    for entry in ("include.in.token.scope", NEVER):
        act = partial(_put_scope, name, {"attributes": {entry: "true"}})
        yield change("attributes", named=f"{prefix}attributes.{entry}", act=act, entry=entry)
    yield change("protocolMappers", named=f"{prefix}mappers.claim", act=partial(_add_mapper, name))
    # Roles of the realm and of a client, which are in no representation.
    for named, hand in zip(let_through, (_let_role_through, _let_client_role_through), strict=True):
        yield Change("", "scopeMappings", place, prefix + named, partial(hand, name))
    yield from _of_mappers(name, place, f"{prefix}mappers")


def _of_mappers(scope: str, place: Place, named: str) -> Iterator[Change]:
    """One mapper is of another kind and has other entries."""
    change = partial(Change, MAPPER, place=place)
    mapper = _MAPPERS[scope]
    for entry in ("introspection.token.claim", NEVER):
        act = partial(_turn, scope, mapper, entry)
        yield change("config", named=f"{named}.{mapper}.config.{entry}", act=act, entry=entry)
    if scope == _SIGNS_IN:
        return
    act = partial(_put_mapper, scope, mapper, {"protocolMapper": "oidc-hardcoded-claim-mapper"})
    yield change("protocolMapper", named=f"{named}.{mapper}.protocolMapper", act=act)


_MAPPERS: Final[Mapping[str, str]] = {
    "institution": "kind",
    "central-db": "audience",
    "direct-use": "rights",
    "profile-min": "email",
    "staff": "roles",
    "operator": "ois",
    "basic": "auth_time",
    "ois-diary": "audience",
    "ois-other": "audience",
}


def _put_scope(name: str, fields: Mapping[str, Any], admin: KeycloakConnection) -> None:
    merge(admin, f"/client-scopes/{scope_ids(admin)[name]}", fields)


def _turn(scope: str, mapper: str, entry: str, admin: KeycloakConnection) -> None:
    """Turn an entry of a mapper's settings over, or write one that was never there."""
    base = f"/client-scopes/{scope_ids(admin)[scope]}/protocol-mappers/models"
    found = next(one for one in admin.get(base) if one["name"] == mapper)
    value = "false" if found["config"].get(entry) == "true" else "true"
    admin.put(f"{base}/{found['id']}", {**found, "config": {**found["config"], entry: value}})


def _put_mapper(scope: str, mapper: str, fields: Mapping[str, Any], admin: KeycloakConnection) -> None:
    base = f"/client-scopes/{scope_ids(admin)[scope]}/protocol-mappers/models"
    found = next(one for one in admin.get(base) if one["name"] == mapper)
    config = {**found["config"], **fields.get("config", {})}
    admin.put(f"{base}/{found['id']}", {**found, **fields, "config": config})


def _add_mapper(scope: str, admin: KeycloakConnection) -> None:
    mapper = {"name": "claim", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}
    config = {"claim.name": "sphere", "claim.value": "/", "access.token.claim": "true"}
    admin.post(f"/client-scopes/{scope_ids(admin)[scope]}/protocol-mappers/models", {**mapper, "config": config})


def _let_role_through(scope: str, admin: KeycloakConnection) -> None:
    admin.post(
        f"/client-scopes/{scope_ids(admin)[scope]}/scope-mappings/realm", [admin.get("/roles/uma_authorization")]
    )


def _let_client_role_through(scope: str, admin: KeycloakConnection) -> None:
    client = require_client(admin, "account")["id"]
    path = f"/client-scopes/{scope_ids(admin)[scope]}/scope-mappings/clients/{client}"
    admin.post(path, [admin.get(f"/clients/{client}/roles/view-profile")])
