"""Counts every decision: for those whose data it was, once a second in the ledger's database; for operators, in memory.

Deciding only appends to a queue; one thread adds up and writes. A crash loses at most what was not written yet: a
second. While the database is away the sums wait, up to `MOST_ROWS`; what is beyond is counted as lost. Order cl. 12.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from threading import Event, Lock, Thread
from typing import Final, NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError

from provisioning.gate.reasons import Reason
from provisioning.ledger import Ledger
from provisioning.ledger.following import open_to_follow
from provisioning.ledger.operational.access import add_counts, hour_of
from provisioning.model.access import AccessCount
from provisioning.model.errors import AikomError
from provisioning.model.identifiers import InstitutionId
from sidecar.gate.judge import Passed, Refused

FLUSH_S: Final = 1.0
MOST_ROWS: Final = 200_000
ROWS_AT_ONCE: Final = 2_000
DECISIONS_AT_ONCE: Final = 1_000
"""Adding up so many takes a fraction of a millisecond, for which decisions wait."""

ALLOWED: Final = "allowed"
_HOUR_S: Final = 3600

log = structlog.get_logger(__name__)

Row = tuple[int, InstitutionId, InstitutionId, str, str]
"""Hour, reached, by, OIS, right."""


class Noted(NamedTuple):
    """What is the same in many decisions of an hour, so that they are counted together; `hour` is counted from 1970.

    `reached` is None where no good token named an institution.
    """

    hour: int
    reason: Reason | None
    reached: InstitutionId | None = None
    by: InstitutionId | None = None
    ois: str = ""
    right: str = ""


def noted(outcome: Passed | Refused, at_s: float) -> Noted:
    """Return the outcome of a request, to be counted. `at_s` is in seconds since the epoch."""
    claims, hour = outcome.claims, int(at_s) // _HOUR_S
    if isinstance(outcome, Passed):
        allow = outcome.allow
        return Noted(hour, None, allow.reached, allow.institution, outcome.claims.ois or "", allow.right)
    if claims is None:
        return Noted(hour, outcome.reason)
    reached = outcome.reached or claims.institution
    return Noted(hour, outcome.reason, reached, claims.institution, claims.ois or "", outcome.right or "")


@dataclass(slots=True)
class _Sum:
    allowed: int = 0
    refused: int = 0
    first_refusal: str | None = None
    last_s: float = 0.0


class AccessCounter:
    """Counts decisions by the hour. Safe to share between threads. Only adds: `provision watch` forgets old counts."""

    def __init__(self, url: str, *, most_rows: int = MOST_ROWS) -> None:
        self._url = url
        self._most_rows = most_rows
        self._queue: deque[tuple[Noted, float]] = deque()
        self._sums: dict[Row, _Sum] = {}
        self._lock = Lock()
        self._stopping = Event()
        self._ledger: Ledger | None = None
        self._is_silent = False
        self.outcomes: Counter[str] = Counter()
        """How many decisions there were of each outcome since the process began."""
        self.lost = 0

    def note(self, outcome: Passed | Refused, at_s: float) -> None:
        """Count a decision made at `at_s`, in seconds since the epoch."""
        self._queue.append((noted(outcome, at_s), at_s))

    @property
    def unwritten(self) -> int:
        """Return how many rows and decisions are not in the database yet."""
        return len(self._sums) + len(self._queue)

    def flush(self) -> bool:
        """Add up what was noted and write it. False when the database did not take it; then it waits."""
        with self._lock:
            self._gather()
            try:
                self._write()
            except (AikomError, SQLAlchemyError, OSError) as error:
                self._give_up(error)
                return False
            self._is_silent = False
            return True

    def start(self) -> None:
        """Write once a second from now on."""
        Thread(target=self._keep_writing, name="gate-counts", daemon=True).start()

    def stop(self) -> None:
        """Write what there is and stop."""
        self._stopping.set()
        self.flush()
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def _keep_writing(self) -> None:
        while not self._stopping.wait(FLUSH_S):
            try:
                self.flush()
            except Exception as error:  # The thread must not end: the queue would grow without a bound.
                log.error("gate-counting-failed", exc_info=error)

    def _gather(self) -> None:
        """In parts, and each by few calls: while one is at work, no decision is made."""
        left = len(self._queue)
        while left > 0:
            part = [self._queue.popleft() for _ in range(min(left, DECISIONS_AT_ONCE))]
            left -= len(part)
            last_s = dict(part)
            for same, times in Counter(map(itemgetter(0), part)).items():
                self._add(same, times, last_s[same])

    def _add(self, noted: Noted, times: int, last_s: float) -> None:
        self.outcomes[ALLOWED if noted.reason is None else noted.reason.value] += times
        if noted.reached is None or noted.by is None:
            return
        row = (noted.hour, noted.reached, noted.by, noted.ois, noted.right)
        found = self._sums.get(row)
        if found is None:
            if len(self._sums) >= self._most_rows:
                self.lost += times
                return
            found = self._sums[row] = _Sum()
        if noted.reason is None:
            found.allowed += times
        else:
            found.refused += times
            found.first_refusal = found.first_refusal or noted.reason.value
        found.last_s = max(found.last_s, last_s)

    def _write(self) -> None:
        """In parts, so that nobody waits long for a lock; a part that is written is not written again."""
        if self._ledger is None:
            self._ledger = open_to_follow(self._url)
        while self._sums:
            part = [row for row, _ in zip(self._sums, range(ROWS_AT_ONCE), strict=False)]
            with self._ledger.aside() as connection:
                add_counts(connection, [_count(row, self._sums[row]) for row in part])
            for row in part:
                del self._sums[row]

    def _give_up(self, error: Exception) -> None:
        if not self._is_silent:
            log.error("gate-counts-wait", reason=type(error).__name__, rows=len(self._sums))
            self._is_silent = True
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None


def _count(row: Row, found: _Sum) -> AccessCount:
    hour, reached, by, ois, right = row
    last_at = datetime.fromtimestamp(found.last_s, UTC)
    return AccessCount(
        hour_of(hour), reached, by, ois, right, found.allowed, found.refused, found.first_refusal, last_at
    )
