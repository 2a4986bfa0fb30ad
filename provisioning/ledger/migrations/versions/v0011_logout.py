"""Sessions of the sidecar that Keycloak has ended: kept for as long as such a session could still be shown."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

TIME = sa.String(27)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "ledger_logout",
        sa.Column("token_id", sa.String(255), primary_key=True),
        sa.Column("sid", sa.String(255)),
        sa.Column("subject", sa.String(255)),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("ledger_logout_by_sid", "ledger_logout", ["sid"])
    op.create_index("ledger_logout_by_subject", "ledger_logout", ["subject"])
