"""Following the ledger from another process: everything once, then the changes, handed to the follower's memory.

What changed is read from the projection, which is stored in the same transaction as the events that it comes from.
Changes nothing. Repeating any of it is safe.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from sqlalchemy import select

from provisioning.ledger.announcing import notice_lost_connections
from provisioning.ledger.errors import LedgerRolledBack
from provisioning.ledger.ledger import Ledger, open_ledger
from provisioning.ledger.projection import touched
from provisioning.ledger.projection.projected import PROJECTED, Projected, load_named
from provisioning.ledger.queries.rights import recorded_rights
from provisioning.ledger.reader import LedgerReader
from provisioning.model.events import EventKind, Head
from provisioning.model.events.realm import RightsChanged
from provisioning.model.ois import MandateRecord, OisRecord, parse_mandate_id, parse_ois_client_id
from provisioning.model.records import AccountRecord, ApiKeyRecord
from provisioning.model.rights import RightsInForce
from provisioning.model.unreadable import UnreadableRecord

EVENTS_AT_ONCE: Final = 1_000

PATIENCE_S: Final = 1.0
"""A follower gives an attempt up after this and makes another; it has nothing to lose."""


class Keeper(Protocol):
    """Who takes the records in; `reinstated` are accounts that an event opened again since the records before."""

    def take_accounts(self, records: Iterable[AccountRecord], reinstated: Collection[str] = ()) -> None: ...

    def take_keys(self, records: Iterable[ApiKeyRecord]) -> None: ...

    def take_ois(self, records: Iterable[OisRecord]) -> None: ...

    def take_mandates(self, records: Iterable[MandateRecord]) -> None: ...

    def take_unreadable(self, records: Iterable[UnreadableRecord]) -> None: ...

    def take_rights(self, rights: RightsInForce) -> None: ...


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
    for kept, take in _takers(keeper, ()):
        take(_all(reader, kept))
    if (rights := recorded_rights(reader)) is not None:
        keeper.take_rights(rights)
    return Followed(head, True)


def read_changes(reader: LedgerReader, known: Head, keeper: Keeper) -> Followed:
    """Tell the keeper what events after `known` changed, `EVENTS_AT_ONCE` of them at most.

    Raises LedgerRolledBack when the ledger does not go on from `known`: it is shorter, or another one. The keeper takes
    nothing in then.
    """
    head = reader.chain_head()
    if head == known:
        return Followed(known, True)
    if head.seq <= known.seq or (known.seq > 0 and reader.hash_at(known.seq) != known.hash):
        raise _gone_back(known, head)
    events = list(reader.events(known.seq, limit=EVENTS_AT_ONCE))
    names = touched(events)
    # Records are those of this moment, so an event beyond these may have opened one of them.
    reopened = {event.subject for event in reader.events(known.seq, kinds=[EventKind.ACCOUNT_REINSTATED])}
    for kept, take in _takers(keeper, reopened):
        take(load_named(reader, kept, getattr(names, kept.name)))
    for event in events:
        if isinstance(event.content, RightsChanged):
            keeper.take_rights(event.content.in_force)
    last = events[-1]
    return Followed(Head(last.seq, last.hash, last.at), last.seq == head.seq)


def read_again(reader: LedgerReader, names: Collection[str], keeper: Keeper) -> None:
    """Tell the keeper the records with these names as they are now; an OIS by its client id.

    Of a mandate, all that the account ever gave that OIS: another one may be the newest now.
    """
    mandates = [parsed for name in names if (parsed := parse_mandate_id(name)) is not None]
    slugs = {slug for name in names if (slug := parse_ois_client_id(name)) is not None}
    for kept, take in _takers(keeper, ()):
        take(load_named(reader, kept, slugs if kept.name == "ois" else names))
    for username, slug, _ in mandates:
        keeper.take_mandates(reader.mandates(username=username, ois=slug))


def _gone_back(known: Head, head: Head) -> LedgerRolledBack:
    found = "another one" if head.seq > known.seq else f"ends with event {head.seq} and {head.hash[:12]}"
    return LedgerRolledBack(
        f"the ledger had event {known.seq} with hash {known.hash[:12]}, and now it is {found}",
        remedy="bring the ledger forward: a newer backup, the database that has those events, or `provision ledger"
        " take-over`. To go on with an older one, recover first (docs/operations.md), then restart this process",
    )


def _takers(keeper: Keeper, reinstated: Collection[str]) -> Iterator[tuple[Projected, Any]]:
    """The parts of the projection that a keeper takes, each with its method for it; others are none of its business."""
    methods = {
        "accounts": partial(keeper.take_accounts, reinstated=reinstated),
        "api_keys": keeper.take_keys,
        "ois": keeper.take_ois,
        "mandates": keeper.take_mandates,
        "unreadable": keeper.take_unreadable,
    }
    return ((kept, methods[kept.name]) for kept in PROJECTED if kept.name in methods)


def _all(reader: LedgerReader, kept: Projected) -> Iterator[Any]:
    return (kept.record(**row) for row in reader.stream(select(kept.table)))
