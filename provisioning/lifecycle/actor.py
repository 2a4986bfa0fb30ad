"""Who acts: a name that every event records, and the Keycloak and the ledger it acts on.

Needs no configuration: cutting off and deactivating never wait for YAML to be valid.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from provisioning.keycloak.connection import KeycloakConnection, NoConnection
from provisioning.keycloak.door import Door
from provisioning.ledger import Ledger, LedgerTransaction
from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.ledger import Fence
from provisioning.lifecycle.progress import Progress, Silent
from provisioning.model.calendar import kyiv_day
from provisioning.model.identifiers import Username
from provisioning.settings import Settings


def new_base_key_id() -> str:
    """Return a fresh name of a base key; 128 random bits, no secret by itself: the link is signed by Keycloak."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Actor:
    """A party that acts: staff, an institution, an authority, an OIS or the watch. Handed to every use case.

    `name` is recorded with every event: `staff:olena`, `institution:46-0001234`, `watch:node-1`. An actor at a page has
    no connection and at most a `door` (decision 35); what it records, `provision watch` carries out.
    """

    connection: KeycloakConnection
    ledger: Ledger
    name: str
    progress: Progress = field(default_factory=Silent)
    new_id: Callable[[], str] = new_base_key_id
    fence: Fence | None = None
    door: Door | None = None

    @classmethod
    def from_settings(cls, settings: Settings, ledger: Ledger, name: str) -> Actor:
        """Return an actor with a connection of its own to the Keycloak in the settings. Raises SettingsError."""
        return cls(KeycloakConnection.from_settings(settings), ledger, name)

    @classmethod
    def at_page(cls, ledger: Ledger, name: str, door: Door | None) -> Actor:
        """Return an actor that records, and reaches Keycloak by the door at most."""
        return cls(NoConnection(), ledger, name, door=door)

    @property
    def is_at_page(self) -> bool:
        """Return whether Keycloak's part is left to `provision watch`."""
        return isinstance(self.connection, NoConnection)

    def now(self) -> datetime:
        """Return the time by the ledger's clock, UTC."""
        return self.ledger.clock()

    def today(self) -> date:
        """Return the day in Kyiv by the ledger's clock."""
        return kyiv_day(self.now())

    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """Open a transaction of the ledger; refused once another process holds the lease behind `fence`."""
        return self.ledger.transaction(self.fence)


@contextmanager
def alone_with(actor: Actor, username: Username) -> Iterator[Actor]:
    """Yield the actor as the only one that gives secrets to the keys of this account. Raises LeaseHeld.

    Only giving and taking secrets needs it. Everything else goes one way, so that its order does not matter.
    """
    with hold_lease(actor.ledger, name=f"account:{username}", holder=actor.name) as lease:
        yield replace(actor, fence=lease.fence)
