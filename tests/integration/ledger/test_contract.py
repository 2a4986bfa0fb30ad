"""What every ledger does, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import itertools
import sqlite3
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import EventRefused, LedgerUnreachable
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.ledger.proof.verification import Fault, verify
from provisioning.model.events import EventKind, JsonValue, NewEvent
from provisioning.model.records import AccountState, MailState, NewMail, NewTask
from tests.support.dba import run_as_dba
from tests.support.ledger_events import (
    SAMPLES,
    SCHOOL,
    SCHOOL_KEY,
    START,
    FakeClock,
    birth,
    births,
    data_of,
    event,
    event_by,
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(ledger_url: str, clock: FakeClock) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url, clock=clock)
    yield opened
    opened.close()


def table_names(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


def append(ledger: Ledger, *events: NewEvent) -> None:
    with ledger.transaction() as transaction:
        transaction.append(events)


def test_a_new_ledger_begins_with_its_own_identity_and_opening_it_again_adds_nothing(
    ledger: Ledger, ledger_url: str
) -> None:
    open_ledger(ledger_url).close()
    with ledger.reader() as reader:
        (first,) = reader.events()
        assert (first.kind, first.seq, reader.head()) == (EventKind.LEDGER_OPENED, 1, (1, first.hash))
    assert len(str(data_of(first)["ledger_id"])) == 36


def test_looking_at_a_database_without_a_ledger_writes_nothing(empty_url: str) -> None:
    with pytest.raises(LedgerUnreachable):
        open_ledger(empty_url, create=False)
    assert table_names(empty_url) == []


def test_events_come_back_as_they_were_recorded_whatever_the_script(ledger: Ledger) -> None:
    odd = event_by("Олена «Ї»", EventKind.ALARM_RAISED, "realm", {"what": "𝕏'\"\\\n"}, "’")
    with ledger.transaction() as transaction:
        (recorded,) = transaction.append([odd])
    with ledger.reader() as reader:
        assert list(reader.events(after_seq=1)) == [recorded]
        assert verify(reader).defect is None
    assert (recorded.content, recorded.data, recorded.reason) == (odd.content, odd.data(), odd.reason)


def test_events_can_be_read_from_a_number_on_by_subject_and_limited(ledger: Ledger) -> None:
    append(ledger, *births(1, 5))
    with ledger.reader() as reader:
        assert [e.seq for e in reader.events(after_seq=3)] == [4, 5, 6]
        assert [e.seq for e in reader.events(subject="46-0000004")] == [5]
        assert [e.seq for e in reader.events(limit=2)] == [1, 2]


def test_accounts_and_keys_follow_from_events_in_the_same_transaction(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([birth(), event(EventKind.BASE_KEY_SENT, base_key_id="bk-1")])
        record = transaction.account(SCHOOL)
    assert record is not None
    assert (record.state, record.created_at) == (AccountState.INVITED, START)
    with ledger.reader() as reader:
        assert reader.accounts() == {SCHOOL: record}
        assert reader.api_keys(SCHOOL) == tuple(reader.all_api_keys().values())
        assert reader.api_key(SCHOOL_KEY) == reader.api_keys(SCHOOL)[0]
        assert (reader.account("46-0000002"), reader.api_key("x"), reader.api_keys("x")) == (None, None, ())


def test_one_refused_event_refuses_all_that_were_to_be_recorded_with_it(ledger: Ledger) -> None:
    append(ledger, birth())
    with pytest.raises(EventRefused, match="exists already"), ledger.transaction() as transaction:
        transaction.add_tasks([NewTask("t", "open", SCHOOL)])
        transaction.append([birth("46-0000002"), birth()])
    with ledger.reader() as reader:
        assert reader.head()[0] == 2
        assert (len(reader.accounts()), reader.pending_tasks()) == (1, ())


def test_an_exception_in_the_middle_leaves_nothing_behind(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.transaction() as transaction:
        transaction.append([birth()])
        transaction.enqueue_mails([NewMail("bk-1", "base-key", "a@example.ua", SCHOOL)])
        raise ZeroDivisionError
    with ledger.reader() as reader:
        assert (reader.head()[0], reader.accounts(), reader.mails()) == (1, {}, ())


def test_a_clock_set_back_does_not_disturb_the_order(ledger: Ledger, clock: FakeClock) -> None:
    append(ledger, birth())
    clock.advance(-3600)
    append(ledger, birth("46-0000002"))
    with ledger.reader() as reader:
        assert [e.at for e in reader.events()] == [START] * 3
        assert verify(reader).defect is None


def test_a_reader_sees_one_moment(ledger: Ledger) -> None:
    with ledger.reader() as reader:
        before = reader.head()
        append(ledger, birth())
        assert (reader.head(), reader.accounts()) == (before, {})
    with ledger.reader() as reader:
        assert len(reader.accounts()) == 1


def test_a_task_is_noted_once_until_it_is_done_and_can_be_asked_for_again_after(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([birth()])
        transaction.add_tasks([NewTask("open:1", "open", SCHOOL, {"n": 1}), NewTask("other", "mail", SCHOOL)])
        transaction.add_tasks([NewTask("open:1", "open", SCHOOL, {"n": 2})])
        transaction.tasks_attempted(["open:1"])
        (task,) = transaction.pending_tasks("open")
        assert (task.data, task.event_seq, task.attempts, task.created_at) == ({"n": 1}, 2, 1, START)
        transaction.finish_tasks(["open:1"])
        transaction.finish_tasks(["open:1", "unknown"])
        assert [t.key for t in transaction.pending_tasks()] == ["other"]
        transaction.add_tasks([NewTask("open:1", "open", SCHOOL, {"n": 3})])
        (again,) = transaction.pending_tasks("open")
        assert (again.data, again.attempts) == ({"n": 3}, 0)


def test_a_mail_is_queued_once_and_claimed_by_one_sender_at_a_time(ledger: Ledger, clock: FakeClock) -> None:
    mail = NewMail("bk-1", "base-key", "a@example.ua", SCHOOL, {"lang": "uk"})
    with ledger.transaction() as transaction:
        transaction.enqueue_mails([mail, NewMail("bk-2", "base-key", "b@example.ua", SCHOOL)])
        transaction.enqueue_mails([mail])
        (claimed,) = transaction.claim_mails(limit=1, lease_s=60)
        assert (claimed.key, claimed.state, claimed.attempts, claimed.data) == ("bk-1", MailState.SENDING, 1, mail.data)
        assert [m.key for m in transaction.claim_mails(limit=9, lease_s=60)] == ["bk-2"]
        assert transaction.claim_mails(limit=9, lease_s=60) == ()
        transaction.mail_sent("bk-2")
    clock.advance(61)
    with ledger.transaction() as transaction:
        (again,) = transaction.claim_mails(limit=9, lease_s=60)
        assert (again.key, again.attempts) == ("bk-1", 2)
        transaction.mail_sent("bk-1")
        transaction.mail_failed("bk-1", "too late", None)
        transaction.enqueue_mails([mail])
        assert [m.state for m in transaction.mails()] == [MailState.SENT, MailState.SENT]
        assert transaction.mails(MailState.QUEUED) == ()


def test_a_failed_mail_waits_for_its_time_or_is_given_up(ledger: Ledger, clock: FakeClock) -> None:
    with ledger.transaction() as transaction:
        transaction.enqueue_mails([NewMail("bk-1", "base-key", "a@example.ua", SCHOOL)])
        transaction.claim_mails(1, 60)
        retry_at = clock.now + timedelta(hours=4)
        transaction.mail_failed("bk-1", "421 try later", retry_at)
        assert transaction.claim_mails(1, 60) == ()
        clock.now = retry_at
        (again,) = transaction.claim_mails(1, 60)
        assert (again.last_error, again.attempts) == ("421 try later", 2)
        transaction.mail_failed("bk-1", "550 no such user", None)
        (given_up,) = transaction.mails(MailState.FAILED)
        clock.advance(999_999)
        assert (given_up.last_error, transaction.claim_mails(1, 60)) == ("550 no such user", ())


@pytest.mark.parametrize("statement", ["UPDATE ledger_event SET actor = 'nobody'", "DELETE FROM ledger_event"])
def test_the_database_itself_refuses_to_change_or_remove_events(
    ledger: Ledger, ledger_url: str, statement: str
) -> None:
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError), match="append-only"):
        run_as_dba(ledger_url, [statement], guards_off=False)


def test_postgresql_refuses_to_truncate_events_even_where_ordinary_triggers_are_off(postgres_url: str) -> None:
    open_ledger(postgres_url).close()
    statements = ["SET session_replication_role = replica", "TRUNCATE ledger_event"]
    with pytest.raises(psycopg.IntegrityError, match="append-only"):
        run_as_dba(postgres_url, statements, guards_off=False)


def test_sqlite_refuses_to_replace_events(sqlite_url: str) -> None:
    open_ledger(sqlite_url).close()
    replacement = "INSERT OR REPLACE INTO ledger_event SELECT * FROM ledger_event"
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        run_as_dba(sqlite_url, [replacement], guards_off=False)


_numbers = itertools.count(1)
_kinds = st.sampled_from([kind for kind in EventKind if kind is not EventKind.LEDGER_OPENED])


@given(st.lists(st.tuples(_kinds, st.integers(0, 1), st.sampled_from(["bk-1", "bk-2"])), max_size=30), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_state_rebuilt_from_all_events_equals_the_stored_state(
    ledger: Ledger, steps: list[tuple[EventKind, int, str]], is_authority: bool
) -> None:
    """Each example works on an account of its own in a ledger that grows, and all of it is compared."""
    username = f"46-{next(_numbers):07d}"
    append(ledger, birth(username, is_authority=is_authority))
    for kind, key, base_key in steps:
        subject = f"api-{username}-k{key + 1}" if kind.startswith("api-key") else username
        told: dict[str, JsonValue] = {"base_key_id": base_key, "username": username, "number": key + 1}
        names = {"username", "number"} if kind is EventKind.API_KEY_CREATED else {"base_key_id"}
        data = {name: told[name] for name in names & SAMPLES[kind].keys()}
        try:
            append(ledger, event(kind, subject, **data))
        except EventRefused:
            continue
    with ledger.reader() as reader:
        assert verify(reader).defect is None
    assert rebuild(ledger) == 0


def test_a_rebuild_repairs_what_was_changed_behind_our_back(ledger: Ledger, ledger_url: str) -> None:
    append(ledger, *births(1, 3))
    with ledger.reader() as reader:
        before = reader.accounts()
    run_as_dba(ledger_url, ["UPDATE ledger_account SET state = 'active' WHERE username = '46-0000002'"])
    with ledger.reader() as reader:
        finding = verify(reader).defect
        assert finding is not None
        assert (finding.fault, "46-0000002" in finding.explanation) == (Fault.PROJECTION, True)
    assert (rebuild(ledger), rebuild(ledger)) == (1, 0)
    with ledger.reader() as reader:
        assert reader.accounts() == before


def test_a_new_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    open_ledger(f"sqlite:///{tmp_path / 'new.sqlite'}").close()
    assert stat.S_IMODE((tmp_path / "new.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x", "sqlite://", "sqlite:///:memory:", "sqlite:////nowhere/at/all.sqlite"]
)
def test_an_address_that_cannot_hold_a_ledger_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(LedgerUnreachable) as caught:
        open_ledger(url)
    assert caught.value.remedy
