"""Authorities directly below a point of the hierarchy, each with how everything under it fares: one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from provisioning.ledger.queries.search import Criteria, Flag, account_conditions, flag_condition
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.records import AccountRecord, AccountState
from provisioning.model.sphere import SpherePath

_SEGMENT: Final = len("/46-0001234")
"""Of a sphere path; ids of institutions are all of one length."""


@dataclass(frozen=True, slots=True)
class Branch:
    """An authority, and accounts of everything under it, itself not counted. `flags` has all of them, zeros too."""

    authority: AccountRecord
    accounts: int
    deactivated: int
    flags: Mapping[Flag, int]


def branches(reader: LedgerReader, below: SpherePath | None, now: datetime) -> tuple[Branch, ...]:
    """Return the authorities directly below this path, by id; below None is the root authority."""
    table = schema.account.c
    depth = len(below or "") + _SEGMENT
    stem = func.substr(table.sphere, 1, depth)
    deactivated = func.count().filter(table.state == AccountState.DEACTIVATED)
    flags = [func.count().filter(flag_condition(flag, now)) for flag in Flag]
    counted = (
        select(stem, func.count(), deactivated, *flags)
        .where(*account_conditions(Criteria(below=below)), func.length(table.sphere) > depth)
        .group_by(stem)
    )
    figures = {row[0]: row[1:] for row in reader.connection.execute(counted)}
    heads = select(schema.account).where(
        *account_conditions(Criteria(below=below)),
        func.length(table.sphere) == depth,
        table.is_authority,
        table.state != AccountState.DEACTIVATED,
    )
    records = [AccountRecord(**row) for row in reader.connection.execute(heads.order_by(table.username)).mappings()]
    none = (0, 0, *(0 for _ in Flag))
    return tuple(_branch(record, figures.get(record.sphere, none)) for record in records)


def _branch(record: AccountRecord, row: tuple[int, ...]) -> Branch:
    accounts, deactivated, *flags = row
    return Branch(record, accounts, deactivated, dict(zip(Flag, flags, strict=True)))
