"""The tables say which programs may go on with them: from here on a program and the next one work side by side."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

OLDEST_READER = "0023"
OLDEST_WRITER = "0023"


def upgrade() -> None:
    """Build the table; its row is written after the newest migration (`store.upgrading`)."""
    op.create_table(
        "ledger_compatible",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("oldest_reader", sa.String(4), nullable=False),
        sa.Column("oldest_writer", sa.String(4), nullable=False),
    )
