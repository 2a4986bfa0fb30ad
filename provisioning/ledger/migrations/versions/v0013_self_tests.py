"""Self-tests of OIS in the sandbox: runs, and the requests that were seen in them.

The sandbox has a ledger of its own; in the real one the tables stay empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

TIME = sa.String(27)


def upgrade() -> None:
    """Build the two tables."""
    op.create_table(
        "ledger_self_test_run",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ois", sa.String(40), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("passed", sa.Integer, nullable=False),
        sa.Column("limited_until", TIME),
        sa.Column("cut_off_at", TIME),
        sa.Column("settled_at", TIME),
    )
    op.create_index("ledger_self_test_run_by_ois", "ledger_self_test_run", ["ois", "started_at"])
    op.create_table(
        "ledger_self_test_request",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("token_ends_at", TIME, nullable=False),
        sa.Column("token_in_url", sa.Boolean, nullable=False),
    )
