"""Questions about mandates that the database answers by an index: there may be hundreds of thousands of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, or_, select

from provisioning.ledger.projection.projected import in_parts
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateRecord, MandateState, Slug


def mandate_counts(reader: LedgerReader, today: date) -> dict[Slug, int]:
    """Count by OIS the accounts whose mandate is in force on a day. OIS without any are absent."""
    table = schema.mandate
    stands = (table.c.state == MandateState.GRANTED) & or_(table.c.until.is_(None), table.c.until >= today)
    query = select(table.c.ois, func.count(table.c.username.distinct())).where(stands).group_by(table.c.ois)
    return {Slug(slug): int(count) for slug, count in reader.connection.execute(query)}


def mandates_standing(reader: LedgerReader, usernames: Collection[Username]) -> tuple[MandateRecord, ...]:
    """Return the mandates of these accounts that were not withdrawn, whether or not their last day is past."""
    table, found = schema.mandate, list[MandateRecord]()
    for part in in_parts(usernames):
        query = select(table).where(table.c.username.in_(part), table.c.state == MandateState.GRANTED)
        rows = reader.connection.execute(query.order_by(table.c.username, table.c.id)).mappings()
        found.extend(MandateRecord(**row) for row in rows)
    return tuple(found)


def mandates_past(reader: LedgerReader, today: date) -> tuple[MandateRecord, ...]:
    """Return the mandates whose last day is before this one and that were not withdrawn, by their ids."""
    table = schema.mandate
    query = select(table).where(table.c.state == MandateState.GRANTED, table.c.until < today).order_by(table.c.id)
    return tuple(MandateRecord(**row) for row in reader.connection.execute(query).mappings())


def accounts_with_mandate(reader: LedgerReader, ois: Slug) -> frozenset[Username]:
    """Return the accounts whose mandate for this OIS was not withdrawn."""
    table = schema.mandate
    query = select(table.c.username).where(table.c.ois == ois, table.c.state == MandateState.GRANTED)
    return frozenset(reader.connection.execute(query).scalars())


def accounts_that_gave_mandates(reader: LedgerReader, ois: Slug) -> tuple[Username, ...]:
    """Return the accounts that ever gave this OIS a mandate, withdrawn ones too, by username."""
    table = schema.mandate
    query = select(table.c.username).distinct().where(table.c.ois == ois).order_by(table.c.username)
    return tuple(reader.connection.execute(query).scalars())


def count_mandates(reader: LedgerReader, username: Username, ois: Slug) -> int:
    """Count the mandates that an account ever gave an OIS."""
    table = schema.mandate
    given = select(func.count()).where(table.c.username == username, table.c.ois == ois)
    return int(reader.connection.execute(given).scalar_one())
