"""Whether the ledger is an older one than it was: asked before anything is answered from it (order cl. 11, 12).

The newest checkpoint is fetched in the background, at first use and every minute from then on; comparing it with the
ledger costs one row. A ledger that contradicts it, or a checkpoint that our key did not sign, refuses everything. A
place that does not answer refuses nothing: what was fetched before goes on to count.
"""

from __future__ import annotations

from threading import Event, Lock, Thread
from typing import Final

import structlog

from provisioning.ledger import LedgerReader
from provisioning.ledger.checkpoint import Checkpoint, CheckpointInvalid
from provisioning.ledger.errors import LedgerError, LedgerUnreachable
from provisioning.ledger.proof.rollback import newest_checkpoint, refuse_contradiction
from provisioning.settings import Settings

LOOK_EVERY_S: Final = 60.0

PATIENCE_S: Final = 3.0
"""How long an answer waits for the first look; without it, there is none."""

log = structlog.get_logger(__name__)


class RollbackGuard:
    """Compares the ledger with its newest checkpoint. One per process and ledger; contacts nothing before `refuse`."""

    def __init__(self, settings: Settings, *, every_s: float = LOOK_EVERY_S) -> None:
        self._where = settings.get("AIKOM_CHECKPOINT_TO")
        self._key = settings.get("AIKOM_CHECKPOINT_KEY")
        self._every_s = every_s
        self._looked = Event()
        self._stopping = Event()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._newest: Checkpoint | None = None
        self._forged: CheckpointInvalid | None = None
        self._is_silent = False

    def refuse(self, reader: LedgerReader) -> None:
        """Raise LedgerRolledBack, CheckpointInvalid, or LedgerUnreachable before the first look has come back.

        Without a place and a key in the settings there is nothing to compare with.
        """
        if self._where is None or self._key is None:
            return
        self._begin()
        if not self._looked.wait(PATIENCE_S):
            raise LedgerUnreachable("the newest checkpoint of the ledger is not known yet", remedy="try again")
        forged, newest = self._forged, self._newest
        if forged is not None:
            raise CheckpointInvalid(forged.message, remedy=forged.remedy)
        if newest is not None:
            refuse_contradiction(reader, newest)

    def stop(self) -> None:
        """End the background look, for tests and for the process's end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)

    def _begin(self) -> None:
        # Not in `__init__`: a server that forks its workers would leave the thread behind.
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._follow, name="newest-checkpoint", daemon=True)
                self._thread.start()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            self._look()
            self._looked.set()
            self._stopping.wait(self._every_s)

    def _look(self) -> None:
        try:
            found = newest_checkpoint(self._where or "", self._key or "")
        except CheckpointInvalid as error:
            log.error("checkpoint-invalid", reason=error.message)
            self._forged = error
        except LedgerError as error:
            self._out_of_reach(error.message)
        except Exception as error:
            # The thread must not end: newer checkpoints would never be heard of again.
            self._out_of_reach("unexpected", error)
        else:
            self._take(found)

    def _take(self, found: Checkpoint | None) -> None:
        """One that was there before is not forgotten when it is gone: taking it away must not help anybody."""
        self._forged = None
        if self._is_silent:
            log.info("checkpoints-found")
            self._is_silent = False
        if found is not None and (self._newest is None or found.seq > self._newest.seq):
            self._newest = found

    def _out_of_reach(self, reason: str, unexpected: Exception | None = None) -> None:
        if not self._is_silent:
            log.error("checkpoints-out-of-reach", reason=reason, exc_info=unexpected)
            self._is_silent = True
