"""On PostgreSQL the database itself decides what may be recorded, and which stored verdict may change.

Source: order cl. 11, 12; docs/security.md row 65.
"""

import sqlalchemy as sa
from alembic import op

from provisioning.ledger.store.engine import ADVISORY_LOCK

revision = "0021"
down_revision = "0020"

NAMES = "'integrity_constraint_violation'"

# RFC 8785 of an event: names in their order, texts as to_json writes them, the data as it stands.
FOLLOWS = f"""
CREATE FUNCTION ledger_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
    said text;
BEGIN
    PERFORM pg_advisory_xact_lock({ADVISORY_LOCK});
    IF NOT ledger_is_owner(TG_RELID) AND NOT EXISTS (
        SELECT 1 FROM ledger_power WHERE role = current_user AND kind = NEW.kind
    ) THEN
        RAISE EXCEPTION 'role % may not record %', current_user, NEW.kind USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT seq, hash, at INTO last FROM ledger_event ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.prev_hash <> coalesce(last.hash, repeat('0', 64)) THEN
        RAISE EXCEPTION 'event % does not follow from event %', NEW.seq, coalesce(last.seq, 0) USING ERRCODE = {NAMES};
    END IF;
    IF NEW.at COLLATE "C" < last.at COLLATE "C" THEN
        RAISE EXCEPTION 'event % is dated before event %', NEW.seq, last.seq USING ERRCODE = {NAMES};
    END IF;
    said := '{{"actor":' || to_json(NEW.actor) || ',"at":' || to_json(NEW.at) || ',"clause":' || to_json(NEW.clause)
        || ',"data":' || NEW.data || ',"kind":' || to_json(NEW.kind) || ',"prev_hash":' || to_json(NEW.prev_hash)
        || ',"reason":' || coalesce(to_json(NEW.reason)::text, 'null') || ',"seq":' || NEW.seq
        || ',"subject":' || to_json(NEW.subject) || '}}';
    IF NEW.hash <> encode(sha256(convert_to(said, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'event % has a hash that is not its own', NEW.seq USING ERRCODE = {NAMES};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_event_follows BEFORE INSERT ON ledger_event
    FOR EACH ROW EXECUTE FUNCTION ledger_event_follows();
ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER ledger_event_follows;
"""  # noqa: S608 - constants only

OWNER = """
CREATE FUNCTION ledger_is_owner(relation oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = relation
$$;
"""

# Arguments of the trigger: column and prefix of the subject, another column of it, then the states that are final.
VERDICTS = f"""
CREATE FUNCTION ledger_verdict_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given jsonb := to_jsonb(NEW);
    known jsonb;
    subjects text[] := ARRAY[TG_ARGV[1] || (given ->> TG_ARGV[0]), given ->> TG_ARGV[2]];
    kinds text[];
BEGIN
    IF ledger_is_owner(TG_RELID) THEN
        RETURN NEW;
    END IF;
    SELECT array_agg(DISTINCT kind::text) INTO kinds FROM ledger_event
        WHERE subject = ANY (subjects) AND xmin = pg_current_xact_id()::xid;
    IF NOT EXISTS (SELECT 1 FROM ledger_meaning WHERE relation = TG_TABLE_NAME AND kind = ANY (kinds)) THEN
        RAISE EXCEPTION '% in % changes only with an event about it, in the same transaction',
            subjects[1], TG_TABLE_NAME USING ERRCODE = {NAMES};
    END IF;
    IF TG_OP = 'UPDATE' THEN
        known := to_jsonb(OLD);
        IF known ->> TG_ARGV[0] <> given ->> TG_ARGV[0]
            OR known -> 'is_authority' <> given -> 'is_authority'
            OR (known ->> 'state' = ANY (TG_ARGV[3:]) AND known ->> 'state' <> given ->> 'state'
                AND NOT (known ->> 'is_authority' = 'true' AND 'account:reinstated' = ANY (kinds)))
        THEN
            RAISE EXCEPTION '% has ended, or is another one: it does not change', subjects[1] USING ERRCODE = {NAMES};
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""  # noqa: S608 - constants only

TRIGGERS = {
    "ledger_account": "'username', '', '', 'deactivated'",
    "ledger_api_key": "'client_id', '', 'username', 'cut-off', 'retired'",
    "ledger_ois": "'slug', 'ois-', '', 'rejected', 'terminated'",
    "ledger_mandate": "'id', '', 'username', 'withdrawn'",
    "ledger_request": "'id', '', 'username', 'done', 'refused'",
}
FUNCTIONS = ("ledger_event_follows()", "ledger_verdict_follows()", "ledger_is_owner(oid)")

# A temporary table of the caller's must not stand in for one of ours.
PATH = """DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION {} SET search_path = pg_catalog, %I, pg_temp', current_schema());
END $$"""


def upgrade() -> None:
    """Build tables and triggers; `provision ledger grant` fills the tables."""
    op.create_table(
        "ledger_power",
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
    )
    op.create_table(
        "ledger_meaning",
        sa.Column("relation", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
    )
    if op.get_context().dialect.name != "postgresql":
        return
    for statement in (OWNER, FOLLOWS, VERDICTS):
        op.execute(sa.text(statement.replace(":", "\\:")))
    for table, arguments in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {table}_follows BEFORE INSERT OR UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION ledger_verdict_follows({arguments})"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_follows")
    for function in FUNCTIONS:
        op.execute(sa.text(PATH.format(function)))
