"""The hash chain of the legal record: an event, and how it follows on the one before. Pure: no I/O, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from provisioning.model.events.canonical import JsonValue, check_text, encode_plain, format_time, in_utc, parse_json
from provisioning.model.events.catalogue import CATALOGUE, Unreadable
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_atoms import OddShape
from provisioning.model.events.kinds import EventKind
from provisioning.model.events.realm import LedgerOpened

GENESIS_HASH: Final = "0" * 64
"""The `prev_hash` of the first event."""

_BEFORE_EVERYTHING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that is about to be recorded.

    `subject` is an account's username (also for its mandates), the client id of an API key or of an OIS, `realm`,
    `protocol` or `configuration`; `actor` is who did it; `reason` is for people; `clause` is the clause of the order it
    rests on, the content's usual one when it is left out. Raises ValueError for a text that cannot be recorded.
    """

    content: Content
    subject: str
    actor: str
    reason: str | None = None
    clause: str = ""

    def __post_init__(self) -> None:
        if not self.clause and isinstance(self.content, Content):
            object.__setattr__(self, "clause", self.content.CLAUSES[0])
        for name in ("subject", "actor", "clause", "reason"):
            check_text(getattr(self, name) or "", name)
        if not (self.subject and self.actor):
            raise ValueError("an event needs a subject and an actor")

    @property
    def kind(self) -> EventKind:
        """The content's kind."""
        return self.content.KIND

    def data(self) -> str:
        """Write the content as canonical JSON text.

        Raises OddShape unless it is of today's shape of its kind, complete, of the right types, and rests on one of the
        kind's clauses.
        """
        if not (isinstance(self.content, Content) and CATALOGUE.is_newest(self.content)):
            raise OddShape(f"{type(self.content).__name__} about {self.subject} is nothing that new events say")
        try:
            self.content.require_complete()
            data = self.content.to_data()
        except OddShape as error:
            raise OddShape(f"{self.kind} about {self.subject}: {error}") from None
        if self.clause not in self.content.CLAUSES:
            rests = " or ".join(self.content.CLAUSES)
            raise OddShape(f"{self.kind} about {self.subject} rests on {rests} of the order, not on {self.clause}")
        return encode_plain(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A recorded event, as it is stored: `ledger verify` judges it.

    `at` is UTC and never before the previous event's; `data` is canonical JSON text; `hash` covers every other field.
    `kind` is an EventKind, or the text that is stored where this program knows no such kind.
    """

    seq: int
    at: datetime
    kind: EventKind | str
    subject: str
    actor: str
    clause: str
    reason: str | None
    data: str
    prev_hash: str
    hash: str
    _content: Content | Unreadable | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def content(self) -> Content | Unreadable:
        """What the event says, read once; Unreadable when no type reads it."""
        if self._content is None:
            object.__setattr__(self, "_content", _read(self.kind, self.data))
        assert self._content is not None  # noqa: S101 - set above
        return self._content

    @classmethod
    def with_parsed(cls, parsed: object, **fields: Any) -> Event:
        """Return the event with these fields whose data the caller has parsed already."""
        event = cls(**fields)
        object.__setattr__(event, "_content", CATALOGUE.read(event.kind, parsed))
        return event

    def listed(self) -> tuple[tuple[str, JsonValue], ...]:
        """List the names and values of the data as they are stored, to show an event whole; empty for no object."""
        try:
            data = parse_json(self.data)
        except ValueError:
            return ()
        return tuple(data.items()) if isinstance(data, dict) else ()


def _read(kind: str, data: str) -> Content | Unreadable:
    try:
        return CATALOGUE.read(kind, parse_json(data))
    except ValueError as error:
        return Unreadable(f"its data cannot be read: {error}")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: number, hash and time of the last event; `seq` 0 for an empty ledger."""

    seq: int = 0
    hash: str = GENESIS_HASH
    at: datetime = _BEFORE_EVERYTHING


def chain(head: Head, events: Sequence[NewEvent], now: datetime) -> tuple[Event, ...]:
    """Return the events as they follow `head`. A clock that went backwards never sets an event before the previous one.

    Raises OddShape for an event that is not of its kind's shape, ValueError for a clock without an offset.
    """
    at = max(in_utc(now), head.at)
    recorded: list[Event] = []
    seq, prev_hash = head.seq, head.hash
    for new in events:
        seq += 1
        data = new.data()
        event = Event(
            kind=new.kind,
            subject=new.subject,
            actor=new.actor,
            clause=new.clause,
            data=data,
            reason=new.reason,
            seq=seq,
            at=at,
            prev_hash=prev_hash,
            hash="",
        )
        prev_hash = event_hash(event)
        object.__setattr__(event, "hash", prev_hash)
        object.__setattr__(event, "_content", new.content)
        recorded.append(event)
    return tuple(recorded)


def first_break(head: Head, events: Sequence[Event]) -> int | None:
    """Return the number of the first of these events that does not follow on what is before it.

    None when all of them do.
    """
    seq, prev_hash, at = head.seq, head.hash, head.at
    for event in events:
        seq += 1
        fits = event.seq == seq and event.prev_hash == prev_hash and event.at >= at
        if not fits or event_hash(event) != event.hash:
            return event.seq
        prev_hash, at = event.hash, event.at
    return None


def event_hash(event: Event) -> str:
    """Return the SHA-256, in hex, over the canonical JSON of every field but the hash itself."""
    text = (
        f'{{"actor":{encode_plain(event.actor)},"at":"{format_time(event.at)}","clause":{encode_plain(event.clause)},'
        f'"data":{event.data},"kind":{encode_plain(str(event.kind))},"prev_hash":"{event.prev_hash}",'
        f'"reason":{encode_plain(event.reason)},"seq":{event.seq},"subject":{encode_plain(event.subject)}}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


def hash_of_fields(fields: Mapping[str, Any]) -> str:
    """Return the same over fields as they are stored: `at` as text, `data` parsed. For verifying row by row."""
    return hashlib.sha256(encode_plain(fields).encode()).hexdigest()


def ledger_id_of(first: Event) -> str | None:
    """Return the name of the ledger that begins with this event; None when the event opens none."""
    return first.content.ledger_id if isinstance(first.content, LedgerOpened) else None
