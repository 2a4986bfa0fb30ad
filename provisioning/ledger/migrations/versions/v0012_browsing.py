"""Indexes by which people look for events: what happened, and who did it. Source: order cl. 12."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add two indexes; the events stay as they are."""
    op.create_index("ledger_event_by_kind", "ledger_event", ["kind", "seq"])
    op.create_index("ledger_event_by_actor", "ledger_event", ["actor", "seq"])
