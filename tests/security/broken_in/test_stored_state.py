"""No role changes a row that decisions rest on, whatever it records beside: the database takes rows from events alone.

Every column of every such table, read from the catalogue, is tried after an event of every kind that the role may
record, about that very row. Source: docs/security.md row 65.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from provisioning.ledger import Ledger, LedgerTransaction, open_ledger
from provisioning.ledger.powers import STORED
from provisioning.ledger.proof.verification import verify
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import insert_rows
from provisioning.model.events import EventKind, NewEvent, chain
from tests.support.database_role import everything_role
from tests.support.database_thief import Thief
from tests.support.gate_running import ENDING, RealmKeysServer, record, served_gate, students
from tests.support.ledger_events import SAMPLES, content, event
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.assure]
pytest_plugins = ("tests.support.database_thief_fixtures",)

REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)
ROWS = {
    "ledger_account": ("username", ENDING, ENDING),
    "ledger_api_key": ("client_id", f"api-{ENDING}-k1", f"api-{ENDING}-k1"),
    "ledger_ois": ("slug", "shodennyk", "ois-shodennyk"),
    "ledger_mandate": ("id", f"{ENDING}.shodennyk.1", ENDING),
    "ledger_request": ("id", "r1", ENDING),
}
"""Table → its key, the row that is attacked, and the subject of events about that row."""

ANOTHER = {"boolean": "NOT coalesce({0}, false)", "integer": "coalesce({0}, 0) + 1", "bigint": "coalesce({0}, 0) + 1"}
"""Type → another value of a column; texts begin with another letter."""

TOLD = {"mandate": f"{ENDING}.shodennyk.1", "ois": "shodennyk", "username": ENDING, "request": "r1"}


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """A row in every table."""
    record(ledger, event(EventKind.REQUEST_FILED, ENDING))
    return ledger


@pytest.mark.parametrize("rights", ["its own rights", "those of the version before"])
def test_no_column_changes_beside_an_event_of_any_kind(
    filled: Ledger, thief: Thief, postgres_url: str, rights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1)) as owner:
        powers = owner.execute("SELECT kind, min(actor) FROM ledger_power WHERE role = %s GROUP BY 1", [thief.role])
        kinds = [*powers.fetchall(), (None, "")]
        if rights != "its own rights":
            owner.execute(f"GRANT SELECT, INSERT, UPDATE ON {', '.join(STORED)} TO {thief.role}".encode())
    assert set(ROWS) == set(STORED)
    tried, through = 0, []
    own = open_ledger(thief.url, create=False)
    with own._connected() as connection:
        columns = _columns(connection)
        transaction = LedgerTransaction(connection, own.clock)
        assert {table for table, _, _ in columns} == set(STORED)
        for kind, actor in kinds:
            for table, (key, name, subject) in ROWS.items():
                with connection.begin_nested() as around:
                    if kind is not None:
                        _append(transaction, NewEvent(_content(EventKind(kind)), subject, f"{actor}:somebody"))
                    for statement, column in _forged(columns, table, key, name):
                        tried += 1
                        if _is_taken(connection, statement) and column != "search":
                            through.append((kind, statement))
                    around.rollback()
        connection.rollback()
    own.close()
    assert through == []
    with capsys.disabled():
        sys.stdout.write(f"\n{thief.part}, {rights}: {tried} changes tried, {len(through)} let through\n")
    assert tried >= len(columns)
    with filled.reader() as reader:
        assert verify(reader).defect is None


def test_whatever_is_recorded_about_it_what_has_ended_stays_ended_at_the_gate(
    filled: Ledger, postgres_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """Somebody with the powers of all parts at once records every kind about an ended account, its key and mandate."""
    everybody = everything_role(postgres_server, postgres_url)
    with everybody._connected() as connection:
        transaction = LedgerTransaction(connection, everybody.clock)
        for kind in SAMPLES:
            subject = f"api-{ENDING}-k1" if kind.startswith("api-key:") else ENDING
            _append(transaction, NewEvent(_content(kind), subject, "staff:olena"))
        connection.commit()
    with everybody.reader() as reader:
        assert verify(reader).defect is None
        ended = (reader.accounts()[ENDING].state, reader.all_api_keys()[f"api-{ENDING}-k1"].state)  # type: ignore[index]
        assert (*ended, reader.all_mandates()[f"{ENDING}.shodennyk.1"].state) == ("deactivated", "cut-off", "withdrawn")
    everybody.close()
    with RealmKeysServer() as realm, served_gate(postgres_url, realm, tmp_path) as gate:
        assert gate.ask(gate.token()).status_code == 204
        assert gate.ask(gate.token(ENDING), students(ENDING)).status_code == 403


def _content(kind: EventKind) -> Any:
    told = {name: value for name, value in TOLD.items() if name in SAMPLES[kind]}
    return content(kind, **told)


def _append(transaction: LedgerTransaction, new: NewEvent) -> None:
    """Record an event as somebody does who has no program of ours: nothing objects but the database."""
    (recorded,) = chain(transaction.chain_head(), [new], transaction._clock())
    row = {column.name: getattr(recorded, column.name) for column in schema.event.c}
    insert_rows(transaction.connection, schema.event, [row])


def _columns(connection: Any) -> list[tuple[str, str, str]]:
    """Table, column and type, as the catalogue has them."""
    names = ", ".join(f"'{table}'::regclass" for table in STORED)
    query = f"""SELECT attrelid::regclass::text, attname, format_type(atttypid, NULL) FROM pg_attribute
        WHERE attrelid IN ({names}) AND attnum > 0 AND NOT attisdropped"""  # noqa: S608 - constants
    return [(str(table), str(column), str(kind)) for table, column, kind in connection.exec_driver_sql(query)]


def _forged(columns: list[tuple[str, str, str]], table: str, key: str, name: str) -> Iterator[tuple[str, str]]:
    for of, column, kind in columns:
        if of == table:
            other = ANOTHER.get(kind, "'z' || substr(coalesce({0}, ''), 2)").format(column)
            yield f"UPDATE {table} SET {column} = {other} WHERE {key} = '{name}'", column  # noqa: S608 - from the catalogue


def _is_taken(connection: Any, statement: str) -> bool:
    """Whether the database lets a statement through; nothing of it stays."""
    raw = connection.connection.driver_connection
    try:
        with raw.transaction(force_rollback=True):
            changed = raw.execute(statement.encode()).rowcount
    except REFUSED:
        return False
    assert changed == 1, statement
    return True
