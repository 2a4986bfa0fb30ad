"""Following the ledger from another process: everything once, then the changes, handed to the follower's memory.

What changed is read from the projection, which is stored in the same transaction as the events that it comes from.
Changes nothing. Repeating any of it is safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import select

from provisioning.ledger.announcing import notice_lost_connections
from provisioning.ledger.ledger import Ledger, open_ledger
from provisioning.ledger.projection import touched
from provisioning.ledger.projection.projected import PROJECTED, Projected, load_named
from provisioning.ledger.reader import LedgerReader
from provisioning.model.events import Head
from provisioning.model.ois import MandateRecord, OisRecord
from provisioning.model.records import AccountRecord, ApiKeyRecord
from provisioning.model.unreadable import UnreadableRecord

EVENTS_AT_ONCE: Final = 1_000

PATIENCE_S: Final = 1.0
"""A follower gives an attempt up after this and makes another; it has nothing to lose."""


class Keeper(Protocol):
    """Who takes the records in."""

    def take_accounts(self, records: Iterable[AccountRecord]) -> None: ...

    def take_keys(self, records: Iterable[ApiKeyRecord]) -> None: ...

    def take_ois(self, records: Iterable[OisRecord]) -> None: ...

    def take_mandates(self, records: Iterable[MandateRecord]) -> None: ...

    def take_unreadable(self, records: Iterable[UnreadableRecord]) -> None: ...


def open_to_follow(url: str) -> Ledger:
    """Return the ledger, opened so that a lost database is noticed within seconds. Raises what `open_ledger` raises."""
    address = notice_lost_connections(url)
    return open_ledger(address.render_as_string(hide_password=False), create=False, patience_s=PATIENCE_S)


@dataclass(frozen=True, slots=True)
class Followed:
    """How far a follower has come, and whether that is all that there was at the moment of reading."""

    head: Head
    is_all: bool


def read_everything(reader: LedgerReader, keeper: Keeper) -> Followed:
    """Tell the keeper everything there is. Holds a few records at a time."""
    head = reader.chain_head()
    for kept, take in _takers(keeper):
        take(_all(reader, kept))
    return Followed(head, True)


def read_changes(reader: LedgerReader, known: Head, keeper: Keeper) -> Followed | None:
    """Tell the keeper what events after `known` changed, `EVENTS_AT_ONCE` of them at most.

    Returns None when the ledger does not go on from `known`: it was replaced or restored from a backup, and only
    `read_everything` helps.
    """
    head = reader.chain_head()
    if head == known:
        return Followed(known, True)
    if head.seq <= known.seq or (known.seq > 0 and reader.hash_at(known.seq) != known.hash):
        return None
    events = list(reader.events(known.seq, limit=EVENTS_AT_ONCE))
    names = touched(events)
    for kept, take in _takers(keeper):
        take(load_named(reader, kept, getattr(names, kept.name)))
    last = events[-1]
    return Followed(Head(last.seq, last.hash, last.at), last.seq == head.seq)


def _takers(keeper: Keeper) -> Iterator[tuple[Projected, Any]]:
    """The parts of the projection that a keeper takes, each with its method for it; others are none of its business."""
    methods = {
        "accounts": keeper.take_accounts,
        "api_keys": keeper.take_keys,
        "ois": keeper.take_ois,
        "mandates": keeper.take_mandates,
        "unreadable": keeper.take_unreadable,
    }
    return ((kept, methods[kept.name]) for kept in PROJECTED if kept.name in methods)


def _all(reader: LedgerReader, kept: Projected) -> Iterator[Any]:
    return (kept.record(**row) for row in reader.stream(select(kept.table)))
