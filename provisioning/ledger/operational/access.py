"""Counts of who reached whose data, kept beside the chain of events: written every second, forgotten after a while.

The hour leads the key, so that what is old lies together and is quick to delete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select, tuple_

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import OnConflict, insert_rows
from provisioning.model.access import AccessCount

_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def add_counts(connection: Connection, counts: Sequence[AccessCount]) -> None:
    """Add to what is counted already. Not safe to repeat: each count is added once.

    Rows are taken in the order of their key, so that several gates never wait for each other in a circle.
    """
    rows = sorted((_row(count) for count in counts), key=lambda row: tuple(row.values())[:5])
    insert_rows(connection, schema.access, rows, OnConflict.UPDATE, changes=_added)


def counts(
    reader: LedgerReader,
    since: datetime,
    until: datetime,
    *,
    reached: str | None = None,
    ois: str | None = None,
    limit: int | None = None,
) -> Iterator[AccessCount]:
    """Yield counts of the hours from `since` to `until`, newest first: of one institution's data, of one OIS, or of
    all.
    """
    table = schema.access
    query = select(table).where(table.c.hour >= hour_number(since), table.c.hour <= hour_number(until))
    if reached is not None:
        query = query.where(table.c.reached == reached)
    if ois is not None:
        query = query.where(table.c.ois == ois)
    order = (table.c.hour.desc(), table.c.reached, table.c.by_institution, table.c.ois, table.c.used_right)
    return (_count(row) for row in reader.connection.execute(query.order_by(*order).limit(limit)).mappings())


def forget_counts(connection: Connection, before: datetime, most: int) -> int:
    """Delete up to `most` rows of the hours before `before`; how many there were. `access_keeping` knows when."""
    table = schema.access
    key = tuple_(*table.primary_key.columns)
    old = select(*table.primary_key.columns).where(table.c.hour < hour_number(before)).limit(most)
    return connection.execute(table.delete().where(key.in_(old))).rowcount


def hour_number(at: datetime) -> int:
    """Return the hour that a time falls into, counted from 1970."""
    return (at - _EPOCH) // _HOUR


def hour_of(number: int) -> datetime:
    """Return the hour that a time falls into, counted from 1970."""
    return _EPOCH + number * _HOUR


def _added(new: Any) -> dict[str, Any]:
    old = schema.access.c
    return {
        "allowed": old.allowed + new.allowed,
        "refused": old.refused + new.refused,
        "first_refusal": func.coalesce(old.first_refusal, new.first_refusal),
        "last_at": new.last_at,
    }


def _row(count: AccessCount) -> dict[str, Any]:
    return {
        "hour": hour_number(count.hour),
        "reached": count.reached,
        "by_institution": count.by,
        "ois": count.ois,
        "used_right": count.right,
        "allowed": count.allowed,
        "refused": count.refused,
        "first_refusal": count.first_refusal,
        "last_at": count.last_at,
    }


def _count(row: Any) -> AccessCount:
    return AccessCount(
        hour_of(row["hour"]),
        row["reached"],
        row["by_institution"],
        row["ois"],
        row["used_right"],
        row["allowed"],
        row["refused"],
        row["first_refusal"],
        row["last_at"],
    )
