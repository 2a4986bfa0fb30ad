"""Authorities that give mandates for institutions which agreed: the switch, and who gave a mandate. Order cl. 5."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add one column to accounts and one to mandates; what is on record has neither."""
    column = sa.Column("authority_grants", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("ledger_account", column)
    op.add_column("ledger_mandate", sa.Column("authority", sa.Text))
