"""Names of everything in the realm but users and clients, for finding what is foreign; no details."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client
from provisioning.keycloak.realm.components import USER_STORE, exported_components
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.keycloak.realm.rights import right_names
from provisioning.planning.foreign import Names

REGISTRATION_TOKEN: Final = "registration token"  # noqa: S105
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


def read_names(reading: RealmReading) -> Iterator[Names]:
    """Read the names of all objects that could be foreign; users and clients come with reading accounts."""
    connection, export = reading.connection, reading.export
    yield Names("realm role", _field(export["roles"].get("realm", []), "name"))
    yield Names("right", frozenset(right_names(connection)))
    yield Names("client scope", _field(export.get("clientScopes", []), "name"))
    flows = [flow for flow in export["authenticationFlows"] if flow["topLevel"]]
    yield Names("authentication flow", _field(flows, "alias"))
    yield Names("required action", _field(export["requiredActions"], "alias"))
    yield Names("identity provider", _field(export.get("identityProviders", []), "alias"))
    yield Names("group", _field(export.get("groups", []), "name"))
    components = dict(exported_components(export))
    stores = {name for name, component in components.items() if component["providerType"] == USER_STORE}
    yield Names("user storage provider", frozenset(components[name]["name"] for name in stores))
    yield Names("component", frozenset(components.keys() - stores))
    yield Names(REGISTRATION_TOKEN, registration_tokens(connection))
    yield Names("texts", frozenset(export.get("localizationTexts", {})))
    yield Names(
        "holder of administrative rights", frozenset(f"{name} ({power})" for name, power in powerful(connection))
    )


def registration_tokens(connection: KeycloakConnection) -> frozenset[str]:
    """Return the ids of tokens with which any holder may register clients."""
    return _field(connection.get("/clients-initial-access") or [], "id")


def _field(rows: Iterable[Mapping[str, Any]], field: str) -> frozenset[str]:
    return frozenset(row[field] for row in rows)


def powerful(connection: KeycloakConnection) -> Iterator[tuple[str, str]]:
    """Yield users who hold an administrative right directly, not through a staff role, and which one."""
    base = f"/clients/{require_client(connection, 'realm-management')['id']}/roles"
    for power in _POWERS:
        for page in connection.pages(f"{base}/{power}/users", briefRepresentation=True):
            yield from ((user["username"], power) for user in page)
