"""Client scopes: which claims a token carries.

`institution`: institution, kind and sphere of the subject (order cl. 3). `central-db`: the audience of the central
database. `profile-min`: what the portal shows of whoever is signed in. `staff`: the Administrator's people's roles,
apart, because Keycloak applies a scope that lets roles through only to users who have one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value

from ..connection import KeycloakConnection
from .clients import CENTRAL_DB
from .fields import flatten, nest
from .handler import RealmContext
from .lookups import scope_ids
from .roles import STAFF_ROLES

INSTITUTION: Final = "institution"
PROFILE: Final = "profile-min"
STAFF: Final = "staff"

_MAPPERS: Final[FieldPath] = ("mappers",)
_ROLES: Final[FieldPath] = ("scope roles",)


def _attribute(attribute: str, claim: str, *, access: bool) -> dict[str, Any]:
    return {
        "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {
            "user.attribute": attribute,
            "claim.name": claim,
            "jsonType.label": "String",
            "access.token.claim": str(access).lower(),
            "id.token.claim": "true",
            "userinfo.token.claim": "true",
            "introspection.token.claim": "true",
        },
    }


_SUBJECT: Final = {
    "protocolMapper": "oidc-sub-mapper",
    "config": {"access.token.claim": "true", "introspection.token.claim": "true"},
}

_STAFF_ROLES: Final = {
    "protocolMapper": "oidc-usermodel-realm-role-mapper",
    "config": {
        "claim.name": "roles",
        "multivalued": "true",
        "jsonType.label": "String",
        "id.token.claim": "true",
        "access.token.claim": "false",
        "userinfo.token.claim": "true",
        "introspection.token.claim": "false",
    },
}

_SCOPES: Final[Mapping[str, tuple[str, Mapping[str, Any], tuple[str, ...]]]] = {
    INSTITUTION: (
        "Who the institution is: id, kind, sphere of activity",
        {
            "sub": _SUBJECT,
            "institution": _attribute("institution_id", "institution", access=True),
            "kind": _attribute("kind", "kind", access=True),
            "sphere": _attribute("sphere", "sphere", access=True),
        },
        (),
    ),
    CENTRAL_DB: (
        "Audience of the central database",
        {
            "audience": {
                "protocolMapper": "oidc-audience-mapper",
                "config": {"included.client.audience": CENTRAL_DB, "access.token.claim": "true"},
            }
        },
        (),
    ),
    PROFILE: (
        "What the portal shows of whoever is signed in",
        {
            "preferred_username": _attribute("username", "preferred_username", access=False),
            "institution_name": _attribute("institution_name", "institution_name", access=False),
            "given_name": _attribute("firstName", "given_name", access=False),
            "family_name": _attribute("lastName", "family_name", access=False),
            "email": _attribute("email", "email", access=False),
        },
        (),
    ),
    STAFF: (
        "Roles of the Administrator's people",
        {"roles": _STAFF_ROLES},
        tuple(sorted(STAFF_ROLES)),
    ),
}


class ClientScopes:
    """`/client-scopes` with their mappers and scope mappings."""

    type = ObjectType.CLIENT_SCOPE

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """The scopes of this system."""
        for name, (description, mappers, roles) in _SCOPES.items():
            fields = flatten(
                {
                    "protocol": "openid-connect",
                    "description": description,
                    "attributes": {"include.in.token.scope": "false", "display.on.consent.screen": "false"},
                    "mappers": dict(mappers),
                }
            )
            yield RealmObject(self.type, name, {**fields, _ROLES: roles})

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Scopes with mappers by name and the realm roles that they let through."""
        for scope in connection.get("/client-scopes") or []:
            if scope["name"] in names:
                mappers = {mapper.pop("name"): mapper for mapper in scope.pop("protocolMappers", [])}
                roles = connection.get(f"/client-scopes/{scope['id']}/scope-mappings/realm") or []
                fields: dict[FieldPath, Value] = flatten({**scope, "mappers": mappers})
                fields[_ROLES] = tuple(sorted(role["name"] for role in roles if role["name"] in STAFF_ROLES))
                yield RealmObject(self.type, scope["name"], fields)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the scope with its mappers. Roles are let through by a later update: they may not exist yet."""
        body = nest({path: value for path, value in wanted.fields.items() if path != _ROLES})
        mappers = body.pop("mappers", {})
        body["protocolMappers"] = [{"name": name, "protocol": "openid-connect", **m} for name, m in mappers.items()]
        connection.post("/client-scopes", {"name": wanted.name, **body})
        if roles := wanted.fields[_ROLES]:
            _let_through(connection, wanted.name, roles)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Own fields by PUT, each differing mapper by its own PUT or POST, roles by their mapping."""
        identifier = scope_ids(connection)[change.object.name]
        body = nest({path: v for path, v in change.object.fields.items() if path[:1] != _MAPPERS and path != _ROLES})
        connection.put(f"/client-scopes/{identifier}", {"name": change.object.name, **body})
        for name in {field.path[1] for field in change.changes if field.path[:1] == _MAPPERS}:
            _write_mapper(connection, identifier, name, nest(change.object.fields)["mappers"][name])
        if any(field.path == _ROLES for field in change.changes):
            _let_through(connection, change.object.name, change.object.fields[_ROLES])


def _write_mapper(connection: KeycloakConnection, scope: str, name: str, wanted: Mapping[str, Any]) -> None:
    base = f"/client-scopes/{scope}/protocol-mappers/models"
    body = {"name": name, "protocol": "openid-connect", **wanted}
    for mapper in connection.get(base) or []:
        if mapper["name"] == name:
            connection.put(f"{base}/{mapper['id']}", {**body, "id": mapper["id"]})
            return
    connection.post(base, body)


def _let_through(connection: KeycloakConnection, scope: str, wanted: Value) -> None:
    path = f"/client-scopes/{scope_ids(connection)[scope]}/scope-mappings/realm"
    names = wanted if isinstance(wanted, tuple) else ()
    roles = [role for name in names if (role := connection.get(f"/roles/{name}")) is not None]
    connection.post(path, roles)
    foreign = [role for role in connection.get(path) or [] if role["name"] not in names]
    if foreign:
        connection.delete(path, foreign)
