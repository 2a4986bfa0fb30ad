"""What upkeep asks of the ledger, on SQLite and PostgreSQL alike: duties, last uses, ends that came, mail that did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import LeaseLost
from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.operational.duties import DutyRecord, duties, record_duty
from provisioning.ledger.operational.key_use import last_used, newest_use, record_use
from provisioning.model.events import EventKind, format_time
from provisioning.model.identifiers import ClientId
from provisioning.model.records import MailState, NewMail
from tests.support.ledger_events import SCHOOL, SCHOOL_KEY, START, FakeClock, birth, births, event

KEY, OTHER = ClientId(SCHOOL_KEY), ClientId("api-46-0000002-k1")
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(ledger_url: str, clock: FakeClock) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url, clock=clock)
    yield opened
    opened.close()


def test_the_last_state_of_a_duty_is_kept_and_only_by_the_leader(ledger: Ledger) -> None:
    first = DutyRecord("mail", "host, process 1", START, None, 1, "away", "a person", {"sent": 1, "to": ["їжак"]})
    second = replace(first, succeeded_at=START, failures=0, error=None, attention=None, facts={})
    with hold_lease(ledger, name="watch", holder="old") as lease:
        for record in (first, second, replace(first, name="drift")):
            with ledger.transaction(lease.fence) as transaction:
                record_duty(transaction, record)
    with ledger.reader() as reader:
        assert duties(reader) == {"drift": replace(first, name="drift"), "mail": second}
    with (
        hold_lease(ledger, name="watch", holder="new"),
        pytest.raises(LeaseLost),
        ledger.transaction(lease.fence) as late,
    ):
        record_duty(late, first)


def test_a_use_moves_forward_only(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        assert newest_use(transaction) is None
        assert record_use(transaction, {KEY: START, OTHER: START + HOUR}) == 2
        assert record_use(transaction, {KEY: START - HOUR, OTHER: START + HOUR}) == 0
        assert record_use(transaction, {KEY: START + 2 * HOUR}) == 1
    with ledger.reader() as reader:
        assert last_used(reader, [KEY, OTHER, "api-46-0000009-k1"]) == {KEY: START + 2 * HOUR, OTHER: START + HOUR}
        assert newest_use(reader) == START + 2 * HOUR


def test_keys_whose_end_has_come_are_found_until_they_are_over(ledger: Ledger) -> None:
    ends = format_time(START + HOUR)
    with ledger.transaction() as transaction:
        transaction.append([*births(1, 3), event(EventKind.API_KEY_ENDING, KEY, ends_at=ends)])
        transaction.append([event(EventKind.API_KEY_ENDING, OTHER, ends_at=ends)])
    with ledger.reader() as reader:
        assert reader.keys_ending_by(START) == ()
        assert [key.client_id for key in reader.keys_ending_by(START + HOUR)] == [KEY, OTHER]
    with ledger.transaction() as transaction:
        transaction.append([event(EventKind.API_KEY_RETIRED, KEY), event(EventKind.API_KEY_CUT_OFF, OTHER)])
    with ledger.reader() as reader:
        assert reader.keys_ending_by(START + HOUR) == ()


def test_a_key_is_found_by_its_present_fingerprint(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([birth(), event(EventKind.API_KEY_REVEALED, KEY, fingerprint="aaaa")])
        transaction.append([event(EventKind.API_KEY_REVEALED, KEY, fingerprint="bbbb")])
    with ledger.reader() as reader:
        assert reader.api_keys_with(["aaaa", "cccc"]) == ()
        assert [key.client_id for key in reader.api_keys_with(["bbbb", "cccc"])] == [KEY]
        assert reader.api_keys_with([]) == ()


def test_only_a_mail_that_was_sent_can_come_back_and_only_once(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.enqueue_mails([NewMail("bk-1", "base-key", "a@example.ua", SCHOOL)])
        assert not transaction.mail_bounced("bk-1", "no such user")
        transaction.mail_sent("bk-1")
        assert transaction.mail_bounced("bk-1", "no such user")
        assert not transaction.mail_bounced("bk-1", "again")
        assert not transaction.mail_bounced("never-sent", "x")
    with ledger.reader() as reader:
        (mail,) = reader.mails(MailState.FAILED)
    assert mail.last_error == "no such user"
