"""On PostgreSQL the database itself brings accounts, keys, OIS, mandates and requests up to date from each event.

So no role but the owner changes a row of them, and what an event means for a row is decided by the event alone. What
the functions say is what `ledger.projection` says; a test runs both over generated histories.
Source: order cl. 11, 12; docs/security.md row 65.
"""

import sqlalchemy as sa
from alembic import op

from provisioning.ledger.migrations.sql_0024_nouns import ACCOUNTS, API_KEYS, MANDATES, OIS, REQUESTS
from provisioning.ledger.migrations.sql_0024_shapes import CANONICAL, FITS, MOMENT
from provisioning.ledger.migrations.versions.v0021_database_decides import FOLLOWS, NAMES, PATH
from provisioning.ledger.migrations.versions.v0022_power_by_actor import NEW, OLD, REFUSED, REFUSED_BY_ACTOR

revision = "0024"
down_revision = "0023"

OLDEST_READER = "0023"
OLDEST_WRITER = "0023"

AHEAD = "2 hours"
"""How far a program's clock may be ahead of the database's: the next event is never dated before this one."""

HASHED = "    said := '{"
WRITTEN = f"""
    IF NOT ledger_is_owner(TG_RELID) THEN
        IF NEW.data IS DISTINCT FROM ledger_canonical(NEW.data::jsonb, 64) THEN
            RAISE EXCEPTION 'the data of event % is no canonical JSON', NEW.seq USING ERRCODE = {NAMES};
        END IF;
        IF NEW.at <> ledger_moment(NEW.at, '') OR NEW.at::timestamptz > clock_timestamp() + interval '{AHEAD}' THEN
            RAISE EXCEPTION 'event % is not dated now', NEW.seq USING ERRCODE = {NAMES};
        END IF;
    END IF;
"""

# A program of the version before writes the row that the event has made already, in the same words.
VERDICTS = f"""
CREATE OR REPLACE FUNCTION ledger_verdict_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stays boolean;
BEGIN
    IF ledger_is_owner(TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        stays := to_jsonb(NEW) - 'search' = to_jsonb(OLD) - 'search';
    ELSE
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I WHERE %I = $1)', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0])
            INTO stays USING to_jsonb(NEW) ->> TG_ARGV[0];
    END IF;
    IF NOT stays THEN
        RAISE EXCEPTION '% changes by events alone', TG_TABLE_NAME USING ERRCODE = {NAMES};
    END IF;
    RETURN NEW;
END $$;
"""  # noqa: S608 - constants only

# The owner brings rows up to date by our program, as on SQLite: it takes over what no type reads, too.
APPLIES = f"""
CREATE FUNCTION ledger_event_applies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    said jsonb;
BEGIN
    IF NOT coalesce((SELECT ledger_fits(shape::jsonb, NEW.data::jsonb) FROM ledger_shape WHERE kind = NEW.kind), false)
    THEN
        RAISE EXCEPTION 'event % says nothing that % may say', NEW.seq, NEW.kind USING ERRCODE = {NAMES};
    END IF;
    said := NEW.data::jsonb;
    CASE
        WHEN NEW.kind ~ '^(account|base-key):' THEN PERFORM ledger_apply_account(NEW, said);
        WHEN NEW.kind ~ '^api-key:' THEN PERFORM ledger_apply_api_key(NEW, said);
        WHEN NEW.kind ~ '^ois:' THEN PERFORM ledger_apply_ois(NEW, said);
        WHEN NEW.kind ~ '^mandate:' THEN PERFORM ledger_apply_mandate(NEW, said);
        WHEN NEW.kind ~ '^request:' THEN PERFORM ledger_apply_request(NEW, said);
        ELSE NULL;
    END CASE;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_event_applies AFTER INSERT ON ledger_event
    FOR EACH ROW WHEN (NOT ledger_is_owner(NEW.tableoid)) EXECUTE FUNCTION ledger_event_applies();
ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER ledger_event_applies;
"""  # noqa: S608 - constants only

APPLY = ("account", "api_key", "ois", "mandate", "request")
OWNERS = tuple(f"ledger_apply_{noun}(ledger_event, jsonb)" for noun in APPLY)
"""Functions that nobody calls but the owner's trigger."""

FUNCTIONS = (
    "ledger_moment(text, text)",
    "ledger_canonical(jsonb, integer)",
    "ledger_fits(jsonb, jsonb)",
    "ledger_event_follows()",
    "ledger_verdict_follows()",
    "ledger_event_applies()",
    *OWNERS,
)


def upgrade() -> None:
    """Build the functions and the table of shapes, which `store.upgrading` and `ledger.grants` fill."""
    op.create_table(
        "ledger_shape",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("shape", sa.Text, nullable=False),
    )
    if op.get_context().dialect.name != "postgresql":
        return
    follows = FOLLOWS.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    follows = follows.replace(OLD, NEW).replace(REFUSED, REFUSED_BY_ACTOR).replace(HASHED, WRITTEN + HASHED)
    nouns = (ACCOUNTS, API_KEYS, OIS, MANDATES, REQUESTS)
    for statement in (MOMENT, CANONICAL, FITS, follows, VERDICTS, *nouns, APPLIES):
        op.execute(sa.text(statement.replace(":", "\\:")))
    for function in FUNCTIONS:
        op.execute(sa.text(PATH.format(function)))
    for function in OWNERS:
        op.execute(sa.text(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"))
