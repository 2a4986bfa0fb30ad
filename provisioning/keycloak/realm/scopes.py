"""Client scopes: which claims a token carries.

`institution`: institution, kind and sphere of the subject (order cl. 3). `central-db`: the audience of the central
database, the API key, and those of its rights that the client in question lets through: for an OIS the rights that it
was granted. `direct-use`: the same for an API key that works without an OIS, letting all rights through. `profile-min`:
what the portal shows of a signed-in person. `staff`: the roles of the Administrator's people, apart, because Keycloak
applies a scope that lets roles through only to users who have one of them. `operator`: role and OIS of an operator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, scope_ids
from provisioning.keycloak.names import CENTRAL_DB
from provisioning.keycloak.realm.fields import flatten, nest
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.keycloak.realm.role_mappings import assign_roles
from provisioning.keycloak.realm.roles import STAFF_ROLES
from provisioning.model.key_scopes import DIRECT_USE
from provisioning.model.ois import OPERATOR_ROLE
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject

INSTITUTION: Final = "institution"
PROFILE: Final = "profile-min"
STAFF: Final = "staff"
OPERATOR: Final = "operator"

_MAPPERS: Final[FieldPath] = ("mappers",)
_ROLES: Final[FieldPath] = ("scope roles",)
_RIGHTS: Final[FieldPath] = ("scope rights",)
_LET_THROUGH: Final = (_ROLES, _RIGHTS)


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

_RIGHTS_CLAIM: Final = {
    # Of our own extension: no mapper of Keycloak's can narrow rights to what a mandate allows (decision 23).
    "protocolMapper": "aikom-rights",
    "config": {"resource.server": CENTRAL_DB, "access.token.claim": "true"},
}

_ROLES_CLAIM: Final = {
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

_CENTRAL_DB_CLAIMS: Final = {
    "audience": {
        "protocolMapper": "oidc-audience-mapper",
        "config": {"included.client.audience": CENTRAL_DB, "access.token.claim": "true"},
    },
    "preferred_username": _attribute("username", "preferred_username", access=True),
    "rights": _RIGHTS_CLAIM,
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
        "Access to the central database: audience, API key, rights",
        _CENTRAL_DB_CLAIMS,
        (),
    ),
    DIRECT_USE: (
        "Access to the central database without an OIS",
        _CENTRAL_DB_CLAIMS,
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
        {"roles": _ROLES_CLAIM},
        tuple(sorted(STAFF_ROLES)),
    ),
    OPERATOR: (
        "Whoever runs an OIS: the role, and the short name of that OIS",
        {"roles": _ROLES_CLAIM, "ois": _attribute("ois", "ois", access=False)},
        (OPERATOR_ROLE,),
    ),
}


class ClientScopes:
    """`/client-scopes` with their mappers and scope mappings."""

    type = ObjectType.CLIENT_SCOPE

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield the scopes of this system."""
        for name, (description, mappers, roles) in _SCOPES.items():
            fields = flatten(
                {
                    "protocol": "openid-connect",
                    "description": description,
                    "attributes": {"include.in.token.scope": "false", "display.on.consent.screen": "false"},
                    "mappers": dict(mappers),
                }
            )
            rights = [right.name for right in context.configuration.rights.rights] if name == DIRECT_USE else []
            yield RealmObject(self.type, name, {**fields, _ROLES: roles, _RIGHTS: tuple(sorted(rights))})

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read scopes with mappers by name, and the roles of the realm and of clients that they let through."""
        export = reading.export
        roles, rights = _let_through_by(export.get("scopeMappings", [])), defaultdict[str, list[str]](list)
        for client, mapped in export.get("clientScopeMappings", {}).items():
            prefix = "" if client == CENTRAL_DB else f"{client}:"
            for scope, names_of in _let_through_by(mapped).items():
                rights[scope] += [f"{prefix}{name}" for name in names_of]
        for scope in export.get("clientScopes", []):
            name = scope["name"]
            if name in names:
                mappers = {mapper["name"]: _nameless(mapper) for mapper in scope.get("protocolMappers", [])}
                fields = flatten({**_nameless(scope), "mappers": mappers})
                fields[_ROLES], fields[_RIGHTS] = tuple(sorted(roles.get(name, ()))), tuple(sorted(rights[name]))
                yield RealmObject(self.type, name, fields)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make the scope with its mappers, then let roles and rights through."""
        body = nest({path: value for path, value in wanted.fields.items() if path not in _LET_THROUGH})
        mappers = body.pop("mappers", {})
        body["protocolMappers"] = [{"name": name, "protocol": "openid-connect", **m} for name, m in mappers.items()]
        connection.post("/client-scopes", {"name": wanted.name, **body})
        for path in _LET_THROUGH:
            if wanted.fields.get(path):
                _let_through(connection, wanted, path)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update own fields by PUT, each differing mapper by its own PUT, POST or DELETE, roles and rights by their
        mappings.
        """
        identifier, wanted = scope_ids(connection)[change.object.name], change.object
        apart = (*_LET_THROUGH, _MAPPERS)
        body = nest({path: v for path, v in wanted.fields.items() if path[:1] not in apart})
        foreign = {
            field.path[1]: "" for field in change.changes if field.path[0] == "attributes" and field.after is None
        }
        body["attributes"] = {**body.get("attributes", {}), **foreign}
        connection.put(f"/client-scopes/{identifier}", {"name": wanted.name, **body})
        mappers = nest(wanted.fields).get("mappers", {})
        for name in {field.path[1] for field in change.changes if field.path[:1] == _MAPPERS}:
            _write_mapper(connection, identifier, name, mappers.get(name))
        for path in {field.path for field in change.changes if field.path in _LET_THROUGH}:
            _let_through(connection, wanted, path)


def _nameless(representation: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in representation.items() if key not in ("id", "name", "protocolMappers")}


def _let_through_by(mapped: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    return {entry["clientScope"]: entry["roles"] for entry in mapped if "clientScope" in entry}


def _write_mapper(connection: KeycloakConnection, scope: str, name: str, wanted: Mapping[str, Any] | None) -> None:
    base = f"/client-scopes/{scope}/protocol-mappers/models"
    present = {mapper["name"]: mapper["id"] for mapper in connection.get(base) or []}
    if wanted is None:
        connection.delete(f"{base}/{present[name]}")
        return
    body = {"name": name, "protocol": "openid-connect", **wanted}
    if name in present:
        connection.put(f"{base}/{present[name]}", {**body, "id": present[name]})
    else:
        connection.post(base, body)


def _let_through(connection: KeycloakConnection, wanted: RealmObject, path: FieldPath) -> None:
    """Bring one kind of scope mapping to what is wanted."""
    value = wanted.fields.get(path)
    mappings, roles = f"/client-scopes/{scope_ids(connection)[wanted.name]}/scope-mappings/realm", "/roles"
    if path == _RIGHTS:
        _shut_other_clients(connection, mappings.removesuffix("/realm"))
        database = require_client(connection, CENTRAL_DB)["id"]
        mappings, roles = f"{mappings.removesuffix('realm')}clients/{database}", f"/clients/{database}/roles"
    assign_roles(connection, mappings, roles, value if isinstance(value, tuple) else ())


def _shut_other_clients(connection: KeycloakConnection, mappings: str) -> None:
    for client_id, mapped in (connection.get(mappings) or {}).get("clientMappings", {}).items():
        if client_id != CENTRAL_DB:
            connection.delete(f"{mappings}/clients/{mapped['id']}", mapped["mappings"])
