"""What somebody does with exactly the credentials of a database role: every statement on every table and function.

The lists are read from PostgreSQL's catalogue. Source: docs/security.md row 65.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from provisioning.ledger import Ledger, open_ledger, utc_now
from provisioning.ledger.grants import grant, grant_statements, revoke
from provisioning.ledger.powers import MEANING, PARTS, Part
from provisioning.ledger.proof.take_over import take_over
from provisioning.ledger.proof.verification import verify
from provisioning.ledger.store.engine import make_engine, parse_url
from provisioning.model.events import EventKind
from provisioning.model.events.actors import ActorKind
from tests.integration.ledger.test_written_earlier import LINES
from tests.support.database_thief import Thief, made_thief
from tests.support.gate_running import ENDING, RealmKeysServer, record, served_gate, students
from tests.support.ledger_events import SCHOOL, event
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.assure]
pytest_plugins = ("tests.support.database_thief_fixtures",)

REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)
STATEMENTS = {
    "SELECT": "SELECT * FROM {table} LIMIT 1",
    "INSERT": "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
    "TRUNCATE": "TRUNCATE {table}",
    "COPY": "COPY {table} FROM STDIN",
    "LOCK": "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
    "ALTER": "ALTER TABLE {table} ADD COLUMN more text",
    "TRIGGERS": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP": "DROP TABLE {table}",
    "TRIGGER": "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "RULE": "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "OWNER": "ALTER TABLE {table} OWNER TO CURRENT_USER",
}
"""Statement → how it is tried; whether the right to it is missing shows before whether it finds a row."""

OWN_CHECKS = ("ledger_refuse(", "ledger_event_follows(", "ledger_verdict_follows(", "ledger_is_owner(")
"""Functions that triggers run as whoever writes; they change nothing."""

FOLLOWS_FROM = {"COPY": "INSERT", "LOCK": "UPDATE"}
"""What PostgreSQL allows to those who have another right."""


def test_every_statement_on_every_table_is_refused_but_those_of_the_table_of_rights(
    thief: Thief, capsys: pytest.CaptureFixture[str]
) -> None:
    rights, tried, allowed = PARTS[thief.part].rights, 0, 0
    for table, column in _tables(thief):
        own = {right.strip() for right in rights.get(table, "").split(",")}
        for name, statement in STATEMENTS.items():
            may = FOLLOWS_FROM.get(name, name) in own or (name == "LOCK" and own & {"DELETE", "UPDATE"} != set())
            error = thief.tries(statement.format(table=table, column=column))
            refused = isinstance(error, psycopg.errors.InsufficientPrivilege)
            assert refused is not may, (thief.part, table, name, error)
            tried, allowed = tried + 1, allowed + may
    functions = _functions(thief)
    for name, may in functions:
        wanted = name in {each.replace(", ", ",") for each in PARTS[thief.part].functions}
        assert may is wanted or name.startswith(OWN_CHECKS), name
    with capsys.disabled():
        sys.stdout.write(
            f"\n{thief.part}: {tried} statements on tables, {allowed} allowed; {len(functions)} functions\n"
        )
    assert tried > 250


@pytest.mark.parametrize(
    "what", ["CREATE TABLE mine (x int)", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"]
)
def test_no_role_makes_anything_of_its_own(thief: Thief, what: str) -> None:
    assert isinstance(thief.tries(what), psycopg.errors.InsufficientPrivilege)


EVENT = (
    "INSERT INTO ledger_event SELECT {}, at, '{kind}', subject, '{actor}', clause, reason, data, {}, {}"
    " FROM ledger_event WHERE seq = 2"
)
HASH = "(SELECT hash FROM ledger_event ORDER BY seq DESC LIMIT 1)"
NEXT = "(SELECT max(seq) + 1 FROM ledger_event)"


@pytest.mark.parametrize(
    ("seq", "previous", "own"),
    [
        (str(2**60), HASH, "repeat('1', 64)"),
        (NEXT, "repeat('0', 64)", "repeat('1', 64)"),
        (NEXT, HASH, "repeat('1', 64)"),
    ],
    ids=["far beyond the end", "after another event", "with another hash"],
)
def test_no_event_breaks_the_chain(thief: Thief, ledger: Ledger, seq: str, previous: str, own: str) -> None:
    kinds = sorted(PARTS[thief.part].kinds) or [(EventKind.ALARM_RAISED, "gate")]
    kind, actor = kinds[0]
    error = thief.tries(EVENT.format(seq, previous, own, kind=kind, actor=actor))
    wanted = psycopg.errors.InsufficientPrivilege if thief.part is Part.GATE else psycopg.errors.IntegrityError
    assert isinstance(error, wanted), error
    with ledger.reader() as reader:
        assert verify(reader).defect is None


UPDATE = "UPDATE ledger_{} SET {} WHERE {} = '{}'"
FORGED = {
    "an account": UPDATE.format("account", "state = 'active'", "username", ENDING),
    "a made-up authority": UPDATE.format("account", "is_authority = true", "username", ENDING),
    "direct use": UPDATE.format("account", "direct_use = true", "username", SCHOOL),
    "an API key": UPDATE.format("api_key", "state = 'revealed'", "client_id", f"api-{ENDING}-k1"),
    "rights of an OIS": "UPDATE ledger_ois SET rights = '[\"staff.write\"]'",
    "a mandate": UPDATE.format("mandate", "state = 'granted'", "id", f"{ENDING}.shodennyk.1"),
    "a new mandate": 'INSERT INTO ledger_mandate SELECT (json_populate_record(m, \'{"id": "x.y.9"}\')).*'
    " FROM ledger_mandate m LIMIT 1",
}


@pytest.mark.parametrize("what", FORGED)
def test_no_verdict_changes_without_its_event(thief: Thief, what: str) -> None:
    error = thief.tries(FORGED[what])
    assert isinstance(error, REFUSED), error


@pytest.fixture
def strongest(ledger: Ledger, postgres_server: PostgresServer, postgres_url: str) -> Thief:
    """The role that records the most: the command line's."""
    return made_thief(Part.PROVISIONING, ledger, postgres_server, postgres_url)


