"""Failures of the sidecar. Refusals of access are values (`auth.refusals`), not exceptions of this file.

AikomError
├── RecordsUnavailable   the ledger cannot be read, so nothing that depends on it is answered (503)
└── OfficeClosed         ledger or Keycloak cannot be worked with, so nothing is decided (503)
"""

from __future__ import annotations

from provisioning.model.errors import AikomError


class RecordsUnavailable(AikomError):
    """The ledger cannot be read now. Requests that need it are refused: fail closed."""


class OfficeClosed(AikomError):
    """What was asked for cannot be acted on now; nothing was done that the ledger does not hold."""
