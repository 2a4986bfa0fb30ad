"""Subjects whose stored state is not what the events say: the watch notes them, and gates refuse them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"


def upgrade() -> None:
    """Build the table; the watch fills it."""
    op.create_table(
        "ledger_differing",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("noun", sa.String(20), nullable=False),
        sa.Column("found_at", sa.String(27), nullable=False),
    )
