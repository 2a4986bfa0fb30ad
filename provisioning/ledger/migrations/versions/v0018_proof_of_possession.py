"""Whether an OIS needs tokens that are bound to its key (DPoP, RFC 9449). Source: order cl. 6, 12."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"


def upgrade() -> None:
    """Add one column: what is on record needs none, until an event says so."""
    column = sa.Column("proof_required", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("ledger_ois", column)
