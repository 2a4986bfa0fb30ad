"""Tasks that Keycloak refuses: how often, why, and when they are tried again. Source: order cl. 8."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add three columns; tasks that wait have not failed."""
    op.add_column("ledger_task", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
    op.add_column("ledger_task", sa.Column("next_try_at", sa.String(27)))
    op.add_column("ledger_task", sa.Column("last_error", sa.Text))
