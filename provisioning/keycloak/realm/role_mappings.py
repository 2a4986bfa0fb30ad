"""Which roles are mapped to a user, a client or a scope: read, compared, and only the difference written."""

from __future__ import annotations

from collections.abc import Collection

from provisioning.keycloak.connection import KeycloakConnection


def assign_roles(connection: KeycloakConnection, mappings: str, roles: str, wanted: Collection[str]) -> None:
    """Assign exactly `wanted` at `mappings`. `roles` is where Keycloak keeps them; a role that it does not have is left
    out.

    Both are paths below the realm. Safe to repeat.
    """
    present = {role["name"]: role for role in connection.get(mappings) or []}
    missing = [role for name in sorted(set(wanted) - present.keys()) if (role := connection.get(f"{roles}/{name}"))]
    if missing:
        connection.post(mappings, missing)
    extra = [role for name, role in present.items() if name not in wanted]
    if extra:
        connection.delete(mappings, extra)
