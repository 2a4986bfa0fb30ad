"""On PostgreSQL a role records a kind in the name of its own actors only: the desk none as an institution.

What was granted before is gone: after a migration the owner grants anew (`provision ledger grant`).
Source: order cl. 12; docs/security.md row 65.
"""

import sqlalchemy as sa
from alembic import op

from provisioning.ledger.migrations.versions.v0021_database_decides import FOLLOWS, PATH

revision = "0022"
down_revision = "0021"

OLD = "SELECT 1 FROM ledger_power WHERE role = current_user AND kind = NEW.kind"
NEW = f"{OLD} AND actor = split_part(NEW.actor, ':', 1)"
REFUSED = "'role % may not record %', current_user, NEW.kind USING"
REFUSED_BY_ACTOR = "'role % may not record % as %', current_user, NEW.kind, NEW.actor USING"


def upgrade() -> None:
    """Add the actor to what a role may record; the function reads it."""
    op.drop_table("ledger_power")
    op.create_table(
        "ledger_power",
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("actor", sa.String(20), primary_key=True),
    )
    if op.get_context().dialect.name != "postgresql":
        return
    function = FOLLOWS.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    function = function.replace(OLD, NEW).replace(REFUSED, REFUSED_BY_ACTOR)
    op.execute(sa.text(function.replace(":", "\\:")))
    op.execute(sa.text(PATH.format("ledger_event_follows()")))
