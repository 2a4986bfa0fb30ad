"""The first tables: events that can only be added, what they add up to, tasks, mail and leases.

Source: order cl. 12 (tamper evidence).
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

REFUSAL = "the ledger is append-only: recorded events are neither changed nor removed"

TIME = sa.String(27)
WORD = sa.String(40)

POSTGRESQL_GUARD = f"""
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER ledger_event_append_only;
"""

LAST = "(SELECT max(seq) FROM ledger_event)"

# The third one is against INSERT OR REPLACE, which deletes without asking the triggers on DELETE.
SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER {name} BEFORE {action} ON ledger_event BEGIN SELECT RAISE(ABORT, '{REFUSAL}') {condition}; END"
    for name, action, condition in (
        ("ledger_event_no_update", "UPDATE", ""),
        ("ledger_event_no_delete", "DELETE", ""),
        ("ledger_event_no_replace", "INSERT", f"WHERE NEW.seq <= {LAST}"),
    )
)


def upgrade() -> None:
    """Build everything."""
    _events()
    _projections()
    _tasks_and_mail()
    _leases()
    if op.get_context().dialect.name == "postgresql":
        op.execute(POSTGRESQL_GUARD)
    else:
        for guard in SQLITE_GUARDS:
            op.execute(guard)


def _events() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "ledger_event",
        sa.Column("seq", number, primary_key=True, autoincrement=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("clause", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ledger_event_by_subject", "ledger_event", ["subject", "seq"])


def _projections() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("username", sa.String(64), primary_key=True),
        sa.Column("institution_id", sa.String(64), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("is_authority", sa.Boolean, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("base_key_id", sa.Text),
        sa.Column("invited_at", TIME),
        sa.Column("activated_at", TIME),
        sa.Column("deactivated_at", TIME),
        sa.Column("deactivation_reason", sa.Text),
        sa.Column("deactivation_document", sa.Text),
    )
    op.create_table(
        "ledger_api_key",
        sa.Column("client_id", sa.String(100), primary_key=True),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("revealed_at", TIME),
        sa.Column("fingerprint", sa.Text),
        sa.Column("ended_at", TIME),
        sa.Column("ends_at", TIME),
    )
    op.create_index("ledger_api_key_by_username", "ledger_api_key", ["username", "number"])


def _tasks_and_mail() -> None:
    op.create_table(
        "ledger_task",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("event_seq", sa.BigInteger),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("done_at", TIME),
    )
    op.create_index("ledger_task_by_done", "ledger_task", ["done_at", "created_at"])
    op.create_table(
        "ledger_mail",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("subject_account", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_at", TIME),
    )
    op.create_index("ledger_mail_by_state", "ledger_mail", ["state", "next_try_at"])


def _leases() -> None:
    op.create_table(
        "ledger_lease",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("acquired_at", TIME, nullable=False),
        sa.Column("renewed_at", TIME, nullable=False),
        sa.Column("renewals", sa.BigInteger, nullable=False),
        sa.Column("ttl_ms", sa.BigInteger, nullable=False),
        sa.Column("released_at", TIME),
    )
