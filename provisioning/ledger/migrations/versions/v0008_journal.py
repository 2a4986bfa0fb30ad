"""The journal: which accounts were found or made as they should be, and what Keycloak looked like from afar then.

A cache that may be emptied at any time. Source: decision 13.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TIME = sa.String(27)


def upgrade() -> None:
    """Build the two tables."""
    op.create_table(
        "ledger_journal",
        sa.Column("username", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("settled_at", TIME, nullable=False),
        sa.Column("edition", sa.String(64), nullable=False),
    )
    op.create_table(
        "ledger_sign",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("noted_at", TIME, nullable=False),
    )
