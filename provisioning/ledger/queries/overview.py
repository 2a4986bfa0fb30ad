"""The ledger at a glance: how much is recorded, what is still to be done, and who is at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, func, select

from provisioning.ledger.leases.lease import LeaseRecord, leases
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts by state, the end of the chain, and the leases that are held. Times are UTC."""

    events: int
    last_at: datetime
    head: str
    accounts: Mapping[str, int]
    api_keys: Mapping[str, int]
    ois: Mapping[str, int]
    mandates: Mapping[str, int]
    pending_tasks: Mapping[str, int]
    mails: Mapping[str, int]
    held: tuple[LeaseRecord, ...]


def overview(reader: LedgerReader) -> Overview:
    """Read it all of one moment."""
    head = reader.chain_head()
    return Overview(
        events=head.seq,
        last_at=head.at,
        head=head.hash,
        accounts=_count(reader, schema.account.c.state),
        api_keys=_count(reader, schema.api_key.c.state),
        ois=_count(reader, schema.ois.c.state),
        mandates=_count(reader, schema.mandate.c.state),
        pending_tasks=_count(reader, schema.task.c.action, schema.task.c.done_at),
        mails=_count(reader, schema.mail.c.state),
        held=tuple(lease for lease in leases(reader) if not lease.is_free),
    )


def _count(reader: LedgerReader, column: Column[str], absent: Column[datetime] | None = None) -> dict[str, int]:
    """How many rows have each value of `column`; only those in which `absent` is NULL, if given."""
    query = select(column, func.count()).group_by(column)
    if absent is not None:
        query = query.where(absent.is_(None))
    counted = {str(value): int(count) for value, count in reader.connection.execute(query)}
    return dict(sorted(counted.items()))
