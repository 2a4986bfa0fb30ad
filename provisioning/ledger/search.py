"""Finding accounts among tens of thousands: by words, sphere and state, page by page, and counted by state.

Works on the stored projection. One pass over the accounts answers in tens of milliseconds at 30,000 on both databases,
so there is no index to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select

from ..model.identifiers import Username
from ..model.names import search_text
from ..model.records import AccountRecord, AccountState
from ..model.sphere import SpherePath
from . import schema
from .reader import LedgerReader

PAGE: Final = 50
_ESCAPE: Final = "\\"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for. `words` must all occur; `below` limits to what is under a sphere path, itself included.

    `agreed`: those that let an authority give mandates for them.
    """

    words: str = ""
    below: SpherePath | None = None
    state: AccountState | None = None
    kind: str | None = None
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One page by username. `after` continues it, None at the end."""

    accounts: tuple[AccountRecord, ...]
    after: Username | None


def search_accounts(reader: LedgerReader, criteria: Criteria, *, after: str = "", limit: int = PAGE) -> Found:
    """The first `limit` accounts after username `after` that fit."""
    table = schema.account
    query = select(table).where(*_conditions(criteria), table.c.username > after)
    rows = reader.connection.execute(query.order_by(table.c.username).limit(limit + 1)).mappings().all()
    accounts = tuple(AccountRecord(**row) for row in rows[:limit])
    return Found(accounts, accounts[-1].username if len(rows) > limit else None)


def count_accounts(reader: LedgerReader, criteria: Criteria) -> dict[AccountState, int]:
    """How many accounts fit, by state; states without any are left out."""
    table = schema.account
    query = select(table.c.state, func.count()).where(*_conditions(criteria)).group_by(table.c.state)
    return {state: int(count) for state, count in reader.connection.execute(query)}


def _conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    table = schema.account.c
    conditions: list[ColumnElement[bool]] = [
        table.search.like(f"%{_literal(word)}%", escape=_ESCAPE) for word in search_text((criteria.words,)).split()
    ]
    if criteria.below is not None:
        under = table.sphere.like(f"{_literal(criteria.below)}/%", escape=_ESCAPE)
        conditions.append((table.sphere == criteria.below) | under)
    if criteria.state is not None:
        conditions.append(table.state == criteria.state)
    if criteria.agreed:
        conditions.append(table.authority_grants)
    if criteria.kind is not None:
        conditions.append(table.kind == criteria.kind)
    return conditions


def _literal(text: str) -> str:
    """Text in which nothing is a wildcard."""
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text
