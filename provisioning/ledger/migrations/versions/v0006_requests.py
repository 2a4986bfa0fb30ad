"""Requests to the Administrator. Source: order cl. 9."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TIME = sa.String(27)
WORD = sa.String(40)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "ledger_request",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("filed_by", sa.Text, nullable=False),
        sa.Column("filed_at", TIME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("document", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", TIME),
        sa.Column("answer", sa.Text),
    )
    op.create_index("ledger_request_by_state", "ledger_request", ["state", "filed_at"])
    op.create_index("ledger_request_by_username", "ledger_request", ["username", "filed_at"])
