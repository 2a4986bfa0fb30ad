"""The routes in force: read from the configuration at start, and again whenever its files change and are without error.

A mistake in the files changes nothing: the routes before it stay in force, and the log says why.
"""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from typing import Final

import structlog

from provisioning.gate.rules import Rules
from provisioning.model.configuration import GatePolicy
from provisioning.registry.gate import FILES, load_gate_configuration
from sidecar.doors.stamps import Stamp, stamp

LOOK_S: Final = 5.0

log = structlog.get_logger(__name__)


class Rulebook:
    """The routes in force. `rules` and `policy` are None until a configuration without error has been read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopping = Event()
        self._seen: tuple[Stamp | None, ...] = ()
        self.rules: Rules | None = None
        self.policy: GatePolicy | None = None

    def look(self) -> None:
        """Read the files if they changed since they were read last."""
        seen = tuple(stamp(self._folder / name) for name in FILES)
        if seen == self._seen:
            return
        self._seen = seen
        found, problems = load_gate_configuration(self._folder)
        if found is None:
            first = problems[0] if problems else None
            log.error("gate-configuration-refused", problem=first and f"{first.source}: {first.message}")
            return
        self.rules, self.policy = Rules(found.protocol), found.policy
        log.info("gate-configuration-read", version=self.rules.version, checksum=self.rules.checksum)

    def start(self) -> None:
        """Read the files now, and go on looking for changes."""
        self.look()
        Thread(target=self._keep_looking, name="gate-rules", daemon=True).start()

    def stop(self) -> None:
        """Stop looking for changes."""
        self._stopping.set()

    def _keep_looking(self) -> None:
        while not self._stopping.wait(LOOK_S):
            try:
                self.look()
            except OSError as error:
                log.error("gate-configuration-unreadable", reason=type(error).__name__)
