"""The table of refused subjects, in the same metadata as all others; `schema` has the rule about them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from provisioning.ledger.store.schema import metadata

unreadable = Table(
    "ledger_unreadable",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", Text, nullable=False),
)
