"""How often an institution and an OIS may ask: a token bucket each, in memory, on this node alone.

An institution's bucket is asked first, so one that floods uses up nothing of its OIS's, which others need. Two threads
that look at one bucket in the same instant may both take the last token: a limit is met within a few requests, and
deciding waits for nobody.
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
    """`clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def take(self, policy: GatePolicy, institution: str, ois: str | None) -> int | None:
        """Take one from the buckets. None when there was one; otherwise seconds to wait, 1 at least."""
        now = self._clock()
        wait_s = self._wait(institution, policy.institution, now)
        if wait_s < _ROUNDING_S and ois is not None:
            wait_s = self._wait(ois, policy.ois, now)
        if wait_s >= _ROUNDING_S:
            return max(1, math.ceil(wait_s))
        self._spend(institution, policy.institution, now)
        if ois is not None:
            self._spend(ois, policy.ois, now)
        return None

    def __len__(self) -> int:
        return len(self._full_at)

    def _wait(self, name: str, rate: Rate, now: float) -> float:
        """A bucket is one number: when it would be full again. It holds `burst`, refilled at `per_second`."""
        return self._full_at.get(name, now) - now - (rate.burst - 1) / rate.per_second

    def _spend(self, name: str, rate: Rate, now: float) -> None:
        if len(self._full_at) >= _MOST_BUCKETS:
            self._full_at = {other: full for other, full in self._full_at.items() if full > now}
        self._full_at[name] = max(self._full_at.get(name, now), now) + 1 / rate.per_second
