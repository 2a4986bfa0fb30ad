"""Logins that ended, on SQLite and PostgreSQL alike: noted once, found by login or subject, forgotten later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.operational.logouts import forget_logouts, has_ended, has_left, note_left, note_logout
from tests.support.ledger_events import START

SECOND = timedelta(seconds=1)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    yield opened
    opened.close()


def ended(ledger: Ledger, sid: str | None, subject: str, began: timedelta = timedelta()) -> bool:
    with ledger.reader() as reader:
        return has_ended(reader, sid, subject, START + began)


def test_a_token_is_noted_once_and_ends_its_login_alone(ledger: Ledger) -> None:
    with ledger.aside() as connection:
        assert note_logout(connection, "t1", "login-1", "school", START)
        assert not note_logout(connection, "t1", "login-2", "school", START)
    assert ended(ledger, "login-1", "school")
    assert ended(ledger, "login-1", "school", began=SECOND)
    assert not ended(ledger, "login-2", "school")
    assert not ended(ledger, None, "school")


def test_without_a_login_all_of_the_subject_s_that_had_begun_are_over(ledger: Ledger) -> None:
    with ledger.aside() as connection:
        assert note_logout(connection, "t1", None, "school", START)
    assert ended(ledger, "login-1", "school")
    assert ended(ledger, None, "school", began=-SECOND)
    assert not ended(ledger, "login-1", "school", began=SECOND)
    assert not ended(ledger, "login-1", "another school")


def test_what_is_old_is_forgotten(ledger: Ledger) -> None:
    with ledger.aside() as connection:
        note_logout(connection, "old", "login-1", "school", START)
        note_logout(connection, "new", "login-2", "school", START + SECOND)
        assert forget_logouts(connection, START + SECOND) == 1
    assert [ended(ledger, sid, "school") for sid in ("login-1", "login-2")] == [False, True]


def left(ledger: Ledger, session: str, began: timedelta = timedelta()) -> bool:
    with ledger.reader() as reader:
        return has_left(reader, session, START + began)


def test_what_had_begun_when_it_was_left_is_over_and_what_begins_later_is_not(ledger: Ledger) -> None:
    for later in (SECOND, 3 * SECOND):
        with ledger.aside() as connection:
            note_left(connection, "login-1", START + later)
    assert left(ledger, "login-1") and left(ledger, "login-1", began=3 * SECOND)
    assert not left(ledger, "login-1", began=4 * SECOND) and not left(ledger, "login-2")
    assert not ended(ledger, "login-1", "school"), "Keycloak has ended nothing"
