"""Kyiv's calendar: which day a moment falls on there, and when a day begins. Pure.

The record keeps UTC; papers, last days and whatever people call today go by Kyiv, at every door. Nothing else makes a
day out of a moment (a test holds this): for two or three hours of each night UTC is still on the day before.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

KYIV: Final = ZoneInfo("Europe/Kyiv")


def kyiv_day(moment: datetime) -> date:
    """Return the day in Kyiv at a moment. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone falls on no day")
    return moment.astimezone(KYIV).date()


def kyiv_clock(moment: datetime) -> str:
    """Return the time of day in Kyiv at a moment, such as 14:02. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is at no time of day")
    return f"{moment.astimezone(KYIV):%H:%M}"


def beginning_of(day: date) -> datetime:
    """Return the moment, UTC, at which a day begins in Kyiv. Raises OverflowError at the ends of the calendar."""
    return datetime.combine(day, time(), KYIV).astimezone(UTC)


def has_come(day: date, today: date) -> bool:
    """Say whether a paper may bear this day: none is of a day to come."""
    return day <= today
