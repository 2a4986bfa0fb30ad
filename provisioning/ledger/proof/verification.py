"""Whether the ledger is what was recorded: streams over every event and names the first one that is not.

An edit, a deletion, a swap or a gap shows in the chain itself. Cutting off the end, or a rewrite with all hashes
computed anew, shows against checkpoints that were kept elsewhere. Source: order cl. 12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import text

from provisioning.ledger.checkpoint import Checkpoint
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.projection import Projection, project
from provisioning.ledger.projection.projected import differing, stored_projection
from provisioning.ledger.reader import LedgerReader
from provisioning.model.events import (
    GENESIS_HASH,
    Event,
    Head,
    Unreadable,
    hash_of_fields,
    kind_named,
    ledger_id_of,
    parse_json,
    parse_time,
)
from provisioning.model.unreadable import UnreadableRecord

FETCH_ROWS: Final = 5000
PROGRESS_EVERY: Final = 10_000

_FIELDS: Final = ("seq", "at", "kind", "subject", "actor", "clause", "reason", "data", "prev_hash", "hash")
_SPAN: Final = text(
    f"SELECT {', '.join(_FIELDS)} FROM ledger_event WHERE seq >= :first AND seq <= :last ORDER BY seq"  # noqa: S608 - constants only
)
_BEFORE: Final = text("SELECT seq, hash, at FROM ledger_event WHERE seq = :seq")
_EVENTS_AFTER: Final = text(
    f"SELECT {', '.join(_FIELDS)} FROM ledger_event WHERE seq > :seq ORDER BY seq"  # noqa: S608 - constants only
)


class Fault(StrEnum):
    """What is wrong with an event, or with the ledger."""

    EMPTY = "empty"
    GAP = "gap"
    LINK = "link"
    CONTENT = "content"
    UNREADABLE = "unreadable"
    TIME = "time"
    REWRITTEN = "rewritten"
    TRUNCATED = "truncated"
    OTHER_LEDGER = "other-ledger"
    PROJECTION = "projection"


@dataclass(frozen=True, slots=True)
class Defect:
    """The first thing that is wrong. `seq` is the event it shows at; None when it is no event's fault."""

    fault: Fault
    seq: int | None
    explanation: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found out. `unreadable` are events that are intact and that no type of this program reads.

    `events` and `head` are as far as it came; `defect` is None for an intact ledger.
    """

    ledger_id: str | None
    events: int
    head: Head
    checkpoints: int
    defect: Defect | None
    unreadable: tuple[UnreadableRecord, ...] = ()


def verify(
    reader: LedgerReader,
    checkpoints: Iterable[Checkpoint] = (),
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Check every event, every checkpoint, and that the stored projection is what the events add up to.

    Takes time in proportion to the events and memory in proportion to the projection. `on_progress` gets event numbers.
    """
    walk = Walk(checkpoints)
    return walk.verdict(walk.go_on(reader, on_progress) or walk.at_the_end() or _compare(walk.projection, reader))


def verify_span(reader: LedgerReader, first: int, last: int) -> Defect | None:
    """Check that events `first` to `last` have the content they were recorded with and follow from the one before.

    For looking at a part without reading the rest: the stored state, checkpoints and the beginning are for `verify`.
    """
    before = reader.connection.execute(_BEFORE, {"seq": first - 1}).first()
    if before is None and first > 1:
        return Defect(Fault.GAP, first - 1, f"event {first - 1} is missing")
    check = Walk((), Head() if before is None else Head(before[0], before[1], parse_time(before[2])), projects=False)
    for row in reader.connection.execute(_SPAN, {"first": first, "last": last}):
        defect = check.take(row)
        if defect is not None:
            return defect
    missing = check.head.seq + 1
    return None if check.head.seq >= last else Defect(Fault.GAP, missing, _missing(missing, last + 1))


