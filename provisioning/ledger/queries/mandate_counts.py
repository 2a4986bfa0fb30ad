"""How many accounts have given each OIS a mandate, counted by the database: there may be tens of thousands."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.ois import MandateState, Slug


def mandate_counts(reader: LedgerReader, today: date) -> dict[Slug, int]:
    """OIS → number of accounts whose mandate stands on a day. OIS without any are absent."""
    table = schema.mandate
    stands = (table.c.state == MandateState.GRANTED) & or_(table.c.until.is_(None), table.c.until >= today)
    query = select(table.c.ois, func.count(table.c.username.distinct())).where(stands).group_by(table.c.ois)
    return {Slug(slug): int(count) for slug, count in reader.connection.execute(query)}
