"""Indexes by which standing mandates of an OIS, and those whose last day is past, are found. Source: order cl. 5, 8."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add two indexes; the mandates stay as they are."""
    op.create_index("ledger_mandate_by_state", "ledger_mandate", ["ois", "state", "username"])
    op.create_index("ledger_mandate_by_end", "ledger_mandate", ["state", "until"])
