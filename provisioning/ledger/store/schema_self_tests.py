"""The tables of self-tests, in the same metadata as all others; `schema` has the rule about them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from provisioning.ledger.store.columns import EnumText, UtcTime
from provisioning.ledger.store.schema import metadata
from provisioning.model.self_test import RunState

self_test_run = Table(
    "ledger_self_test_run",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ois", String(40), nullable=False),
    Column("username", String(64), nullable=False),
    Column("key", String(100), nullable=False),
    Column("state", EnumText(RunState), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("limited_until", UtcTime),
    Column("cut_off_at", UtcTime),
    Column("settled_at", UtcTime),
    Index("ledger_self_test_run_by_ois", "ois", "started_at"),
)

self_test_request = Table(
    "ledger_self_test_request",
    metadata,
    Column("run", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("method", String(20), nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("reason", String(40)),
    Column("token", String(16), nullable=False),
    Column("token_ends_at", UtcTime, nullable=False),
    Column("token_in_url", Boolean, nullable=False),
)
