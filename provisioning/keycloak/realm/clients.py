"""The clients of the system itself. API keys and OIS are not here: they belong to accounts and to onboarding.

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
from provisioning.model.secret import Secret
from provisioning.planning.objects import FieldPath, ObjectType, RealmObject, UpdateObject, Value
from provisioning.settings import Settings

CENTRAL_DB: Final = "central-db"
SIDECAR: Final = "sidecar"
KEY_AUTHENTICATOR: Final = "aikom-api-key"
KEY_DIGEST: Final = "aikom.key.digest"

_SCOPES: Final[FieldPath] = ("defaultClientScopes",)
_OPTIONAL: Final[FieldPath] = ("optionalClientScopes",)
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
    """`sidecar`: it logs people in, with the scopes that say who they are."""

    type = ObjectType.CLIENT

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return the portal's client."""
        scopes = ("basic", "institution", "operator", "profile-min", "staff")
        yield RealmObject(self.type, SIDECAR, _with_scopes(_sidecar(context.settings), scopes))

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Read each by an exact look-up."""
        return _read(connection, self.type, names)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Create it by POST; scopes are part of it."""
        _create(connection, wanted)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update what differs by PUT; scopes by their own calls."""
        _update(connection, change)


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
    plain = [field for field in change.changes if field.path not in (_SCOPES, _OPTIONAL)]
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
        "redirectUris": (f"{base}/*",),
        "webOrigins": (),
        "attributes": {
            KEY_DIGEST: key_digest(settings.secret("AIKOM_SIDECAR_SECRET")),
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{base}/*",
            "backchannel.logout.url": f"{settings.sidecar_inside_url}/auth/backchannel-logout",
            "backchannel.logout.session.required": "true",
            "use.refresh.tokens": "false",
        },
    }
