"""Finding accounts among tens of thousands: by words, sphere, state and what they lack, page by page, and counted.

Works on the stored projection. One pass over the accounts answers in tens of milliseconds at 30,000 on both databases
(docs/performance.md), so there is no index to keep for words.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from provisioning.ledger.projection.projected import in_parts
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.calendar import kyiv_day
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateState
from provisioning.model.records import AccountRecord, AccountState, ApiKeyState
from provisioning.model.sphere import SpherePath
from provisioning.model.text import search_text

PAGE: Final = 50
ENDING_SOON: Final = timedelta(days=30)
"""A key that ends within this time is about to expire."""

_ESCAPE: Final = "\\"


class Flag(StrEnum):
    """What a person should look at in an account. Source: order cl. 4, 5."""

    NOT_ACTIVATED = "not-activated"
    NO_OIS = "no-ois"
    KEY_ENDING = "key-ending"


@dataclass(frozen=True, slots=True)
class Criteria:
    """Conditions of a search. `words` must all occur; `below` limits to what is under a sphere path, itself included.

    `agreed`: those that let an authority give mandates for them.
    `now` is what a flag is judged by: a mandate is in force on that day, a key ends within `ENDING_SOON` of it.
    """

    words: str = ""
    below: SpherePath | None = None
    state: AccountState | None = None
    kind: str | None = None
    agreed: bool = False
    flag: Flag | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page by username. `after` continues it, None at the end."""

    accounts: tuple[AccountRecord, ...]
    after: Username | None


def search_accounts(reader: LedgerReader, criteria: Criteria, *, after: str = "", limit: int = PAGE) -> AccountPage:
    """Return the first `limit` accounts after username `after` that fit."""
    table = schema.account
    query = select(table).where(*account_conditions(criteria), table.c.username > after)
    rows = reader.connection.execute(query.order_by(table.c.username).limit(limit + 1)).mappings().all()
    accounts = tuple(AccountRecord(**row) for row in rows[:limit])
    return AccountPage(accounts, accounts[-1].username if len(rows) > limit else None)


def count_accounts(reader: LedgerReader, criteria: Criteria) -> dict[AccountState, int]:
    """Count the accounts that fit, by state; states without any are left out."""
    table = schema.account
    query = select(table.c.state, func.count()).where(*account_conditions(criteria)).group_by(table.c.state)
    return {state: int(count) for state, count in reader.connection.execute(query)}


def count_flags(reader: LedgerReader, criteria: Criteria) -> dict[Flag, int]:
    """Count the accounts that fit and have each flag; flags that none has are left out."""
    counts = [func.count().filter(flag_condition(flag, criteria.now)) for flag in Flag]
    row = reader.connection.execute(
        select(*counts).select_from(schema.account).where(*account_conditions(criteria))
    ).one()
    return {flag: int(count) for flag, count in zip(Flag, row, strict=True) if count}


def flags_of(reader: LedgerReader, usernames: Collection[Username], now: datetime) -> dict[Username, tuple[Flag, ...]]:
    """Return the flags of each of these accounts that has any."""
    table, found = schema.account.c, dict[Username, tuple[Flag, ...]]()
    for part in in_parts(usernames):
        conditions = [flag_condition(flag, now) for flag in Flag]
        for username, *has in reader.connection.execute(
            select(table.username, *conditions).where(table.username.in_(part))
        ):
            if flags := tuple(flag for flag, one in zip(Flag, has, strict=True) if one):
                found[username] = flags
    return found


def flag_condition(flag: Flag, now: datetime) -> ColumnElement[bool]:
    """Return the condition on an account that it has this flag. An authority needs no OIS."""
    account, mandate = schema.account.c, schema.mandate.c
    if flag is Flag.NOT_ACTIVATED:
        return account.state.in_((AccountState.CREATED, AccountState.INVITED))
    living = account.state != AccountState.DEACTIVATED
    if flag is Flag.NO_OIS:
        on_the_day = or_(mandate.until.is_(None), mandate.until >= kyiv_day(now))
        served = select(mandate.username).where(mandate.state == MandateState.GRANTED, on_the_day)
        return and_(living, account.is_authority.is_(False), account.username.not_in(served))
    return and_(living, account.username.in_(_owners_of_ending_keys(now + ENDING_SOON)))


def account_conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    """Return the SQL conditions of a query over accounts."""
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
    if criteria.flag is not None:
        conditions.append(flag_condition(criteria.flag, criteria.now))
    return conditions


def _owners_of_ending_keys(soon: datetime) -> Select[tuple[str]]:
    """Accounts with a key that ends by then, and none that lasts longer.

    Refers to no row of the query around it: the database works it out once, not for every account.
    """
    key, other = schema.api_key.c, schema.api_key.alias().c
    over = [state for state in ApiKeyState if state.is_over]
    lasts = or_(other.ends_at.is_(None), other.ends_at > soon)
    another = exists().where(other.username == key.username, other.state.not_in(over), lasts)
    return select(key.username).where(key.ends_at <= soon, key.state.not_in(over), ~another)


def _literal(text: str) -> str:
    """Text in which nothing is a wildcard."""
    for letter in (_ESCAPE, "%", "_"):
        text = text.replace(letter, _ESCAPE + letter)
    return text
