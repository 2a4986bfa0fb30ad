"""Events of the legal record and the hash chain that ties them together. Pure: no I/O, no clock.

Owns the closed list of event kinds, the canonical form that is hashed, and how a new event joins the chain.
Storing events is `ledger.transaction`; what they add up to is `ledger.projection`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""What event data may hold. No floating point: its text form differs between languages, and hashes must not."""

GENESIS_HASH: Final = "0" * 64
"""The `prev_hash` of the first event."""

LARGEST_INTEGER: Final = 2**53 - 1
"""Integers beyond this are not exact in every JSON reader. Source: RFC 7493 2.2."""

_BEFORE_EVERYTHING: Final = datetime.min.replace(tzinfo=UTC)
_UNRECORDABLE: Final = re.compile("[\x00\ud800-\udfff]")


class EventKind(StrEnum):
    """Everything that is ever recorded. Names say `object:what happened`."""

    LEDGER_OPENED = "ledger:opened"
    ACCOUNT_CREATED = "account:created"
    ACCOUNT_UPDATED = "account:updated"
    ACCOUNT_ACTIVATED = "account:activated"
    ACCOUNT_DEACTIVATED = "account:deactivated"
    ACCOUNT_REINSTATED = "account:reinstated"
    ACCOUNT_DIRECT_USE_CHANGED = "account:direct-use-changed"
    ACCOUNT_AUTHORITY_GRANTS_CHANGED = "account:authority-grants-changed"
    BASE_KEY_ISSUED = "base-key:issued"
    BASE_KEY_SENT = "base-key:sent"
    BASE_KEY_FAILED = "base-key:failed"
    BASE_KEY_WITHDRAWN = "base-key:withdrawn"
    API_KEY_CREATED = "api-key:created"
    API_KEY_REVEALED = "api-key:revealed"
    API_KEY_REVEAL_VOIDED = "api-key:reveal-voided"
    API_KEY_ENDING = "api-key:ending"
    API_KEY_CUT_OFF = "api-key:cut-off"
    API_KEY_RETIRED = "api-key:retired"
    CUT_OFF_REQUESTED = "cut-off:requested"
    CUT_OFF_DECIDED = "cut-off:decided"
    OIS_APPLIED = "ois:applied"
    OIS_CHANGED = "ois:changed"
    OIS_AGREEMENT_SUBMITTED = "ois:agreement-submitted"
    OIS_AGREEMENT_ACCEPTED = "ois:agreement-accepted"
    OIS_AGREEMENT_RETURNED = "ois:agreement-returned"
    OIS_EVIDENCE_RECORDED = "ois:evidence-recorded"
    OIS_CONCLUDED = "ois:concluded"
    OIS_CONCLUSION_REVOKED = "ois:conclusion-revoked"
    OIS_CONNECTED = "ois:connected"
    OIS_SUSPENDED = "ois:suspended"
    OIS_RESUMED = "ois:resumed"
    OIS_TERMINATED = "ois:terminated"
    OIS_REJECTED = "ois:rejected"
    OIS_KEY_CHANGED = "ois:key-changed"
    OIS_OPERATOR_INVITED = "ois:operator-invited"
    MANDATE_GRANTED = "mandate:granted"
    MANDATE_WITHDRAWN = "mandate:withdrawn"
    REQUEST_FILED = "request:filed"
    REQUEST_ANSWERED = "request:answered"
    REALM_CHANGED = "realm:changed"
    PROTOCOL_CHANGED = "protocol:changed"
    DECISION_RECORDED = "decision:recorded"
    DECISION_PROPOSED = "decision:proposed"
    DECISION_REFUSED = "decision:refused"
    DECISION_EXPIRED = "decision:expired"
    ALARM_RAISED = "alarm:raised"


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
            _check_text(getattr(self, name) or "", name)
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
    """The events as they follow `head`. A clock that went backwards never sets an event before the previous one."""
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
    """Number of the first of these events that does not follow on what is before it; None when all of them do."""
    seq, prev_hash, at = head.seq, head.hash, head.at
    for event in events:
        seq += 1
        fits = event.seq == seq and event.prev_hash == prev_hash and event.at >= at
        if not fits or event_hash(event, seq=event.seq, at=event.at, prev_hash=event.prev_hash) != event.hash:
            return event.seq
        prev_hash, at = event.hash, event.at
    return None


def event_hash(event: NewEvent, *, seq: int, at: datetime, prev_hash: str) -> str:
    """SHA-256, in hex, over the canonical JSON of every field but the hash itself."""
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
    """The same over fields as they are stored: `at` as text, `data` parsed. For verifying row by row."""
    return hashlib.sha256(_encode(fields).encode()).hexdigest()


def format_time(at: datetime) -> str:
    """`2026-11-20T08:30:00.000000Z`: fixed width, so that it sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_time(text: str) -> datetime:
    """The inverse of `format_time`, and any other ISO 8601 time with an offset. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time needs an offset: {text}")
    return at.astimezone(UTC)


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode


def canonical_json(value: JsonValue) -> bytes:
    """The one way to write a value as JSON. Source: RFC 8785, within the bounds that `JsonValue` sets.

    Keys are ASCII, so that sorting by code point and by UTF-16 unit is the same; integers are exact everywhere.
    Raises ValueError for a value outside those bounds.
    """
    return _encode(_plain(value)).encode()


def _plain(value: object) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _check_text(str(value), "value")
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError(f"integer {value} is not exact in JSON")
        return int(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item) for item in value]
    raise ValueError(f"{type(value).__name__} has no canonical JSON form")


def _key(key: object) -> str:
    if not (isinstance(key, str) and key.isascii()):
        raise ValueError(f"a key of event data is ASCII text, not {key!r}")
    return _check_text(str(key), "key")


def _check_text(text: str, name: str) -> str:
    """Refuse what databases and UTF-8 cannot hold: NUL and lone surrogates."""
    if _UNRECORDABLE.search(text):
        raise ValueError(f"{name} holds a character that cannot be recorded")
    return text
