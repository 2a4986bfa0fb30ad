"""From counts by the hour to the bars of a chart. Pure. Source: order cl. 12.

Hours for a day, days for a week or a month, weeks for a year: never more than fifty-three bars.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from provisioning.model.access import AccessCount

HEIGHT: Final = 120
"""Of the tallest bar, in units of the drawing."""

_HOUR: Final = timedelta(hours=1)
_STEPS: Final = {1: _HOUR, 7: 24 * _HOUR, 30: 24 * _HOUR, 365: 7 * 24 * _HOUR}


@dataclass(frozen=True, slots=True)
class Bar:
    """Requests from `since` for one step; heights are of `HEIGHT`."""

    since: datetime
    allowed: int
    refused: int
    allowed_height: float
    refused_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from the oldest to the newest, which ends with the hour of `now`; `most` is the tallest one's number."""

    bars: tuple[Bar, ...]
    most: int
    allowed: int
    refused: int


def chart(counts: Iterable[AccessCount], days: int, now: datetime) -> Chart:
    """Draw the bars of a period of 1, 7, 30 or 365 days. Counts outside it are left out."""
    step = _STEPS[days]
    number = -(-timedelta(days=days) // step)
    end = now.replace(minute=0, second=0, microsecond=0) + _HOUR
    allowed, refused = [0] * number, [0] * number
    for count in counts:
        place = number - 1 - (end - _HOUR - count.hour) // step
        if 0 <= place < number:
            allowed[place] += count.allowed
            refused[place] += count.refused
    most = max(map(sum, zip(allowed, refused, strict=True)))
    scale = HEIGHT / most if most else 0.0
    bars = tuple(
        Bar(end - (number - place) * step, passed, stopped, round(passed * scale, 2), round(stopped * scale, 2))
        for place, (passed, stopped) in enumerate(zip(allowed, refused, strict=True))
    )
    return Chart(bars, most, sum(allowed), sum(refused))
