"""What somebody does with exactly the credentials of a database role: every statement on every table and function.

The lists are read from PostgreSQL's catalogue. Source: docs/security.md row 65.
"""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg
import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.grants import grant, revoke
from provisioning.ledger.powers import PARTS, Part
from provisioning.ledger.proof.verification import verify
from provisioning.model.events import EventKind
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

OWN_CHECKS = (
    *("ledger_refuse(", "ledger_event_follows(", "ledger_verdict_follows(", "ledger_is_owner("),
    *("ledger_canonical(", "ledger_moment(", "ledger_fits(", "ledger_event_applies("),
)
"""Functions that triggers run as whoever writes, which change nothing; the last one is a trigger's alone."""

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


def test_a_temporary_table_does_not_stand_in_for_ours(strongest: Thief) -> None:
    planted = f"CREATE TEMP TABLE ledger_power AS SELECT '{strongest.role}'::text AS role, 'ois:connected' AS kind, "
    error = strongest.tries(
        planted + "'institution' AS actor; " + EVENT.format(NEXT, HASH, HASH, kind="ois:connected", actor="institution")
    )
    assert isinstance(error, psycopg.errors.InsufficientPrivilege), error


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
