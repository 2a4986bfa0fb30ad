"""The journal: accounts that needed nothing when they were last looked at, and Keycloak's change marks of that moment.

A cache, not a record: it may be emptied at any time, which costs one plan that reads all of Keycloak. An entry is the
digest of what was wanted of an account at the moment when Keycloak had just that. Entries of another edition of the
program do not count. Source: decision 13.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from provisioning.ledger.projection.projected import in_parts
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import OnConflict, insert_rows
from provisioning.ledger.transaction import LedgerTransaction
from provisioning.model.identifiers import Username

_ROWS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Settled:
    """An account that needs nothing, and the digest of what was wanted of it."""

    username: Username
    digest: str


def settled(reader: LedgerReader, edition: str) -> dict[Username, str]:
    """Return every entry of this edition: username → digest."""
    journal = schema.journal.c
    query = select(journal.username, journal.digest).where(journal.edition == edition)
    return dict(reader.connection.execute(query).all())


def settle(transaction: LedgerTransaction, entries: Iterable[Settled], edition: str, as_of: datetime) -> None:
    """Note that these accounts need nothing, as seen at `as_of` (UTC). What was noted later than that stays."""
    table = schema.journal
    rows = [
        {"username": entry.username, "digest": entry.digest, "settled_at": as_of, "edition": edition}
        for entry in entries
    ]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        batch = rows[start : start + _ROWS_AT_ONCE]
        insert_rows(transaction.connection, table, batch, OnConflict.UPDATE, only_if=table.c.settled_at <= as_of)


def unsettle(transaction: LedgerTransaction, usernames: Collection[str]) -> None:
    """Forget these accounts: the next plan asks Keycloak about each."""
    for part in in_parts(usernames):
        transaction.connection.execute(delete(schema.journal).where(schema.journal.c.username.in_(part)))


def forget(transaction: LedgerTransaction) -> None:
    """Empty the journal: the next plan reads all of Keycloak."""
    transaction.connection.execute(delete(schema.journal))
    transaction.connection.execute(delete(schema.change_mark))


def change_marks(reader: LedgerReader) -> dict[str, str]:
    """Return the noted change marks of Keycloak, by name."""
    return dict(reader.connection.execute(select(schema.change_mark.c.name, schema.change_mark.c.value)).all())


def note_change_marks(transaction: LedgerTransaction, values: Mapping[str, str], now: datetime) -> None:
    """Replace these marks."""
    rows = [{"name": name, "value": value, "noted_at": now} for name, value in values.items()]
    insert_rows(transaction.connection, schema.change_mark, rows, OnConflict.UPDATE)


def count_on(transaction: LedgerTransaction, name: str, more: int, now: datetime) -> None:
    """Add to a mark that is a number, because of something that we did ourselves; nothing when it is not noted."""
    table = schema.change_mark
    known = transaction.connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
    if known is not None and more:
        note_change_marks(transaction, {name: str(int(known) + more)}, now)
