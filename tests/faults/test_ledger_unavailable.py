"""Locked, full, read-only, gone: a clear error, exit code 3, and nothing acknowledged that was not written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine

from provisioning.ledger import Ledger, LedgerTransaction, open_ledger
from provisioning.ledger.errors import LedgerBusy, LedgerCorrupt, LedgerFull, LedgerReadOnly, LedgerUnreachable
from provisioning.ledger.proof.verification import verify
from provisioning.model.errors import ExitCode
from provisioning.model.events import EventKind
from tests.support.dba import run_as_dba
from tests.support.ledger_events import birth, births
from tests.support.ledger_events import event as new_event
from tests.support.postgres import PostgresServer


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url, patience_s=0.3)
    yield opened
    opened.close()


def fill(transaction: LedgerTransaction, megabytes: int = 1) -> None:
    """Record about so much."""
    for _ in range(megabytes):
        large = {"action": "create", "type": "texts", "name": "x" * 2**20, "fields": []}
        transaction.append([new_event(EventKind.REALM_CHANGED, "realm", objects=[large])])


def assert_as_before(ledger: Ledger, events: int = 1) -> None:
    with ledger.reader() as reader:
        assert verify(reader).defect is None
        assert reader.head()[0] == events


def test_a_locked_ledger_is_waited_for_and_then_said_to_be_locked(ledger: Ledger, ledger_url: str) -> None:
    other = open_ledger(ledger_url)
    with other.transaction() as holder:
        holder.append([birth()])
        with pytest.raises(LedgerBusy) as caught, ledger.transaction():
            pytest.fail("two writers at once")
        with ledger.reader() as reader:
            assert reader.head()[0] == 1
    assert caught.value.exit_code is ExitCode.UNREACHABLE
    with ledger.transaction() as transaction:
        transaction.append([birth("46-0000002")])
    other.close()
    assert_as_before(ledger, events=3)


def test_a_writer_that_takes_its_time_is_waited_for(ledger_url: str) -> None:
    first, second = open_ledger(ledger_url), open_ledger(ledger_url)
    began, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with first.transaction() as transaction:
            began.set()
            go_on.wait(10)
            transaction.append([birth()])

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait(10)
    threading.Timer(0.3, go_on.set).start()
    with second.transaction() as transaction:
        assert transaction.head()[0] == 2
    thread.join()
    first.close()
    second.close()


@pytest.fixture
def small_sqlite() -> Iterator[None]:
    """SQLite files of at most 150 pages, the tables and little more: SQLITE_FULL as from a full disk."""

    def limit(connection: object, record: object) -> None:
        connection.execute("PRAGMA max_page_count=150")  # type: ignore[attr-defined]  # SQLAlchemy hands over any driver's connection

    event.listen(Engine, "connect", limit)
    yield
    event.remove(Engine, "connect", limit)


def test_a_full_sqlite_records_nothing_and_says_so(small_sqlite: None, sqlite_url: str) -> None:
    ledger = open_ledger(sqlite_url)
    with pytest.raises(LedgerFull, match="no room"), ledger.transaction() as transaction:
        transaction.append([birth()])
        fill(transaction)
    assert_as_before(ledger)
    ledger.close()


def test_a_read_only_sqlite_says_so(sqlite_url: str) -> None:
    """By `query_only`: the superuser, as which tests may run, writes files whatever their mode."""
    open_ledger(sqlite_url).close()

    def forbid(connection: object, record: object) -> None:
        connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]  # as above

    event.listen(Engine, "connect", forbid)
    try:
        ledger = open_ledger(sqlite_url)
        with pytest.raises(LedgerReadOnly), ledger.transaction() as transaction:
            transaction.append([birth()])
        assert_as_before(ledger)
        ledger.close()
    finally:
        event.remove(Engine, "connect", forbid)


@pytest.mark.parametrize("instead", ["nothing", "another file"])
def test_a_sqlite_file_that_was_taken_away_is_noticed_before_anything_is_acknowledged(
    sqlite_url: str, instead: str
) -> None:
    """SQLite itself would go on writing to a file that nobody will ever find again."""
    path = Path(str(make_url(sqlite_url).database))
    ledger = open_ledger(sqlite_url)
    with pytest.raises(LedgerUnreachable, match="removed or replaced"), ledger.transaction() as transaction:
        transaction.append([birth()])
        path.rename(path.with_suffix(".away"))
        if instead == "another file":
            path.touch()
    with pytest.raises(LedgerUnreachable), ledger.transaction():
        pytest.fail("nothing can be recorded now")
    path.with_suffix(".away").rename(path)
    assert_as_before(ledger)
    ledger.close()


def test_a_file_that_is_no_database_is_said_to_be_damaged(sqlite_url: str) -> None:
    Path(str(make_url(sqlite_url).database)).write_bytes(b"not a database at all, " * 100)
    with pytest.raises(LedgerCorrupt) as caught:
        open_ledger(sqlite_url)
    assert caught.value.remedy


@pytest.mark.postgres
def test_a_read_only_postgresql_says_so(postgres_server: PostgresServer, postgres_url: str) -> None:
    open_ledger(postgres_url).close()
    database = make_url(postgres_url).database
    postgres_server.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    ledger = open_ledger(postgres_url)
    with pytest.raises(LedgerReadOnly), ledger.transaction() as transaction:
        transaction.append([birth()])
    assert_as_before(ledger)
    ledger.close()


@pytest.mark.postgres
def test_a_full_postgresql_records_nothing_and_says_so(postgres_url: str) -> None:
    """The server reports a full disk as SQLSTATE 53100; a trigger reports the same, without filling the disk."""
    ledger = open_ledger(postgres_url)
    full = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END"
    run_as_dba(
        postgres_url,
        [
            f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ {full} $$",
            "CREATE TRIGGER full_disk BEFORE INSERT ON ledger_api_key EXECUTE FUNCTION full_disk()",
        ],
        guards_off=False,
    )
    with pytest.raises(LedgerFull, match="could not extend"), ledger.transaction() as transaction:
        transaction.append([birth()])
    assert_as_before(ledger)
    ledger.close()


@pytest.mark.postgres
def test_a_connection_ended_by_the_administrator_in_the_middle_records_nothing(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    ledger = open_ledger(postgres_url)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'aikom-ledger'"
    with pytest.raises(LedgerUnreachable), ledger.transaction() as transaction:
        transaction.append([birth()])
        postgres_server.execute(end)
    assert_as_before(ledger)
    with ledger.transaction() as transaction:
        transaction.append(births(1, 3))
    assert_as_before(ledger, events=4)
    ledger.close()


@pytest.mark.postgres
@pytest.mark.parametrize("change", [{"port": 1}, {"database": "nowhere"}, {"password": "wrong-password"}])
def test_a_postgresql_that_lets_us_not_in_is_named_without_its_password(
    postgres_url: str, change: dict[str, str]
) -> None:
    url = make_url(postgres_url).set(**change)  # type: ignore[arg-type]  # a dict of mixed values
    with pytest.raises(LedgerUnreachable) as caught:
        open_ledger(url.render_as_string(hide_password=False))
    told = caught.value.diagnostics()
    assert "127.0.0.1" in told
    assert str(url.password) not in told
