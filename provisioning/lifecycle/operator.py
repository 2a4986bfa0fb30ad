"""Who acts on single accounts and keys, and on which systems.

Needs no configuration: cutting off and deactivating never wait for YAML to be valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import Ledger, LedgerTransaction
from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.ledger import Fence
from provisioning.lifecycle.progress import Progress, Silent
from provisioning.lifecycle.workshop import new_base_key_id
from provisioning.model.identifiers import Username
from provisioning.settings import Settings


@dataclass(frozen=True, slots=True)
class Operator:
    """Handed to every use case. `actor` is recorded with every event: `staff:olena`, `institution:46-0001234`."""

    connection: KeycloakConnection
    ledger: Ledger
    actor: str
    progress: Progress = field(default_factory=Silent)
    new_id: Callable[[], str] = new_base_key_id
    fence: Fence | None = None

    @classmethod
    def from_settings(cls, settings: Settings, ledger: Ledger, actor: str) -> Operator:
        """An operator with a connection of its own to the Keycloak in the settings. Raises SettingsError."""
        return cls(KeycloakConnection.from_settings(settings), ledger, actor)

    def now(self) -> datetime:
        """The ledger's clock, UTC."""
        return self.ledger.clock()

    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """A transaction of the ledger; refused once the lease behind `fence` is somebody else's."""
        return self.ledger.transaction(self.fence)


@contextmanager
def alone_with(operator: Operator, username: Username) -> Iterator[Operator]:
    """The operator as the only one who gives secrets to this account's keys. Raises LeaseHeld.

    Only giving and taking secrets needs it. Everything else goes one way, so that its order does not matter.
    """
    with hold_lease(operator.ledger, name=f"account:{username}", holder=operator.actor) as lease:
        yield replace(operator, fence=lease.fence)
