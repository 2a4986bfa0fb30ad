"""Figures over everything, counted by the database: accounts, keys, mandates, OIS, and what went through the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, distinct, func, or_, select, type_coerce

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
    """Every account generation, grouped."""
    table = schema.account.c
    oblast = func.substr(table.institution_id, 1, 2)
    query = select(table.kind, oblast, table.state, func.count()).group_by(table.kind, oblast, table.state)
    return tuple(Group(kind, place, state, count) for kind, place, state, count in reader.connection.execute(query))


def activations_by_month(reader: LedgerReader, since: date) -> dict[str, int]:
    """Month (`2026-11`) → accounts first activated in it; months without any are absent. Living accounts only."""
    table = schema.account.c
    month = func.substr(type_coerce(table.activated_at, String), 1, 7)
    living = table.state != AccountState.DEACTIVATED
    query = select(month, func.count()).where(table.activated_at.is_not(None), living).group_by(month).order_by(month)
    return {name: count for name, count in reader.connection.execute(query) if name >= f"{since:%Y-%m}"}


def accounts_with_a_key(reader: LedgerReader) -> int:
    """Living accounts whose API key somebody has seen."""
    key, account = schema.api_key.c, schema.account.c
    query = (
        select(func.count(distinct(key.username)))
        .join_from(schema.api_key, schema.account, key.username == account.username)
        .where(key.state == ApiKeyState.REVEALED, account.state != AccountState.DEACTIVATED)
    )
    return int(reader.connection.execute(query).scalar_one())


def accounts_with_an_ois(reader: LedgerReader, today: date) -> int:
    """Accounts with a mandate that stands."""
    table = schema.mandate.c
    stands = (table.state == MandateState.GRANTED) & or_(table.until.is_(None), table.until >= today)
    return int(reader.connection.execute(select(func.count(distinct(table.username))).where(stands)).scalar_one())


def ois_by_state(reader: LedgerReader) -> dict[OisState, int]:
    """How many OIS are in each state; states without any are absent."""
    query = select(schema.ois.c.state, func.count()).group_by(schema.ois.c.state)
    return {state: int(count) for state, count in reader.connection.execute(query)}


def traffic_by_ois(reader: LedgerReader, since: datetime) -> Mapping[Slug, Traffic]:
    """What went through each OIS since then, whole hours."""
    table = schema.access.c
    sums = (func.sum(table.allowed), func.sum(table.refused))
    query = select(table.ois, *sums).where(table.hour >= hour_number(since)).group_by(table.ois).order_by(table.ois)
    rows = reader.connection.execute(query)
    return {Slug(ois): Traffic(int(allowed), int(refused)) for ois, allowed, refused in rows if ois}
