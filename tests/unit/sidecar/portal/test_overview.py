"""What "my account" shows, over every state of account and key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioning.ledger.operational.key_use import record_use
from provisioning.model.base_key_state import BaseKeyState, BaseKeyStatus
from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import AccountState, ApiKeyRecord, ApiKeyState
from provisioning.model.upkeep import ApiKeyPolicy
from sidecar.portal.overview import HISTORY_LINES, KeyTimes, Known, NextStep, key_times, next_step, overview
from tests.support import sidecar_people as people
from tests.support.sidecar_ledger import record_address
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

BORN, REVEALED, CUT_OFF, RETIRED = ApiKeyState.BORN, ApiKeyState.REVEALED, ApiKeyState.CUT_OFF, ApiKeyState.RETIRED


@pytest.mark.parametrize(
    ("state", "keys", "expected"),
    [
        (AccountState.CREATED, {BORN}, NextStep.AWAIT_BASE_KEY),
        (AccountState.INVITED, {BORN}, NextStep.USE_BASE_KEY),
        (AccountState.INVITED, {REVEALED}, NextStep.USE_BASE_KEY),
        (AccountState.ACTIVE, {BORN}, NextStep.ASK_FOR_API_KEY),
        (AccountState.ACTIVE, {BORN, CUT_OFF}, NextStep.ASK_FOR_API_KEY),
        (AccountState.ACTIVE, {REVEALED}, NextStep.HAND_TO_OIS),
        (AccountState.ACTIVE, {REVEALED, BORN, RETIRED}, NextStep.HAND_TO_OIS),
        (AccountState.ACTIVE, {CUT_OFF}, NextStep.AWAIT_API_KEY),
        (AccountState.ACTIVE, {CUT_OFF, RETIRED}, NextStep.AWAIT_API_KEY),
        (AccountState.ACTIVE, set(), NextStep.AWAIT_API_KEY),
    ],
)
def test_there_is_one_next_step(state: AccountState, keys: set[ApiKeyState], expected: NextStep) -> None:
    assert next_step(state, keys) is expected


def test_the_newest_history_comes_first_and_names_the_key(sidecar: Sidecar) -> None:
    with sidecar.ledger.reader() as reader:
        record = reader.account(people.SCHOOL.username)
        keys = reader.api_keys(people.SCHOOL.username)
        events = [event for s in (people.SCHOOL.username, keys[0].client_id) for event in reader.events(subject=s)]
    assert record is not None
    known = Known(keys, {}, BaseKeyStatus(BaseKeyState.NONE), events)
    history = overview(record, known, ApiKeyPolicy(), sidecar.clock()).history
    assert [(line.kind, line.key_number) for line in history] == [
        (EventKind.API_KEY_REVEALED, 1),
        (EventKind.ACCOUNT_ACTIVATED, None),
        (EventKind.BASE_KEY_SENT, None),
        (EventKind.ACCOUNT_CREATED, None),
    ]


def test_a_long_history_is_cut_to_its_newest_lines(sidecar: Sidecar) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append(
            [record_address(transaction, people.SCHOOL.username, f"new{n}@example.ua") for n in range(HISTORY_LINES)]
        )
    page = sidecar.signed_in(people.SCHOOL).get("/account?lang=en").get_data(as_text=True)
    assert page.count("Details on file changed") == HISTORY_LINES
    assert "Account activated with" not in page


def test_the_page_says_what_is_on_file(sidecar: Sidecar) -> None:
    page = sidecar.signed_in(people.SCHOOL).get("/account?lang=en").get_data(as_text=True)
    for text in ("46-0001234", "General secondary school", "46-0000012", "api-46-0001234-k1", "k1:9f3a77c2", "In use"):
        assert text in page


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = ApiKeyRecord(
    ClientId("api-46-0001234-k1"), Username("46-0001234"), 1, REVEALED, NOW - 20 * DAY, revealed_at=NOW - 10 * DAY
)


@pytest.mark.parametrize(
    ("key", "max_age", "expected"),
    [
        (KEY, None, KeyTimes(10 * DAY, NOW, None, by_age=False)),
        (KEY, 365 * DAY, KeyTimes(10 * DAY, NOW, NOW + 355 * DAY, by_age=True)),
        (replace(KEY, ends_at=NOW + DAY), 365 * DAY, KeyTimes(10 * DAY, NOW, NOW + DAY, by_age=False)),
        (replace(KEY, state=BORN, revealed_at=None), 365 * DAY, KeyTimes(None, NOW, None, by_age=False)),
        (replace(KEY, state=CUT_OFF, ends_at=NOW + DAY), 365 * DAY, KeyTimes(None, NOW, None, by_age=False)),
    ],
)
def test_a_key_says_how_old_it_is_and_when_it_ends(
    key: ApiKeyRecord, max_age: timedelta | None, expected: KeyTimes
) -> None:
    assert key_times(key, NOW, ApiKeyPolicy(max_age=max_age), NOW) == expected


def test_the_page_shows_age_and_last_use_of_the_key_and_the_base_key(sidecar: Sidecar) -> None:
    with sidecar.ledger.transaction() as transaction:
        record_use(transaction, {ClientId("api-46-0001234-k1"): datetime(2026, 12, 1, 9, tzinfo=UTC)})
    sidecar.clock.advance(12 * DAY)
    page = sidecar.signed_in(people.SCHOOL).get("/account").get_data(as_text=True)
    for text in ("вік: 12 днів", "1 грудня 2026, 11:00", "Чинного немає", "/account/cut-off/"):
        assert text in page


def test_what_is_not_correct_leads_to_the_form_for_it(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    assert "/account/requests?kind=details" in client.get("/account").get_data(as_text=True)
    form = client.get("/account/requests?kind=details").get_data(as_text=True)
    assert 'checked class="form-check-input" id="kind-1"' in form


def test_times_are_kyiv_times(sidecar: Sidecar) -> None:
    assert sidecar.clock() == datetime(2026, 11, 24, 12, tzinfo=UTC)
    page = sidecar.signed_in(people.SCHOOL).get("/account").get_data(as_text=True)
    assert "24 листопада 2026, 14:00" in page


def test_staff_see_their_roles_and_the_way_to_the_console(sidecar: Sidecar) -> None:
    page = sidecar.signed_in(people.ADMINISTRATOR).get("/account?lang=en").get_data(as_text=True)
    assert "Administrator</span>" in page
    assert 'href="http://127.0.0.1:9/admin/aikom/console/"' in page


def test_a_name_is_shown_as_text_and_never_as_markup(sidecar: Sidecar) -> None:
    page = sidecar.signed_in(replace(people.SCHOOL, name='<script>alert("1")</script>')).get("/account")
    assert "<script" not in page.get_data(as_text=True)
