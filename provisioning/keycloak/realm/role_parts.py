"""What a role is composed of, for roles of the realm and of clients alike: read, and made less."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from provisioning.keycloak.connection import KeycloakConnection


def composites(connection: KeycloakConnection, role: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts of a role as `client:role` or `realm:role`, sorted; Keycloak is asked of a composite alone."""
    return tuple(sorted(_parts(connection, role))) if role.get("composite") else ()


def decompose(connection: KeycloakConnection, role: Mapping[str, Any], kept: Collection[str]) -> None:
    """Take every part out of a role but those `kept`."""
    foreign = [part for name, part in _parts(connection, role).items() if name not in kept]
    if foreign:
        connection.delete(f"/roles-by-id/{role['id']}/composites", foreign)


def _parts(connection: KeycloakConnection, role: Mapping[str, Any]) -> dict[str, Any]:
    found = connection.get(f"/roles-by-id/{role['id']}/composites") or []
    owners = {part["containerId"] for part in found if part.get("clientRole")}
    names = {owner: connection.get(f"/clients/{owner}")["clientId"] for owner in owners}
    return {
        f"{names[part['containerId']] if part.get('clientRole') else 'realm'}:{part['name']}": part for part in found
    }
