"""Codes, official e-mail and search text of each account. Source: order cl. 2, 9.

Births always recorded the e-mail; codes are empty until an event names them. The search text follows from all of it.
"""

import json

import sqlalchemy as sa
from alembic import op

from provisioning.model.text import search_text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns and fill them from what is known."""
    for name in ("edrpou", "edebo_id", "katottg", "email", "search"):
        op.add_column("ledger_account", sa.Column(name, sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    births = connection.execute(sa.text("SELECT subject, data FROM ledger_event WHERE kind = 'account:created'")).all()
    emails = {subject: json.loads(data).get("email") or "" for subject, data in births}
    accounts = connection.execute(sa.text("SELECT username, institution_id, name FROM ledger_account")).all()
    rows = [
        {
            "username": username,
            "email": emails.get(username, ""),
            "search": search_text((name, institution, "", "", "", emails.get(username, ""))),
        }
        for username, institution, name in accounts
    ]
    if rows:
        connection.execute(
            sa.text("UPDATE ledger_account SET email = :email, search = :search WHERE username = :username"), rows
        )
