"""What counts when an account in Keycloak is compared with the configuration."""

from __future__ import annotations

from provisioning.model.configuration import Configuration
from provisioning.planning.desired import role_of_kind


def compared_roles(configuration: Configuration) -> tuple[list[str], list[str]]:
    """Realm roles and rights that count when an account is compared."""
    roles = sorted(role_of_kind(kind) for kind in configuration.rights.of_kind)
    return roles, sorted(right.name for right in configuration.rights.rights)
