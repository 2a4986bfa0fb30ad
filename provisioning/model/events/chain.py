"""The hash chain of the legal record: an event, and how it follows on the one before. Pure: no I/O, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from provisioning.model.events.canonical import JsonValue, canonical_json, check_text, encode_plain, format_time
from provisioning.model.events.kinds import EventKind

GENESIS_HASH: Final = "0" * 64
"""The `prev_hash` of the first event."""

_BEFORE_EVERYTHING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that is about to be recorded.

    `subject` is an account's username (also for its mandates), the client id of an API key or of an OIS, `realm` or
    `protocol`; `actor` is who did it; `clause` is the clause of the order it rests on, such as `cl. 4`; `data` is what
    the kind needs (never a secret); `reason` is for people.
    Raises ValueError when the values have no canonical form.
    """

    kind: EventKind
    subject: str
    actor: str
    clause: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    reason: str | None = None

    def __post_init__(self) -> None:
        for name in ("subject", "actor", "clause", "reason"):
            check_text(getattr(self, name) or "", name)
        if not (self.subject and self.actor and self.clause):
            raise ValueError("an event needs a subject, an actor and a clause")
        # A private copy: nobody can change what was hashed through a reference kept elsewhere.
        object.__setattr__(self, "data", json.loads(canonical_json(self.data)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(NewEvent):
    """A recorded event. `at` is UTC and never before the previous event's; `hash` covers every other field."""

    seq: int
    at: datetime
    prev_hash: str
    hash: str

    def __post_init__(self) -> None:
        """Nothing to check: what was recorded is shown as it is, and `ledger verify` judges it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: number, hash and time of the last event; `seq` 0 for an empty ledger."""

    seq: int = 0
    hash: str = GENESIS_HASH
    at: datetime = _BEFORE_EVERYTHING


def chain(head: Head, events: Sequence[NewEvent], now: datetime) -> tuple[Event, ...]:
    """Return the events as they follow `head`. A clock that went backwards never sets an event before
    the previous one.
    """
    at = max(now.astimezone(UTC), head.at)
    recorded: list[Event] = []
    seq, prev_hash = head.seq, head.hash
    for event in events:
        seq += 1
        digest = event_hash(event, seq=seq, at=at, prev_hash=prev_hash)
        recorded.append(
            Event(
                kind=event.kind,
                subject=event.subject,
                actor=event.actor,
                clause=event.clause,
                data=event.data,
                reason=event.reason,
                seq=seq,
                at=at,
                prev_hash=prev_hash,
                hash=digest,
            )
        )
        prev_hash = digest
    return tuple(recorded)


def first_break(head: Head, events: Sequence[Event]) -> int | None:
    """Return the number of the first of these events that does not follow on what is before it; None when all of them
    do.
    """
    seq, prev_hash, at = head.seq, head.hash, head.at
    for event in events:
        seq += 1
        fits = event.seq == seq and event.prev_hash == prev_hash and event.at >= at
        if not fits or event_hash(event, seq=event.seq, at=event.at, prev_hash=event.prev_hash) != event.hash:
            return event.seq
        prev_hash, at = event.hash, event.at
    return None


def event_hash(event: NewEvent, *, seq: int, at: datetime, prev_hash: str) -> str:
    """Return the SHA-256, in hex, over the canonical JSON of every field but the hash itself."""
    return hash_of_fields(
        {
            "actor": event.actor,
            "at": format_time(at),
            "clause": event.clause,
            "data": event.data,
            "kind": str(event.kind),
            "prev_hash": prev_hash,
            "reason": event.reason,
            "seq": seq,
            "subject": event.subject,
        }
    )


def hash_of_fields(fields: Mapping[str, Any]) -> str:
    """Return the same over fields as they are stored: `at` as text, `data` parsed. For verifying row by row."""
    return hashlib.sha256(encode_plain(fields).encode()).hexdigest()
