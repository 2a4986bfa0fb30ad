"""The shape of a duty, and when it is done again. Pure but for what a duty's `act` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.model.events import JsonValue
from provisioning.model.upkeep import WatchPolicy

FIRST_RETRY: Final = timedelta(seconds=5)
SHORTEST_LONG_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=5)

_DOUBLINGS: Final = 10


@dataclass(frozen=True, slots=True)
class DutyResult:
    """Result of doing a duty once. `facts` are for the log and hold no secret; empty when nothing was to be done.

    `attention` is a sentence about what waits for a person; it is kept until the duty gives another.
    """

    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    attention: str | None = None


NOTHING: Final = DutyResult()


@dataclass(frozen=True, slots=True)
class Duty:
    """A piece of work that the service repeats. `every` reads its interval from the policy; None: never.

    `wakes`: it is done besides as soon as what this reads of the ledger is another.
    """

    name: str
    every: Callable[[WatchPolicy], timedelta | None]
    act: Callable[[], DutyResult]
    wakes: Callable[[LedgerReader], object] | None = None


def wait_after(every: timedelta, failures: int) -> timedelta:
    """Return the time until the next run: the interval, or after failures in a row a wait that doubles up to a bound.

    A duty that is rare is tried again sooner than its interval, one that is frequent later, but never by more than
    half a minute, so that it is back soon after what failed is.
    """
    if failures <= 0:
        return every
    longest = min(max(every, SHORTEST_LONG_WAIT), LONGEST_WAIT)
    return min(FIRST_RETRY * (1 << min(failures - 1, _DOUBLINGS)), longest)
