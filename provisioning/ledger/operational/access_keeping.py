"""How long counts are kept: on PostgreSQL months are dropped whole, on SQLite rows are deleted in small steps.

Made for `provision watch`; a gate only adds. A month of PostgreSQL goes when all of it is too old, so some counts stay
for up to a month longer. Source: order cl. 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from provisioning.ledger.ledger import Ledger
from provisioning.ledger.operational.access import forget_counts, hour_number

STEP_ROWS: Final = 5_000
"""Rows deleted in one transaction: on SQLite a gate that writes its counts waits for no longer than that takes."""

_KEEP: Final = text("SELECT made, dropped, deleted FROM ledger_access_keep(:now_hour, :oldest, :step)")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done: partitions made for months to come, partitions dropped, rows deleted one by one."""

    made: int = 0
    dropped: int = 0
    deleted: int = 0


def keep_counts(ledger: Ledger, now: datetime, keep: timedelta, *, step_rows: int = STEP_ROWS) -> Kept:
    """Forget what is older than `keep`, and make room for the months ahead. Repeating it is safe."""
    made = dropped = deleted = 0
    while True:
        step = _step(ledger, now, now - keep, step_rows)
        made, dropped, deleted = made + step.made, dropped + step.dropped, deleted + step.deleted
        if step.deleted < step_rows:
            return Kept(made, dropped, deleted)


def _step(ledger: Ledger, now: datetime, before: datetime, step_rows: int) -> Kept:
    with ledger.aside() as connection:
        if connection.dialect.name != "postgresql":
            return Kept(deleted=forget_counts(connection, before, step_rows))
        bounds = {"now_hour": hour_number(now), "oldest": hour_number(before), "step": step_rows}
        return Kept(*connection.execute(_KEEP, bounds).one())
