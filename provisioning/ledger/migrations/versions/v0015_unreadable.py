"""Subjects of which the record holds an event that no type reads. Source: order cl. 12."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Build the table; opening the ledger fills it from the events."""
    op.create_table(
        "ledger_unreadable",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
