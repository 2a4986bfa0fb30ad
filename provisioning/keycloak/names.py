"""Names of the system's own clients, and of what their attributes mean to our Keycloak extension."""

from __future__ import annotations

from typing import Final

CENTRAL_DB: Final = "central-db"
SIDECAR: Final = "sidecar"
PROVISIONING: Final = "provisioning"
PUBLIC: Final = "aikom-public"
PORTAL: Final = "aikom-portal"
DESK: Final = "aikom-desk"
"""Narrow accounts of the pages: each may use its part of the door and nothing else."""

DOOR: Final = "aikom-door"
"""Path of the door in each realm, and the audience of the tokens that it takes."""

KEY_AUTHENTICATOR: Final = "aikom-api-key"
KEY_DIGEST: Final = "aikom.key.digest"
KEY_EXPIRES: Final = "aikom.key.expires"
"""Client attribute: seconds since 1970 after which our extension refuses the key."""
