"""What every action of an apply needs: the two systems it works on, who acts, and where to report progress."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger, LedgerTransaction
from provisioning.ledger.ledger import Fence
from provisioning.lifecycle.progress import Progress, Silent


def new_base_key_id() -> str:
    """A fresh name of a base key; 128 random bits, no secret by itself: the link is signed by Keycloak."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Handed to every action. `actor` is recorded with every event."""

    connection: KeycloakConnection
    ledger: Ledger
    context: RealmContext
    actor: str
    progress: Progress = field(default_factory=Silent)
    new_id: Callable[[], str] = new_base_key_id
    fence: Fence | None = None

    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """A transaction of the ledger; refused once the lease behind `fence` is somebody else's."""
        return self.ledger.transaction(self.fence)


BASE_KEY_MAIL: Final = "base-key"
STAFF_MAIL: Final = "staff-invitation"
OPERATOR_MAIL: Final = "operator-invitation"
"""Templates of provisioning.mail."""
