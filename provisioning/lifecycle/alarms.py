"""Raises alarms, and finds when one was last raised, so that the same one is not raised over and over (order cl. 3,
11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.alarms import AlarmRaised

ALARM_FRESH: Final = timedelta(minutes=10)
"""The same finding again within this time is closed again without another alarm, so that a loop fills no ledger."""


def last_raised(reader: LedgerReader, subject: str, what: str) -> datetime | None:
    """Return when an alarm about a subject was last raised in these words; None when it never was."""
    events = reader.events(subject=subject, kinds=[EventKind.ALARM_RAISED])
    return max((event.at for event in events if event.content == AlarmRaised(what=what)), default=None)


def raise_alarms(actor: Actor, what: str, said: Mapping[str, Iterable[str]]) -> None:
    """Raise an alarm for each subject with its words as the reason, unless the same was raised a moment ago."""
    with actor.transaction() as transaction:
        now = actor.now()
        for subject in transaction.readable([name for name, words in said.items() if words], str):
            at = last_raised(transaction, subject, what)
            if at is None or now - at >= ALARM_FRESH:
                reason = "; ".join(said[subject])[:1000]
                transaction.append([NewEvent(AlarmRaised(what=what), subject, actor.name, reason, clause="cl. 11")])
