"""Kyiv's calendar: which day a moment falls on there, and when a day begins. Pure.

The record keeps UTC; papers, last days and whatever people call today go by Kyiv, at every door. Nothing else makes a
day out of a moment (a test holds this): for two or three hours of each night UTC is still on the day before.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from provisioning.model.text import Text

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


_MONTHS: Final = (
    *("січня", "лютого", "березня", "квітня", "травня", "червня"),
    *("липня", "серпня", "вересня", "жовтня", "листопада", "грудня"),
)
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_in_words(day: date) -> Text:
    """Write a day as people do: `30 листопада 2026`."""
    uk, en = _MONTHS[day.month - 1], _ENGLISH_MONTHS[day.month - 1]
    return Text(uk=f"{day.day} {uk} {day.year}", en=f"{day.day} {en} {day.year}")


def moment_in_words(moment: datetime) -> Text:
    """Write a moment as people in Kyiv do: `30 листопада 2026, 15:15`. Raises ValueError for a time without a zone."""
    day, clock = day_in_words(kyiv_day(moment)), kyiv_clock(moment)
    return Text(uk=f"{day.uk}, {clock}", en=f"{day.en}, {clock}")
