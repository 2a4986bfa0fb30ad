"""The small questions of `keycloak.lookups`, under the name that rooms around the realm ask them by."""

from provisioning.keycloak.lookups import find_client, find_user, require_client, require_user, scope_ids

__all__ = ["find_client", "find_user", "require_client", "require_user", "scope_ids"]
