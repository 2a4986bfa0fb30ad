"""The ledger as the sidecar reads it: opened at first use, again after a failure, one way to fail.

A ledger that is older than its newest checkpoint is none: a deactivation that it has forgotten must not be undone.

Writes nothing, not even the tables, which `provision` makes: what changes something goes through `office`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Final

from provisioning.ledger import Ledger, LedgerReader, open_ledger, utc_now
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountRecord
from sidecar.doors.errors import LEDGER_FAILS, REFUSALS, RecordsUnavailable
from sidecar.doors.parts import Part
from sidecar.doors.rollback import RollbackGuard

PATIENCE_S: Final = 3.0
"""How long a page waits for the database before it says 503."""

RETRY_S: Final = 1.0
"""After a failed attempt to open, others fail at once for this long instead of queueing up behind the next attempt."""


class Records:
    """Read access to the ledger, shared by all threads of this process."""

    def __init__(self, url: str, clock: Callable[[], datetime] = utc_now, guard: RollbackGuard | None = None) -> None:
        self._url = url
        self._guard = guard
        self._clock = clock
        self._lock = Lock()
        self._ledger: Ledger | None = None
        self._retry_at = 0.0

    @contextmanager
    def reader(self) -> Iterator[LedgerReader]:
        """Open a consistent snapshot. Raises RecordsUnavailable when the ledger cannot be read.

        A refusal that the block raises (`REFUSALS`) passes through. The process starts without a ledger and recovers by
        itself once there is one.
        """
        try:
            with self._opened().reader() as reader:
                self._refuse(reader)
                yield reader
        except REFUSALS:
            raise
        except LEDGER_FAILS as error:
            raise _unavailable() from error

    def close(self) -> None:
        """Give the connections back. A later `reader()` opens the ledger again."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None

    def ledger(self) -> Ledger:
        """Return the opened ledger for `office`. Raises what opening raises; RecordsUnavailable just after that.

        Raises what `RollbackGuard.refuse` raises, too.
        """
        ledger = self._opened()
        if self._guard is not None:
            with ledger.reader() as reader:
                self._refuse(reader)
        return ledger

    def _refuse(self, reader: LedgerReader) -> None:
        if self._guard is not None:
            self._guard.refuse(reader)

    def _opened(self) -> Ledger:
        with self._lock:
            if self._ledger is None:
                if monotonic() < self._retry_at:
                    raise _unavailable()
                try:
                    trust = None if self._guard is None else self._guard.refuse
                    self._ledger = open_ledger(
                        self._url, clock=self._clock, create=False, patience_s=PATIENCE_S, trust=trust
                    )
                finally:
                    self._retry_at = monotonic() + RETRY_S
            return self._ledger


records: Final = Part[Records]("records")


def account_in(reader: LedgerReader, username: Username) -> AccountRecord:
    """Return an account that the guard has just seen. Raises RecordsUnavailable when it is gone all the same."""
    account = reader.account(username)
    if account is None:
        raise RecordsUnavailable("the ledger lost an account between two reads")
    return account


def _unavailable() -> RecordsUnavailable:
    return RecordsUnavailable("the ledger cannot be read", remedy="check AIKOM_DATABASE_URL and the database behind it")
