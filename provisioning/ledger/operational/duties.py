"""How the duties of `provision watch` fare: last run and failure, what waits for a person. A cache, not the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import OnConflict, insert_rows
from provisioning.ledger.transaction import LedgerTransaction
from provisioning.model.events import JsonValue


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """One duty. Times are UTC; `failures` counts those in a row; `error` is the last failure, None after a success."""

    name: str
    holder: str
    ran_at: datetime
    succeeded_at: datetime | None = None
    failures: int = 0
    error: str | None = None
    attention: str | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)


def record_duty(transaction: LedgerTransaction, record: DutyRecord) -> None:
    """Put the record in the place of the one before."""
    insert_rows(transaction.connection, schema.duty, [asdict(record)], OnConflict.UPDATE)


def duties(reader: LedgerReader) -> dict[str, DutyRecord]:
    """Return every duty that ever ran, by name."""
    rows = reader.connection.execute(select(schema.duty).order_by(schema.duty.c.name)).mappings()
    return {row["name"]: DutyRecord(**row) for row in rows}