def test_with_an_event_about_it_what_has_ended_stays_ended(strongest: Thief) -> None:
    """An event of the kind and the row in one transaction, as our own program writes them."""
    own = open_ledger(strongest.url, create=False)
    for what, said in (
        ("an account", event(EventKind.ACCOUNT_ACTIVATED, ENDING)),
        ("an API key", event(EventKind.API_KEY_REVEALED, f"api-{ENDING}-k1")),
        ("a made-up authority", event(EventKind.ACCOUNT_ACTIVATED, ENDING)),
    ):
        with pytest.raises(Exception, match="has ended"), own.transaction() as transaction:
            transaction.append([replace(said, actor="staff:olena")])
            transaction.connection.exec_driver_sql(FORGED[what])
    own.close()


def test_a_temporary_table_does_not_stand_in_for_ours(strongest: Thief) -> None:
    planted = "CREATE TEMP TABLE ledger_meaning AS SELECT 'ledger_account' AS relation, 'x' AS kind; "
    error = strongest.tries(planted + FORGED["direct use"])
    assert isinstance(error, psycopg.errors.IntegrityError), error


def test_the_gate_records_nothing(ledger: Ledger, postgres_server: PostgresServer, postgres_url: str) -> None:
    gate = made_thief(Part.GATE, ledger, postgres_server, postgres_url)
    own = open_ledger(gate.url, create=False)
    with pytest.raises(Exception, match="permission denied"):
        record(own, event(EventKind.ALARM_RAISED, "realm"))
    own.close()


