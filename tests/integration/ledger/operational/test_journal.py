"""The journal on SQLite and PostgreSQL: a cache that is never older than it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.operational.journal import (
    Settled,
    change_marks,
    count_on,
    forget,
    note_change_marks,
    settle,
    settled,
    unsettle,
)
from provisioning.ledger.queries.summary import account_states, accounts_named, keys_beyond_the_first
from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import AccountState
from tests.support.ledger_events import SCHOOL, SCHOOL_KEY, START, birth, event, event_by

NAME = Username("46-0000001")
OTHER = Username("46-0000002")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


def digests(ledger: Ledger, edition: str = "one") -> dict[Username, str]:
    with ledger.reader() as reader:
        return settled(reader, edition)


def test_what_is_settled_is_found_again_by_its_edition_only(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        settle(transaction, [Settled(NAME, "a"), Settled(OTHER, "b")], "one", START)
    assert digests(ledger) == {NAME: "a", OTHER: "b"}
    assert digests(ledger, "another") == {}


def test_what_was_seen_earlier_never_replaces_what_was_noted_later(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        settle(transaction, [Settled(NAME, "made")], "one", START)
        settle(transaction, [Settled(NAME, "seen before")], "one", START - timedelta(seconds=1))
    assert digests(ledger) == {NAME: "made"}
    with ledger.transaction() as transaction:
        settle(transaction, [Settled(NAME, "newer")], "one", START + timedelta(seconds=1))
    assert digests(ledger) == {NAME: "newer"}


def test_many_entries_are_noted_and_forgotten_at_once(ledger: Ledger) -> None:
    names = [Username(f"46-{number:07d}") for number in range(6_001)]
    with ledger.transaction() as transaction:
        settle(transaction, [Settled(name, "x") for name in names], "one", START)
        unsettle(transaction, names[:1_500])
    assert digests(ledger).keys() == set(names[1_500:])
    with ledger.transaction() as transaction:
        note_change_marks(transaction, {"users": "1"}, START)
        forget(transaction)
    assert digests(ledger) == {}


def test_signs_are_replaced_and_counted_on(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        count_on(transaction, "users", 5, START)
        note_change_marks(transaction, {"users": "10", "realm": "r"}, START)
        note_change_marks(transaction, {"realm": "s"}, START)
        count_on(transaction, "users", 5, START)
    with ledger.reader() as reader:
        assert change_marks(reader) == {"users": "15", "realm": "s"}


def test_a_summary_says_what_the_records_say(ledger: Ledger) -> None:
    second = ClientId(SCHOOL_KEY.replace("-k1", "-k2"))
    with ledger.transaction() as transaction:
        transaction.append([birth()])
        assert keys_beyond_the_first(transaction) == {}
        new_key = {"username": SCHOOL, "number": 2}
        transaction.append([event_by("test", EventKind.API_KEY_CREATED, second, new_key)])
        transaction.append([event_by("test", EventKind.API_KEY_CUT_OFF, SCHOOL_KEY)])
        transaction.append([event(EventKind.ACCOUNT_DEACTIVATED, reason="liquidation")])
    with ledger.reader() as reader:
        assert account_states(reader) == {SCHOOL: AccountState.DEACTIVATED}
        assert accounts_named(reader, [SCHOOL, "46-9999999"]) == reader.accounts()
        assert keys_beyond_the_first(reader) == {SCHOOL: {SCHOOL_KEY: False, second: True}}
