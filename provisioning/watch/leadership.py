"""The parts that all duties share: settings, ledger, the last valid configuration, and the request to stop."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger
from provisioning.ledger.leases.lease import find_lease
from provisioning.ledger.ledger import Fence
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import Configuration
from provisioning.model.upkeep import WatchPolicy
from provisioning.registry import LoadResult, ReadingCache, load_configuration
from provisioning.settings import Settings
from provisioning.watch.duty import DutyResult

APPLY: Final = "apply"
"""Lease of whoever applies: a person and the service take turns."""

HOLDER: Final = "watch on "
"""How the service's own name as a holder of that lease begins."""


class StopRequested(Exception):
    """Request that the service stops; raised between two steps, each of which is finished."""


class StoppableProgress:
    """`lifecycle.progress.Progress` that ends a long run at its next step once the service is to stop.

    Every run may be cut off anywhere: what is recorded by then is finished by the next one.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def stage(self, label: str, total: int | None = None) -> None:
        """Begin a new stage. Raises StopRequested."""
        self.advance()

    def advance(self, count: int = 1) -> None:
        """Count finished steps. Raises StopRequested."""
        if self._stop.is_set():
            raise StopRequested


def holder_name() -> str:
    """Return the lease holder's name as people read it: host and process."""
    return f"{socket.gethostname()}, process {os.getpid()}"


@dataclass(slots=True)
class Leadership:
    """What one leader works with. `configuration` is the last valid one, None until there was one; `stop` ends
    everything.

    `applied` is the last one that was applied, but for deactivations, under the lease's `apply_token`.
    """

    settings: Settings
    ledger: Ledger
    fence: Fence | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    configuration: Configuration | None = None
    applied: Configuration | None = None
    apply_token: int | None = None

    @property
    def folder(self) -> Path:
        """The configuration folder."""
        return self.settings.config_dir

    @property
    def actor_name(self) -> str:
        """The name that is recorded with every event."""
        return f"watch:{socket.gethostname()}"

    @property
    def policy(self) -> WatchPolicy:
        """Intervals of the last valid configuration, or the usual ones."""
        return WatchPolicy() if self.configuration is None else self.configuration.realm.watch

    def trusted(self, act: Callable[[], DutyResult]) -> Callable[[], DutyResult]:
        """Wrap a duty that acts on verdicts of the ledger or opens something: refused while an older ledger was put
        back.
        """

        def checked() -> DutyResult:
            self.ledger.refuse_older()
            return act()

        return checked

    def is_being_applied(self) -> bool:
        """Return whether a person is applying now, whose command counts the mail that it sends."""
        with self.ledger.reader() as reader:
            lease = find_lease(reader, APPLY)
        if lease is None or lease.is_free or lease.holder.startswith(HOLDER):
            return False
        return lease.is_fresh(self.ledger.clock())

    def load(self) -> LoadResult:
        """Read the folder; a valid configuration replaces the one before."""
        result = load_configuration(self.folder, cache=ReadingCache.of_user())
        if result.configuration is not None:
            self.configuration = result.configuration
        return result

    def actor(self, connection: KeycloakConnection, fence: Fence | None = None) -> Actor:
        """Return an actor that stops when the service does, and whose records end with the leadership.

        `fence` is that of another lease when one is held for what it does.
        """
        progress = StoppableProgress(self.stop)
        return Actor(connection, self.ledger, self.actor_name, progress, fence=fence or self.fence)

    def workshop(
        self, connection: KeycloakConnection, configuration: Configuration, fence: Fence | None = None
    ) -> Workshop:
        """Return the same actor with the configuration that it carries out."""
        return Workshop(self.actor(connection, fence), RealmContext(configuration, self.settings))