def test_a_node_of_the_gate_decides_and_counts_with_that_role(
    ledger: Ledger, postgres_server: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    gate_role = made_thief(Part.GATE, ledger, postgres_server, postgres_url)
    with RealmKeysServer() as realm, served_gate(gate_role.url, realm, tmp_path) as gate:
        assert gate.ask(gate.token()).status_code == 204
        assert gate.ask(gate.token(ENDING), students(ENDING)).status_code == 403
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1)) as owner:
        assert owner.execute("SELECT sum(allowed) FROM ledger_access").fetchone() != (None,)


def test_every_kind_that_changes_a_row_is_in_the_database(strongest: Thief) -> None:
    with strongest.connect() as connection:
        rows = connection.execute("SELECT relation, kind FROM ledger_meaning").fetchall()
    assert set(rows) == {(table, str(kind)) for table, kinds in MEANING.items() for kind in kinds}


def _tables(thief: Thief) -> list[tuple[str, str]]:
    query = """
        SELECT c.relname, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = 1)
        FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
        ORDER BY 1"""
    with thief.connect() as connection:
        return [(str(name), str(column)) for name, column in connection.execute(query).fetchall()]


def _functions(thief: Thief) -> list[tuple[str, bool]]:
    query = """
        SELECT oid::regprocedure::text, has_function_privilege(oid, 'EXECUTE') FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace ORDER BY 1"""
    with thief.connect() as connection:
        return [(str(name), bool(may)) for name, may in connection.execute(query).fetchall()]


def test_every_kind_in_every_shape_there_ever_was_is_taken_as_our_program_writes_it(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """What the database asks of a row, our own program always gives: a role that may record all, and is no owner."""
    database = str(make_url(postgres_url).database)
    role = f"everything_of_{database}"
    postgres_server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(role)))
    actors = ", ".join(f"('{kind}')" for kind in ActorKind)
    kinds = ", ".join(f"('{kind}')" for kind in EventKind)
    everything = (
        f"INSERT INTO ledger_power SELECT '{role}', kind, actor FROM (VALUES {kinds}) AS k (kind),"  # noqa: S608 - constants
        f" (VALUES {actors}) AS a (actor) ON CONFLICT DO NOTHING"
    )
    more = (f"GRANT INSERT, UPDATE ON ledger_unreadable TO {role}", everything)
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1)) as owner:
        for statement in (*grant_statements(role, Part.PROVISIONING), *more):
            owner.execute(statement.encode())
    own = Ledger(make_engine(parse_url(postgres_server.url(database, role, "x")), patience_s=5), utc_now, "kept")
    assert take_over(own, LINES).after == len(LINES)
    with own.reader() as reader:
        assert verify(reader).defect is None
    own.close()


def test_a_role_that_was_revoked_does_nothing(thief: Thief, ledger: Ledger) -> None:
    revoke(ledger, thief.role)
    for table, _ in _tables(thief):
        error = thief.tries(STATEMENTS["SELECT"].format(table=table))
        assert isinstance(error, psycopg.errors.InsufficientPrivilege), table
    assert {name for name, may in _functions(thief) if may and not name.startswith(OWN_CHECKS)} == set()
    grant(ledger, thief.role, thief.part)
    assert thief.tries("SELECT * FROM ledger_event") is None


def test_the_portal_notes_that_a_link_was_used_and_changes_nothing_else_of_an_application(
    ledger: Ledger, postgres_server: PostgresServer, postgres_url: str
) -> None:
    portal = made_thief(Part.PORTAL, ledger, postgres_server, postgres_url)
    for table, own in (("ledger_application", "confirmed_at"), ("ledger_application_link", "used_at")):
        with portal.connect() as connection:
            names = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            columns = [str(name) for (name,) in connection.execute(names, (table,)).fetchall()]
        assert own in columns
        for column in columns:
            error = portal.tries(STATEMENTS["UPDATE"].format(table=table, column=column))
            assert (error is None) is (column == own), (table, column, error)
