"""Applications of OIS, their one-time links, and uploaded files. Not the record: rows of the first two can go."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIME = sa.String(27)
HASH = sa.String(64)
SLUG = sa.String(40)


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "ledger_application",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("slug", SLUG, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("idempotency", HASH),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME),
    )
    op.create_index("ledger_application_by_slug", "ledger_application", ["slug"])
    op.create_index("ledger_application_by_idempotency", "ledger_application", ["idempotency"], unique=True)
    op.create_table(
        "ledger_application_link",
        sa.Column("digest", HASH, primary_key=True),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
    )
    op.create_index("ledger_application_link_by_application", "ledger_application_link", ["application_id"])
    op.create_table(
        "ledger_paper",
        sa.Column("slug", SLUG, primary_key=True),
        sa.Column("sha256", HASH, primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("uploaded_at", TIME, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
