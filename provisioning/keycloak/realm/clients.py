"""The clients of the system itself and of Keycloak. API keys and OIS belong to accounts and to onboarding, not here.

Clients authenticate by `aikom-api-key`: Keycloak keeps a digest, so an administrator who may read clients sees no
secret (decision 5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.fields import flatten, merged, nest
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.keycloak.realm.lookups import find_client, require_client, scope_ids
from provisioning.keycloak.realm.role_mappings import assign_roles
from provisioning.keycloak.realm.standard_clients import CONSOLE, CONSOLE_ROLES, MANAGEMENT, standard_clients
from provisioning.model.secret import Secret
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value
from provisioning.settings import Settings

CENTRAL_DB: Final = "central-db"
SIDECAR: Final = "sidecar"
KEY_AUTHENTICATOR: Final = "aikom-api-key"
KEY_DIGEST: Final = "aikom.key.digest"
KEY_EXPIRES: Final = "aikom.key.expires"
"""Client attribute: seconds since 1970 after which our extension refuses the key."""

_SCOPES: Final[FieldPath] = ("defaultClientScopes",)
_OPTIONAL: Final[FieldPath] = ("optionalClientScopes",)
_ROLES: Final[FieldPath] = ("scope roles",)
_UNORDERED: Final = (_SCOPES, _OPTIONAL, ("redirectUris",), ("webOrigins",))


def key_digest(secret: Secret) -> str:
    """Return the SHA-256 in hex that Keycloak keeps of a client's secret. Enough for 256 random bits, useless to a
    reader.
    """
    return hashlib.sha256(secret.reveal().encode()).hexdigest()


class ResourceServer:
    """`central-db`: it owns the rights, so it comes before roles and scopes."""

    type = ObjectType.RESOURCE_SERVER

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return the one resource server."""
        yield RealmObject(self.type, CENTRAL_DB, _with_scopes(_central_db(), ()))

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Read it by an exact look-up."""
        return _read(connection, self.type, names)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Create it by POST."""
        _create(connection, wanted)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update what differs by PUT."""
        _update(connection, change)


class Clients:
    """`sidecar`, which logs people in with the scopes that say who they are, and the clients that Keycloak makes."""

    type = ObjectType.CLIENT

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return the portal's client and Keycloak's own."""
        scopes = ("basic", "institution", "operator", "profile-min", "staff")
        yield RealmObject(self.type, SIDECAR, _with_scopes(_sidecar(context.settings), scopes))
        for name, client in standard_clients(context.settings.realm):
            shown = ("basic", "profile-min") if name == CONSOLE else ()
            roles = tuple(sorted(CONSOLE_ROLES)) if name == CONSOLE else ()
            yield RealmObject(self.type, name, {**_with_scopes(client, shown), _ROLES: roles})

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Read each by an exact look-up; Keycloak's own with the roles of `realm-management` that they let through."""
        for found in _read(connection, self.type, names):
            yield found if found.name == SIDECAR else _with_roles(connection, found)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Create it by POST, scopes included, then let its roles through; one of Keycloak's was deleted by hand."""
        roles = wanted.fields.get(_ROLES)
        _create(
            connection, RealmObject(wanted.type, wanted.name, {p: v for p, v in wanted.fields.items() if p != _ROLES})
        )
        if isinstance(roles, tuple):
            _let_through(connection, wanted.name, roles)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update what differs by PUT; scopes and roles by their own calls."""
        _update(connection, change)
        roles = change.object.fields.get(_ROLES)
        if isinstance(roles, tuple) and any(field.path == _ROLES for field in change.changes):
            _let_through(connection, change.object.name, roles)


def _with_roles(connection: KeycloakConnection, client: RealmObject) -> RealmObject:
    mappings = connection.get(f"{_scope_mappings(connection, str(client.fields['id',]))}") or []
    return RealmObject(client.type, client.name, {**client.fields, _ROLES: tuple(sorted(r["name"] for r in mappings))})


def _let_through(connection: KeycloakConnection, name: str, roles: tuple[str, ...]) -> None:
    management = require_client(connection, MANAGEMENT)["id"]
    mappings = _scope_mappings(connection, require_client(connection, name)["id"])
    assign_roles(connection, mappings, f"/clients/{management}/roles", roles)


def _scope_mappings(connection: KeycloakConnection, client: str) -> str:
    return f"/clients/{client}/scope-mappings/clients/{require_client(connection, MANAGEMENT)['id']}"


def _read(connection: KeycloakConnection, kind: ObjectType, names: Collection[str]) -> Iterator[RealmObject]:
    for name in names:
        client = find_client(connection, name)
        if client is not None:
            fields = flatten(client)
            for path in _UNORDERED:
                fields[path] = tuple(sorted(fields.get(path) or ()))  # type: ignore[arg-type]  # a tuple of texts
            yield RealmObject(kind, name, fields)


def _create(connection: KeycloakConnection, wanted: RealmObject) -> None:
    connection.post("/clients", {"clientId": wanted.name, **nest(wanted.fields)})


def _update(connection: KeycloakConnection, change: UpdateObject) -> None:
    client = require_client(connection, change.object.name)
    plain = [field for field in change.changes if field.path not in (_SCOPES, _OPTIONAL, _ROLES)]
    if plain:
        connection.put(f"/clients/{client['id']}", merged(client, plain))
    # PUT of a client ignores its scopes; they have calls of their own.
    for path, resource in ((_SCOPES, "default-client-scopes"), (_OPTIONAL, "optional-client-scopes")):
        wanted = change.object.fields.get(path)
        if isinstance(wanted, tuple) and any(field.path == path for field in change.changes):
            _attach(connection, f"/clients/{client['id']}/{resource}", client[path[0]], wanted)


def _attach(connection: KeycloakConnection, base: str, present: Collection[str], wanted: Collection[str]) -> None:
    ids = scope_ids(connection)
    for name in set(wanted) - set(present):
        connection.put(f"{base}/{ids[name]}")
    for name in set(present) - set(wanted):
        connection.delete(f"{base}/{ids[name]}")


def _with_scopes(client: dict[str, Any], scopes: tuple[str, ...]) -> dict[FieldPath, Value]:
    return {**flatten(client), _SCOPES: tuple(sorted(scopes)), _OPTIONAL: ()}


def _closed(name: str, description: str) -> dict[str, Any]:
    """A confidential client with every way in shut."""
    return {
        "enabled": True,
        "name": name,
        "description": description,
        "protocol": "openid-connect",
        "publicClient": False,
        "bearerOnly": False,
        "standardFlowEnabled": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": False,
        "fullScopeAllowed": False,
        "consentRequired": False,
        "clientAuthenticatorType": KEY_AUTHENTICATOR,
    }


def _central_db() -> dict[str, Any]:
    return _closed("Центральна база даних АІКОМ", "Central database: the resource server; its roles are the rights")


def _sidecar(settings: Settings) -> dict[str, Any]:
    base = settings.sidecar_url
    return {
        **_closed("Портал АІКОМ", "Portal of institutions, authorities and staff; logs them in"),
        "standardFlowEnabled": True,
        "rootUrl": base,
        "baseUrl": "/",
        # The first is where a base key leads to once it has been used (provisioning/lifecycle/mail/outbox.py).
        "redirectUris": (f"{base}/", f"{base}/auth/callback"),
        "webOrigins": (),
        "attributes": {
            KEY_DIGEST: key_digest(settings.secret("AIKOM_SIDECAR_SECRET")),
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{base}/",
            "backchannel.logout.url": f"{settings.sidecar_inside_url}/auth/backchannel-logout",
            "backchannel.logout.session.required": "true",
            "use.refresh.tokens": "false",
        },
    }
