"""The tables by which PostgreSQL decides: who may record which kinds as whom, and which shape their data has.

`ledger.grants` and `store.upgrading` fill them as the owner. In the same metadata as all others.
"""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from provisioning.ledger.store.schema import metadata

power = Table(
    "ledger_power",
    metadata,
    Column("role", Text, primary_key=True),
    Column("kind", String(40), primary_key=True),
    Column("actor", String(20), primary_key=True),
)

shape = Table(
    "ledger_shape",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("shape", Text, nullable=False),
)
"""Kind → the shape of its data, as canonical JSON; a kind without a row is recorded by the owner alone."""

meaning = Table(
    "ledger_meaning",
    metadata,
    Column("relation", Text, primary_key=True),
    Column("kind", String(40), primary_key=True),
)
"""Which kinds change which stored state. Programs before version 0024 fill it; nothing reads it since."""
