"""The table that says which programs may go on with tables of a later version than their own. One row."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from provisioning.ledger.store.schema import metadata

compatible = Table(
    "ledger_compatible",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("oldest_reader", String(4), nullable=False),
    Column("oldest_writer", String(4), nullable=False),
)
