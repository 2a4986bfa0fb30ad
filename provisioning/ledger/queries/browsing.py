"""Events as people look for them: of a subject, a kind, an actor or a span of time, newest first, page by page.

No event is dated before the one it follows, so a span of time is a span of numbers, found by halving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, select

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.events import Event, EventKind

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None asks for nothing in particular. From `since` on, and before `until`."""

    subject: str | None = None
    kinds: Sequence[EventKind] = ()
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Newest first. `older` and `newer` are numbers to go on before or after; None where nothing is left."""

    events: tuple[Event, ...]
    older: int | None
    newer: int | None


def browse(
    reader: LedgerReader, wanted: Wanted, *, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> EventPage:
    """Return the page before number `before`, or the one after number `after`; the newest without either."""
    table = schema.event.c
    query = select(schema.event).where(*_conditions(reader, wanted))
    if after is not None:
        rows = _read(reader, query.where(table.seq > after).order_by(table.seq), limit)
        events = tuple(reversed(rows[:limit]))
        return EventPage(events, events[-1].seq if events else None, events[0].seq if len(rows) > limit else None)
    if before is not None:
        query = query.where(table.seq < before)
    rows = _read(reader, query.order_by(table.seq.desc()), limit)
    events = tuple(rows[:limit])
    newer = events[0].seq if events and before is not None else None
    return EventPage(events, events[-1].seq if len(rows) > limit else None, newer)


def event_numbered(reader: LedgerReader, seq: int) -> Event | None:
    """Return one event by its number."""
    rows = _read(reader, select(schema.event).where(schema.event.c.seq == seq), 1)
    return rows[0] if rows else None


def first_since(reader: LedgerReader, moment: datetime) -> int:
    """Return the number of the first event at or after a moment; one more than the last event's when there is none."""
    low, high = 1, reader.chain_head().seq + 1
    while low < high:
        middle = (low + high) // 2
        at = reader.connection.execute(select(schema.event.c.at).where(schema.event.c.seq == middle)).scalar()
        # A number that is missing is for `ledger verify` to tell; here it counts as too early.
        if at is not None and at >= moment:
            high = middle
        else:
            low = middle + 1
    return low


def _conditions(reader: LedgerReader, wanted: Wanted) -> list[ColumnElement[bool]]:
    table = schema.event.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.subject is not None:
        conditions.append(table.subject == wanted.subject)
    if wanted.kinds:
        conditions.append(table.kind.in_(wanted.kinds))
    if wanted.actor is not None:
        conditions.append(table.actor == wanted.actor)
    if wanted.since is not None:
        conditions.append(table.seq >= first_since(reader, wanted.since))
    if wanted.until is not None:
        conditions.append(table.seq < first_since(reader, wanted.until))
    return conditions


def _read(reader: LedgerReader, query: Select[tuple[object, ...]], limit: int) -> list[Event]:
    return [Event(**row) for row in reader.connection.execute(query.limit(limit + 1)).mappings()]
