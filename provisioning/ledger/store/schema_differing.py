"""The table of subjects whose stored state is not what the events say, in the same metadata as all others.

The watch writes it and gate nodes read it; it is no part of the projection.
"""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from provisioning.ledger.store.columns import UtcTime
from provisioning.ledger.store.schema import metadata

differing = Table(
    "ledger_differing",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("noun", String(20), nullable=False),
    Column("found_at", UtcTime, nullable=False),
)
