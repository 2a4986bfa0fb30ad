"""What `provision watch` keeps for itself: how its duties fare, and when API keys were last used. Not the record."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME = sa.String(27)


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "ledger_duty",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("ran_at", TIME, nullable=False),
        sa.Column("succeeded_at", TIME),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("attention", sa.Text),
        sa.Column("facts", sa.Text, nullable=False),
    )
    op.create_table(
        "ledger_key_use",
        sa.Column("client_id", sa.String(100), primary_key=True),
        sa.Column("used_at", TIME, nullable=False),
    )
