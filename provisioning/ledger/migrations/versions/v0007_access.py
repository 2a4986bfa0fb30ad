"""Counts of who reached whose data. Source: order cl. 12."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table; nothing is known of the time before it."""
    op.create_table(
        "ledger_access",
        sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reached", sa.String(16), primary_key=True),
        sa.Column("by_institution", sa.String(16), primary_key=True),
        sa.Column("ois", sa.String(40), primary_key=True),
        sa.Column("used_right", sa.String(100), primary_key=True),
        sa.Column("allowed", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("first_refusal", sa.String(40)),
        sa.Column("last_at", sa.String(27), nullable=False),
    )
    op.create_index("ledger_access_by_reached", "ledger_access", ["reached", "hour"])
    op.create_index("ledger_access_by_ois", "ledger_access", ["ois", "hour"])
