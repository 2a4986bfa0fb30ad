"""The parts that all duties share: settings, ledger, the last valid configuration, and the request to stop."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger
from provisioning.ledger.checkpoint import Checkpoint
from provisioning.ledger.ledger import Fence
from provisioning.ledger.proof.rollback import newest_checkpoint, refuse_contradiction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.configuration import Configuration
from provisioning.model.upkeep import WatchPolicy
from provisioning.registry import LoadResult, ReadingCache, load_configuration
from provisioning.settings import Settings
from provisioning.watch.duty import DutyResult

LOOK_EVERY_S: Final = 60.0


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

    `newest` is the newest checkpoint as it was last seen.
    """

    settings: Settings
    ledger: Ledger
    fence: Fence | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    configuration: Configuration | None = None
    newest: Checkpoint | None = None
    look_again_at: float = 0.0

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
            self._refuse_rolled_back()
            return act()

        return checked

    def _refuse_rolled_back(self) -> None:
        """A row of the ledger each time; the place of the checkpoints is asked again only every `LOOK_EVERY_S`."""
        where, key = self.settings.get("AIKOM_CHECKPOINT_TO"), self.settings.get("AIKOM_CHECKPOINT_KEY")
        if where is None or key is None:
            return
        if time.monotonic() >= self.look_again_at:
            self.newest = newest_checkpoint(where, key)
            self.look_again_at = time.monotonic() + LOOK_EVERY_S
        if self.newest is not None:
            with self.ledger.reader() as reader:
                refuse_contradiction(reader, self.newest)

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
