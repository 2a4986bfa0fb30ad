"""Finds when an alarm was last raised, so that the same one is not raised over and over (order cl. 3, 11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.model.events import EventKind
from provisioning.model.events.alarms import AlarmRaised

ALARM_FRESH: Final = timedelta(minutes=10)
"""The same finding again within this time is closed again without another alarm, so that a loop fills no ledger."""


def last_raised(reader: LedgerReader, subject: str, what: str) -> datetime | None:
    """Return when an alarm about a subject was last raised in these words; None when it never was."""
    events = reader.events(subject=subject, kinds=[EventKind.ALARM_RAISED])
    return max((event.at for event in events if event.content == AlarmRaised(what=what)), default=None)
