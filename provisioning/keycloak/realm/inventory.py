"""Names of everything in the realm but users and clients, for finding what is foreign. Paged; no details."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.lookups import require_client
from provisioning.planning.foreign import Names

_USER_STORAGE: Final = "org.keycloak.storage.UserStorageProvider"
_POWERS: Final = (
    "realm-admin",
    "manage-realm",
    "manage-clients",
    "manage-users",
    "manage-authorization",
    "manage-identity-providers",
    "manage-events",
    "create-client",
    "impersonation",
)


def read_names(connection: KeycloakConnection) -> Iterator[Names]:
    """Read the names of all objects that could be foreign; users and clients come with reading accounts."""
    yield Names("realm role", _names(connection, "/roles", "name"))
    yield Names("client scope", frozenset(scope["name"] for scope in connection.get("/client-scopes") or []))
    flows = connection.get("/authentication/flows") or []
    yield Names("authentication flow", frozenset(flow["alias"] for flow in flows if not flow["builtIn"]))
    yield Names("identity provider", _names(connection, "/identity-provider/instances", "alias"))
    yield Names("group", _names(connection, "/groups", "name"))
    stores = connection.get("/components", type=_USER_STORAGE) or []
    yield Names("user storage provider", frozenset(store["name"] for store in stores))
    yield Names("holder of administrative rights", frozenset(_powerful(connection)))


def _names(connection: KeycloakConnection, path: str, field: str) -> frozenset[str]:
    return frozenset(row[field] for page in connection.pages(path, briefRepresentation=True) for row in page)


def _powerful(connection: KeycloakConnection) -> Iterator[str]:
    """Users who hold an administrative right directly, not through a staff role."""
    base = f"/clients/{require_client(connection, 'realm-management')['id']}/roles"
    for power in _POWERS:
        for page in connection.pages(f"{base}/{power}/users", briefRepresentation=True):
            yield from (f"{user['username']} ({power})" for user in page)
