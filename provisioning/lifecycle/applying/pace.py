"""How many calls go to Keycloak at a time, and how large they are. Pure: it is given the results of calls.

A Keycloak that is busy, restarting or slow gets half as much at once, and step by step more again when it answers as
quickly as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WORKERS: Final = 3
BATCH: Final = 20
"""Measured best on two cores, one Keycloak and PostgreSQL (docs/performance.md)."""

SMALLEST_BATCH: Final = 5
_SLOW: Final = 4.0
"""Times the best time for an account that count as slow."""

_GOOD_BEFORE_MORE: Final = 10


@dataclass(slots=True)
class Pace:
    """Starts at the measured best and never goes beyond it."""

    workers: int = WORKERS
    batch: int = BATCH
    _best_s: float = float("inf")
    _good: int = 0

    def went_well(self, seconds: float, accounts: int) -> None:
        """Note that a call made so many accounts in so many seconds."""
        each = seconds / accounts
        self._best_s = min(self._best_s, each)
        if each > _SLOW * self._best_s:
            self._good = 0
            self.batch = max(SMALLEST_BATCH, self.batch // 2)
            return
        self._good += 1
        if self._good >= _GOOD_BEFORE_MORE:
            self._good = 0
            self.batch = min(BATCH, self.batch * 2)
            self.workers = min(WORKERS, self.workers + 1)

    def went_badly(self) -> None:
        """Note that Keycloak did not answer, or said that it is busy."""
        self._good = 0
        self.workers = max(1, self.workers // 2)
        self.batch = max(SMALLEST_BATCH, self.batch // 2)
