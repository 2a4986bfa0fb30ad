"""Tables of a later version: who may read them, who may write them, and what `provision migrate` says and does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.ledger.migrate import migrate
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import LedgerTooNew, LedgerUnreachable
from provisioning.ledger.store.revisions import NEWEST
from provisioning.model.events import EventKind
from tests.support.dba import run_as_dba
from tests.support.earlier_tables import without_0024
from tests.support.ledger_events import birth, event

ALARM = event(EventKind.ALARM_RAISED, "realm", what="x")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


def tables_become(url: str, *, reader: str = NEWEST, writer: str = NEWEST) -> None:
    """As a later program's migration leaves them."""
    oldest = f"UPDATE ledger_compatible SET oldest_reader = '{reader}', oldest_writer = '{writer}'"  # noqa: S608 - ours
    run_as_dba(url, ["UPDATE ledger_version SET version_num = '9999'", oldest])


def append(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([ALARM])


def test_tables_that_only_grew_are_read_and_written_on(ledger: Ledger, ledger_url: str) -> None:
    tables_become(ledger_url)
    append(ledger)
    again = open_ledger(ledger_url)
    append(again)
    with again.reader() as reader:
        assert reader.head()[0] == 3
    again.close()


def test_a_program_that_may_only_read_records_nothing_from_that_moment_on(ledger: Ledger, ledger_url: str) -> None:
    tables_become(ledger_url, writer="9999")
    with pytest.raises(LedgerTooNew, match="take nothing from programs before version 9999"):
        append(ledger)
    with pytest.raises(LedgerTooNew), ledger.aside():
        pass
    again = open_ledger(ledger_url)
    with again.reader() as reader:
        assert reader.head()[0] == 1
    with pytest.raises(LedgerTooNew):
        append(again)
    again.close()


def test_a_program_that_may_not_read_is_turned_away_and_changes_nothing(ledger: Ledger, ledger_url: str) -> None:
    tables_become(ledger_url, reader="9999", writer="9999")
    with pytest.raises(LedgerTooNew, match="9999"):
        open_ledger(ledger_url)


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Run]:
    def at(url: str) -> Run:
        monkeypatch.setenv("AIKOM_DATABASE_URL", url)
        return lambda *words: CliRunner().invoke(migrate, words)

    return at


def test_check_says_what_is_to_be_done_and_does_nothing(empty_url: str, run: Callable[[str], Run]) -> None:
    if empty_url.startswith("sqlite"):
        os.close(os.open(empty_url.removeprefix("sqlite:///"), os.O_CREAT | os.O_WRONLY, 0o600))
    checked = run(empty_url)("--check")
    assert (checked.exit_code, checked.stdout) == (
        2,
        f"The tables are of version none, this program of {NEWEST}: migrate.\n",
    )
    with pytest.raises(LedgerUnreachable):
        open_ledger(empty_url, create=False)


def test_migrate_brings_the_tables_here_and_names_who_may_go_on(empty_url: str, run: Callable[[str], Run]) -> None:
    if empty_url.startswith("sqlite"):
        os.close(os.open(empty_url.removeprefix("sqlite:///"), os.O_CREAT | os.O_WRONLY, 0o600))
    done = run(empty_url)()
    assert done.exit_code == 0, done.output
    assert f"are of {NEWEST}" in done.stdout
    assert "oldest reader 0023, oldest writer 0023" in done.stdout
    assert "provision ledger grant ROLE --part PART" in done.stdout
    again = json.loads(run(empty_url)("--check", "--json").stdout)
    assert again["now"] == again["before"] == {
        "tables": NEWEST, "program": NEWEST, "oldest_reader": "0023", "oldest_writer": "0023"
    }  # fmt: skip


def test_of_an_earlier_version_what_is_there_stays(ledger: Ledger, ledger_url: str, run: Callable[[str], Run]) -> None:
    with ledger.transaction() as transaction:
        transaction.append([birth()])
    earlier = without_0024(on_postgresql=ledger_url.startswith("postgresql"))
    run_as_dba(ledger_url, ["UPDATE ledger_version SET version_num = '0022'", "DROP TABLE ledger_compatible", *earlier])
    with pytest.raises(LedgerUnreachable, match="earlier version"):
        open_ledger(ledger_url, create=False)
    assert run(ledger_url)("--check").exit_code == 2
    assert run(ledger_url)().exit_code == 0
    append(ledger)
    with ledger.reader() as reader:
        assert reader.head()[0] == 3


def test_tables_of_a_later_version_are_named_and_left_alone(
    ledger: Ledger, ledger_url: str, run: Callable[[str], Run]
) -> None:
    tables_become(ledger_url, writer="9999")
    found = run(ledger_url)()
    assert found.exit_code == 0
    assert f"the tables are of version 9999, this program of {NEWEST}" in found.stdout
    assert f"oldest reader {NEWEST}, oldest writer 9999" in found.stdout
