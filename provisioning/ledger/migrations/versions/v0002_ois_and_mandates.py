"""OIS, their mandates, and of an account its kind, sphere, name and direct use.

Births always recorded the kind, so it is taken from them; the other fields are empty until an event names them, as
for the projection itself. Source: order cl. 3, 5, 6.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.String(27)
DAY = sa.String(10)
WORD = sa.String(40)


def upgrade() -> None:
    """Add columns and tables."""
    op.add_column("ledger_account", sa.Column("kind", WORD, nullable=False, server_default=""))
    op.add_column("ledger_account", sa.Column("sphere", sa.Text, nullable=False, server_default=""))
    op.add_column("ledger_account", sa.Column("name", sa.Text, nullable=False, server_default=""))
    op.add_column("ledger_account", sa.Column("direct_use", sa.Boolean, nullable=False, server_default=sa.false()))
    _take_kinds_from_births()
    _ois()
    _mandates()


def _take_kinds_from_births() -> None:
    connection = op.get_bind()
    births = connection.execute(sa.text("SELECT subject, data FROM ledger_event WHERE kind = 'account:created'")).all()
    kinds = [{"username": subject, "kind": json.loads(data).get("kind") or ""} for subject, data in births]
    if kinds:
        connection.execute(sa.text("UPDATE ledger_account SET kind = :kind WHERE username = :username"), kinds)


def _ois() -> None:
    op.create_table(
        "ledger_ois",
        sa.Column("slug", sa.String(40), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("edrpou", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("rights", sa.Text, nullable=False),
        sa.Column("applied_at", TIME, nullable=False),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("connected_at", TIME),
        sa.Column("suspended_at", TIME),
        sa.Column("suspension_reason", sa.Text),
        sa.Column("agreement_version", sa.Text),
        sa.Column("conclusion_number", sa.Text),
        sa.Column("conclusion_until", DAY),
        sa.Column("conclusion_outcome", WORD),
        sa.Column("agreement_submitted", sa.Text),
        sa.Column("requested_rights", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("jwks", sa.Text),
        sa.Column("redirect_uris", sa.Text, nullable=False),
        sa.Column("networks", sa.Text, nullable=False),
        sa.Column("data_location", sa.Text, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("changed_seq", sa.BigInteger, nullable=False),
    )


def _mandates() -> None:
    op.create_table(
        "ledger_mandate",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("ois", WORD, nullable=False),
        sa.Column("rights", sa.Text, nullable=False),
        sa.Column("contract_number", sa.Text, nullable=False),
        sa.Column("contract_date", DAY, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("granted_at", TIME, nullable=False),
        sa.Column("until", DAY),
        sa.Column("withdrawn_at", TIME),
        sa.Column("withdrawal_reason", sa.Text),
        sa.Column("changed_seq", sa.BigInteger, nullable=False),
    )
    op.create_index("ledger_mandate_by_username", "ledger_mandate", ["username"])
    op.create_index("ledger_mandate_by_ois", "ledger_mandate", ["ois", "changed_seq"])
