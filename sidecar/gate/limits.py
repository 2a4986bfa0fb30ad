"""How often an institution and an OIS may ask: a token bucket each, in memory, on this node alone.

An institution's bucket is asked first, so one that floods uses up nothing of its OIS's, which others need. Two threads
that look at one bucket in the same instant may both take the last token: a limit is met within a few requests, and
deciding never waits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from provisioning.model.configuration import GatePolicy, Rate

_ROUNDING_S: Final = 1e-6
"""Sums of fractions of a second are off by less than this."""

_MOST_BUCKETS: Final = 100_000
"""Beyond it full buckets are thrown away, which changes nothing: a new bucket is full."""


class RateLimits:
    """Buckets of requests, one for each institution and OIS. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def take(self, policy: GatePolicy, institution: str, ois: str | None) -> int | None:
        """Take one request from both buckets. None when there was one; otherwise seconds to wait, 1 at least."""
        now, full_at = self._clock(), self._full_at
        own = _after(full_at.get(institution, now), policy.institution, now)
        wait_s = own - now - policy.institution.burst / policy.institution.per_second
        if wait_s < _ROUNDING_S and ois is not None:
            shared = _after(full_at.get(ois, now), policy.ois, now)
            wait_s = shared - now - policy.ois.burst / policy.ois.per_second
            if wait_s < _ROUNDING_S:
                full_at[ois] = shared
        if wait_s >= _ROUNDING_S:
            return max(1, math.ceil(wait_s))
        full_at[institution] = own
        if len(full_at) > _MOST_BUCKETS:
            self._full_at = {name: full for name, full in full_at.items() if full > now}
        return None

    def __len__(self) -> int:
        return len(self._full_at)


def _after(full: float, rate: Rate, now: float) -> float:
    """When a bucket that is full at `full` would be so again after this request: all that is kept of it.

    It holds `burst`, refilled at `per_second`.
    """
    return (full if full > now else now) + 1 / rate.per_second
