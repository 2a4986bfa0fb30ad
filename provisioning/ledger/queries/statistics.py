"""Figures over everything, counted by the database: accounts, keys, mandates, OIS, and what went through the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import distinct, func, or_, select

from provisioning.ledger.operational.access import hour_number
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.ois import MandateState, OisState, Slug
from provisioning.model.records import AccountState, ApiKeyState


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts of one kind, in one oblast (the two digits its ids begin with), in one state."""

    kind: str
    oblast: str
    state: AccountState
    count: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests for data that the gate allowed and refused."""

    allowed: int
    refused: int


def account_groups(reader: LedgerReader) -> tuple[Group, ...]:
    """Return every account generation, grouped."""
    table = schema.account.c
    oblast = func.substr(table.institution_id, 1, 2)
    query = select(table.kind, oblast, table.state, func.count()).group_by(table.kind, oblast, table.state)
    return tuple(Group(kind, place, state, count) for kind, place, state, count in reader.connection.execute(query))


def activations_between(reader: LedgerReader, moments: Sequence[datetime]) -> tuple[int, ...]:
    """Count the living accounts first activated between each moment and the one after it, in one pass."""
    table = schema.account.c
    counts = [
        func.count().filter(table.activated_at >= since, table.activated_at < end) for since, end in pairwise(moments)
    ]
    living = table.state != AccountState.DEACTIVATED
    return tuple(map(int, reader.connection.execute(select(*counts).where(living)).one()))


def accounts_with_a_key(reader: LedgerReader) -> int:
    """Count living accounts whose API key was revealed."""
    key, account = schema.api_key.c, schema.account.c
    query = (
        select(func.count(distinct(key.username)))
        .join_from(schema.api_key, schema.account, key.username == account.username)
        .where(key.state == ApiKeyState.REVEALED, account.state != AccountState.DEACTIVATED)
    )
    return int(reader.connection.execute(query).scalar_one())


def accounts_with_an_ois(reader: LedgerReader, today: date) -> int:
    """Count accounts with a mandate in force."""
    table = schema.mandate.c
    stands = (table.state == MandateState.GRANTED) & or_(table.until.is_(None), table.until >= today)
    return int(reader.connection.execute(select(func.count(distinct(table.username))).where(stands)).scalar_one())


def ois_by_state(reader: LedgerReader) -> dict[OisState, int]:
    """Return how many OIS are in each state; states without any are absent."""
    query = select(schema.ois.c.state, func.count()).group_by(schema.ois.c.state)
    return {state: int(count) for state, count in reader.connection.execute(query)}


def traffic_by_ois(reader: LedgerReader, since: datetime) -> Mapping[Slug, Traffic]:
    """Return the requests that went through each OIS since then, in whole hours."""
    table = schema.access.c
    sums = (func.sum(table.allowed), func.sum(table.refused))
    query = select(table.ois, *sums).where(table.hour >= hour_number(since)).group_by(table.ois).order_by(table.ois)
    rows = reader.connection.execute(query)
    return {Slug(ois): Traffic(int(allowed), int(refused)) for ois, allowed, refused in rows if ois}
