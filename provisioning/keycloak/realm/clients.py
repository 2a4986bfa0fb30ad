"""The clients of the system itself and of Keycloak. API keys and OIS belong to accounts and to onboarding, not here.

Clients authenticate by `aikom-api-key`: Keycloak keeps a digest, so an administrator who may read clients sees no
secret (decision 5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.names import CENTRAL_DB, KEY_AUTHENTICATOR, KEY_DIGEST, SIDECAR
from provisioning.keycloak.realm.client_wholes import create_client, read_clients, update_client
from provisioning.keycloak.realm.fields import flatten
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.keycloak.realm.narrow import narrow_clients
from provisioning.keycloak.realm.standard_clients import standard_clients
from provisioning.model.api_key_secret import digest
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject
from provisioning.settings import Settings


class ResourceServer:
    """`central-db`: it owns the rights, so it comes before roles and scopes."""

    type = ObjectType.RESOURCE_SERVER

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return the one resource server."""
        yield RealmObject(self.type, CENTRAL_DB, flatten(_central_db()))

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read it whole."""
        return read_clients(reading.connection, self.type, names)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Create it by POST."""
        create_client(connection, wanted)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update what differs by PUT."""
        update_client(connection, change)


class Clients:
    """`sidecar`, which logs people in with the scopes that say who they are, the narrow accounts of the pages, and the
    clients that Keycloak makes.
    """

    type = ObjectType.CLIENT

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Return the portal's client, the narrow accounts and Keycloak's own."""
        scopes = ("basic", "institution", "operator", "profile-min", "staff")
        yield RealmObject(self.type, SIDECAR, flatten({**_sidecar(context.settings), "defaultClientScopes": scopes}))
        for name, client in (*narrow_clients(context.settings), *standard_clients(context.settings.realm)):
            yield RealmObject(self.type, name, flatten(client))

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read them whole."""
        return read_clients(reading.connection, self.type, names)

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Create it by POST, then the rest of it; one of Keycloak's was deleted by hand."""
        create_client(connection, wanted)

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Update what differs by PUT; scopes, mappers and roles by their own calls."""
        update_client(connection, change)


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
    # Portal and desk may have addresses of their own; people sign in at both, and come back to the public part.
    apart = sorted({settings.portal_url, settings.desk_url, settings.public_url} - {base})
    return {
        **_closed("Портал АІКОМ", "Portal of institutions, authorities and staff; logs them in"),
        "standardFlowEnabled": True,
        "rootUrl": base,
        "baseUrl": "/",
        # `/` is where a base key leads to once it has been used (provisioning/lifecycle/mail/outbox.py).
        "redirectUris": tuple(sorted({f"{base}/", *(f"{address}/auth/callback" for address in (base, *apart))})),
        "webOrigins": (),
        "attributes": {
            KEY_DIGEST: digest(settings.secret("AIKOM_SIDECAR_SECRET")),
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": "##".join(f"{address}/" for address in (base, *apart)),
            "backchannel.logout.url": f"{settings.sidecar_inside_url}/auth/backchannel-logout",
            "backchannel.logout.session.required": "true",
            "use.refresh.tokens": "false",
        },
    }
