"""Brings an older ledger forward from an export: the very events that a backup lacks, with their numbers and hashes.

Nothing is decided here: an event is taken over as it was recorded, or refused. Source: order cl. 12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from provisioning.ledger.checkpoint import Checkpoint
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.ledger import Ledger
from provisioning.ledger.proof.rollback import refuse_contradiction
from provisioning.ledger.transaction import LedgerTransaction
from provisioning.model.events import Event, canonical_json, kind_named, parse_json, parse_time

AT_ONCE: Final = 1_000

_TEXTS: Final = ("at", "kind", "subject", "actor", "clause", "reason", "prev_hash", "hash")


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Number of the last event before and after."""

    before: int
    after: int


def take_over(
    ledger: Ledger,
    lines: Iterable[str],
    newest: Checkpoint | None = None,
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> TakenOver:
    """Record what `lines` (as `export_lines` writes them) have beyond the ledger's end; all of it or nothing.

    Events that the ledger has are compared by hash. `newest` must agree with what comes out. Raises LedgerCorrupt for
    lines that are no export or do not go on from this ledger, EventRefused for an event that cannot follow, and
    LedgerRolledBack when the checkpoint still contradicts. Repeating it changes nothing.
    """
    events = _events(lines)
    with ledger.transaction() as transaction:
        before, _ = transaction.head()
        fresh = _beyond(transaction, events, before)
        while part := list(islice(fresh, AT_ONCE)):
            transaction.take_over(part)
            on_progress(part[-1].seq)
        if newest is not None:
            refuse_contradiction(transaction, newest)
        after, _ = transaction.head()
    return TakenOver(before, after)


def _beyond(transaction: LedgerTransaction, events: Iterator[Event], head: int) -> Iterator[Event]:
    for event in events:
        if event.seq > head:
            yield event
        elif transaction.hash_at(event.seq) != event.hash:
            raise _not_ours(event.seq)


def _events(lines: Iterable[str]) -> Iterator[Event]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):  # noqa: B007 - named in the refusal
            yield _event(line)
    except (ValueError, KeyError, TypeError) as error:
        where = f"what follows line {number}" if isinstance(error, UnicodeDecodeError) else f"line {number}"
        raise LedgerCorrupt(
            f"{where} is no event of an export", remedy="name a whole file that `ledger export` has written"
        ) from error


def _event(line: str) -> Event:
    """Each field is of its column's type: a database would store another one as another value than was hashed."""
    found = parse_json(line)
    texts = [found[name] for name in _TEXTS if name != "reason" or found[name] is not None]
    if type(found["seq"]) is not int or not all(type(text) is str for text in texts):
        raise TypeError("a field of another type")
    data = canonical_json(found["data"]).decode()
    return Event(**{**found, "kind": kind_named(found["kind"]), "at": parse_time(found["at"]), "data": data})


def _not_ours(seq: int) -> LedgerCorrupt:
    return LedgerCorrupt(
        f"event {seq} of the export is not this ledger's event {seq}: it is another ledger's, or this one went on by"
        " itself after it was put back",
        remedy="put the backup back once more and take over before anything is recorded",
    )
