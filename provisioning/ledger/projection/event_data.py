"""Reading values out of event data, which may be of any shape: what is missing or odd is told as absent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from provisioning.model.events import NewEvent, parse_time


def text(event: NewEvent, name: str) -> str:
    """A text; empty when there is none."""
    value = event.data.get(name)
    return value if isinstance(value, str) else ""


def optional_text(event: NewEvent, name: str) -> str | None:
    """A text that is not empty, or None."""
    return text(event, name) or None


def number(event: NewEvent, name: str) -> int:
    """A number; 1 when there is none."""
    value = event.data.get(name)
    return value if isinstance(value, int) else 1


def texts(event: NewEvent, name: str) -> tuple[str, ...]:
    """A list of texts, in its order; empty when there is none."""
    value = event.data.get(name)
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return tuple(item for item in value if isinstance(item, str))


def time(event: NewEvent, name: str) -> datetime | None:
    """A time; None when there is none or it cannot be read."""
    try:
        return parse_time(text(event, name))
    except ValueError:
        return None


def day(event: NewEvent, name: str) -> date | None:
    """A day, `2026-11-20`; None when there is none or it cannot be read."""
    try:
        return date.fromisoformat(text(event, name))
    except ValueError:
        return None
