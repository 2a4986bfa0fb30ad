"""Keeps the verdicts in memory as fresh as the ledger, and knows how fresh they are.

One thread per process. Fail closed: verdicts that could not be confirmed for `STALE_S` seconds are not handed out, so
whatever was deactivated or cut off longer ago than that opens nothing on any node. A ledger that is older than its
newest checkpoint confirms nothing, nor does one that is shorter or another than this process has known: that one raises
an alarm, and only the missing events or a restart help. Source: docs/security.md rows 11, 14, 40, 47.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from provisioning.gate.verdicts import Verdicts
from provisioning.ledger import Ledger, LedgerReader
from provisioning.ledger.announcing import Announcements
from provisioning.ledger.errors import LedgerRolledBack
from provisioning.ledger.following import Followed, open_to_follow, read_again, read_changes, read_everything
from provisioning.ledger.operational.differing import differing_known
from provisioning.model.errors import AikomError
from provisioning.model.events import Head
from sidecar.doors.rollback import RollbackGuard
from sidecar.gate.pauses import settle

POLL_S: Final = 0.1
"""How often the ledger is asked at least. A notification of PostgreSQL comes sooner."""

STALE_S: Final = 1.0
"""The gate's promise: an event that is older than this is taken in, or nothing is let through."""

RETRY_S: Final = 0.3

log = structlog.get_logger(__name__)


class Follower:
    """Follows one ledger. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        stale_s: float = STALE_S,
        guard: RollbackGuard | None = None,
    ) -> None:
        self._url = url
        self._guard = guard
        self._clock = clock
        self._stale_s = stale_s
        self._stopping = Event()
        self._thread: Thread | None = None
        self._verdicts: Verdicts | None = None
        self._head = Head()
        self._confirmed_at = float("-inf")
        self._is_silent = False
        self._contradicted = 0
        self.has_gone_back = False
        """Whether the ledger lacks events that this process has known."""

    def fresh(self) -> Verdicts | None:
        """Return the verdicts; None when they cannot be shown to be fresh."""
        return self._verdicts if self._clock() - self._confirmed_at <= self._stale_s else None

    @property
    def lag_s(self) -> float:
        """Return for how many seconds the verdicts have not been confirmed; infinite before the first time."""
        return self._clock() - self._confirmed_at

    @property
    def contradicted(self) -> int:
        """Return how many ended accounts, keys, OIS and mandates a record has called alive since."""
        return self._contradicted

    @property
    def seq(self) -> int:
        """Return the number of the last event that the verdicts take in."""
        return self._head.seq

    def start(self) -> None:
        """Begin to follow; the ledger may come later."""
        self._thread = Thread(target=self._follow, name="gate-follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following and wait for the thread's end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                self._connected()
            except (AikomError, SQLAlchemyError, OSError) as error:
                self._lost(type(error).__name__)
            except Exception as error:
                # The thread must not end: a gate without it would refuse everything until somebody restarts it.
                self._lost("unexpected", error)

    def _lost(self, reason: str, unexpected: Exception | None = None) -> None:
        """Say so once, and wait before the next attempt."""
        if not self._is_silent:
            log.error("gate-lost-the-ledger", reason=reason, exc_info=unexpected)
            self._is_silent = True
        self._stopping.wait(RETRY_S)

    def _connected(self) -> None:
        ledger = open_to_follow(self._url)
        try:
            announcements = Announcements(self._url)
            try:
                while not self._stopping.is_set():
                    if self._catch_up(ledger):
                        announcements.wait(POLL_S)
            finally:
                announcements.close()
        finally:
            ledger.close()

    def _catch_up(self, ledger: Ledger) -> bool:
        """Take in what there is; True when that was all, and the verdicts are those of the moment before asking."""
        asked_at = self._clock()
        with ledger.reader() as reader:
            if self._guard is not None:
                self._guard.refuse(reader)
            known = self._verdicts
            if known is None:
                known = Verdicts()
                followed = read_everything(reader, known)
                settle()
                log.info("gate-read-the-ledger", seq=followed.head.seq, accounts=len(known.accounts))
            else:
                followed = self._read_changes(reader, known)
            _take_differing(reader, known)
        self._verdicts, self._head = known, followed.head
        self._note_contradictions(known)
        if followed.is_all:
            self._confirm(asked_at)
        return followed.is_all

    def _read_changes(self, reader: LedgerReader, known: Verdicts) -> Followed:
        """Raise the alarm when the ledger is shorter or another than it was, and hand nothing out any more."""
        try:
            return read_changes(reader, self._head, known)
        except LedgerRolledBack as error:
            self._confirmed_at = float("-inf")
            if not self.has_gone_back:
                log.error("gate-ledger-went-back", reason=error.message, remedy=error.remedy)
                self.has_gone_back = True
            raise

    def _note_contradictions(self, known: Verdicts) -> None:
        if len(known.contradicted) > self._contradicted:
            log.error("gate-ended-called-alive", subjects=sorted(known.contradicted))
        self._contradicted = len(known.contradicted)

    def _confirm(self, at: float) -> None:
        self._confirmed_at = at
        self.has_gone_back = False
        if self._is_silent:
            log.info("gate-found-the-ledger", seq=self._head.seq)
            self._is_silent = False


def _take_differing(reader: LedgerReader, known: Verdicts) -> None:
    """Take in which subjects are stored otherwise than recorded; those that are right again are read again first."""
    differing = differing_known(reader)
    right_again = known.differing - differing
    if right_again:
        known.forget(right_again)
        read_again(reader, right_again, known)
    known.differing = differing