class Walk:
    """The state of one walk along the chain, from its beginning or from an event on. It may be gone on with later."""

    def __init__(self, checkpoints: Iterable[Checkpoint], head: Head | None = None, *, projects: bool = True) -> None:
        self.head = head or Head()
        self._projects = projects
        self.projection = Projection()
        self.ledger_id: str | None = None
        self._unreadable: list[UnreadableRecord] = []
        self._matched = 0
        self._last_match = 0
        self._ahead = sorted(checkpoints, key=lambda checkpoint: checkpoint.seq, reverse=True)

    def go_on(self, reader: LedgerReader, on_progress: Callable[[int], None] = lambda _: None) -> Defect | None:
        """Check every event after the last one that was taken in. Raises what `on_progress` raises, between two."""
        options = {"yield_per": FETCH_ROWS}
        with reader.connection.execute(_EVENTS_AFTER, {"seq": self.head.seq}, execution_options=options) as rows:
            for row in rows:
                defect = self.take(row)
                if defect is not None:
                    return defect
                if self.head.seq % PROGRESS_EVERY == 0:
                    on_progress(self.head.seq)
        return None

    def take(self, row: Any) -> Defect | None:
        """Check one row against what came before it and go one step on."""
        seq, at, kind, *_, data, prev_hash, digest = row
        if seq != self.head.seq + 1:
            return Defect(Fault.GAP, self.head.seq + 1, f"{_missing(self.head.seq + 1, seq)} before event {seq}")
        try:
            parsed = parse_json(data)
            moment = parse_time(at)
            computed = hash_of_fields(dict(zip(_FIELDS[:-1], row[:-1], strict=True), data=parsed))
        except (ValueError, TypeError) as error:
            return Defect(Fault.UNREADABLE, seq, f"event {seq} cannot be read: {error}")
        if computed != digest:
            return Defect(Fault.CONTENT, seq, f"event {seq} was changed: its content does not give its hash")
        if prev_hash != self.head.hash:
            return Defect(Fault.LINK, seq, f"event {seq} does not follow from event {seq - 1} as it stands")
        if moment < self.head.at:
            return Defect(Fault.TIME, seq, f"event {seq} is dated before event {seq - 1}")
        self.head = Head(seq, digest, moment)
        as_stored = dict(zip(_FIELDS, row, strict=True))
        event = Event.with_parsed(parsed, **{**as_stored, "kind": kind_named(kind), "at": moment})
        if seq == 1:
            self.ledger_id = ledger_id_of(event)
        if self._projects:
            self._project(event)
        return self._compare_checkpoints()

    def _project(self, event: Event) -> None:
        project(self.projection, event)
        if isinstance(event.content, Unreadable):
            self._unreadable.append(UnreadableRecord(event.subject, event.seq, str(event.kind), event.content.why))

    def at_the_end(self) -> Defect | None:
        """Return what only shows when there are no more events; None when nothing does."""
        if self.head.hash == GENESIS_HASH:
            return Defect(Fault.EMPTY, None, "there is not a single event, not even the first")
        if self._ahead:
            last = self._ahead[0].seq
            return Defect(
                Fault.TRUNCATED,
                self.head.seq + 1,
                f"{_missing(self.head.seq + 1, last + 1)} at the end: a checkpoint vouches for event {last}",
            )
        return None

    def verdict(self, defect: Defect | None) -> Verdict:
        return Verdict(self.ledger_id, self.head.seq, self.head, self._matched, defect, tuple(self._unreadable))

    def _compare_checkpoints(self) -> Defect | None:
        while self._ahead and self._ahead[-1].seq <= self.head.seq:
            checkpoint = self._ahead.pop()
            if checkpoint.ledger_id != self.ledger_id:
                words = f"a checkpoint is of ledger {checkpoint.ledger_id}, this one is {self.ledger_id}"
                return Defect(Fault.OTHER_LEDGER, 1, words)
            if checkpoint.hash != self.head.hash:
                between = f"between event {self._last_match + 1} and event {self.head.seq}"
                words = f"the chain was rewritten {between}: a checkpoint holds another hash of event {self.head.seq}"
                return Defect(Fault.REWRITTEN, self.head.seq, words)
            self._matched += 1
            self._last_match = checkpoint.seq
        return None


def _missing(first: int, end: int) -> str:
    """Events `first` up to and not including `end`, in words."""
    if end <= first:
        return f"event {first} is missing"
    return f"event {first} is missing" if end == first + 1 else f"events {first} to {end - 1} are missing"


def _compare(projection: Projection, reader: LedgerReader) -> Defect | None:
    try:
        wrong = differing(stored_projection(reader), projection)
    except LedgerCorrupt as error:
        return Defect(Fault.PROJECTION, None, f"the stored state cannot be read: {error.message}")
    if not wrong:
        return None
    return Defect(
        Fault.PROJECTION,
        None,
        f"the stored state of {min(wrong)} is not what the events say ({len(wrong)} differ): somebody changed it,"
        " or events at the end were removed",
    )
