"""Events in a form that leaves the database: JSON Lines, and the history of one subject."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Any

from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.reader import LedgerReader
from provisioning.model.events import Event, encode_plain, format_time, parse_json


def export_lines(events: Iterable[Event]) -> Iterator[str]:
    """Return an event a line, as canonical JSON. Without `hash`, the line is what `hash` was computed over."""
    return (encode_plain(_fields(event)) for event in events)


def history(reader: LedgerReader, subject: str) -> list[Event]:
    """Yield all events about a subject, in order; about an account, those of its API keys too."""
    subjects = (subject, *(key.client_id for key in reader.api_keys(subject)))
    of_each = [list(reader.events(subject=name)) for name in subjects]
    return list(heapq.merge(*of_each, key=lambda event: event.seq))


def _data(event: Event) -> Any:
    try:
        return parse_json(event.data)
    except ValueError as error:
        raise LedgerCorrupt(
            f"event {event.seq} holds data that nothing of ours has written: {error}",
            remedy="run `provision ledger verify`; put back a backup from before the change",
        ) from error


def _fields(event: Event) -> dict[str, Any]:
    return {
        "actor": event.actor,
        "at": format_time(event.at),
        "clause": event.clause,
        "data": _data(event),
        "hash": event.hash,
        "kind": str(event.kind),
        "prev_hash": event.prev_hash,
        "reason": event.reason,
        "seq": event.seq,
        "subject": event.subject,
    }
