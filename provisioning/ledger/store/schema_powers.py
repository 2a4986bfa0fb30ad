"""The tables by which PostgreSQL decides: who may record which kinds as whom, and which kinds change what is stored.

`ledger.grants` fills them as the owner; on SQLite they are empty. In the same metadata as all others.
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

meaning = Table(
    "ledger_meaning",
    metadata,
    Column("relation", Text, primary_key=True),
    Column("kind", String(40), primary_key=True),
)
