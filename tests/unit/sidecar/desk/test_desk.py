"""The Administrator's desk: what waits, who is found, what is recorded when somebody acts (order cl. 7, 9, 10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from provisioning.ledger import Ledger
from provisioning.ledger.operational.access import add_counts
from provisioning.lifecycle.support_requests import NewSupportRequest, file_support_request
from provisioning.model.access import AccessCount
from provisioning.model.events import Event, EventKind
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.records import AccountState
from provisioning.model.support_requests import SupportRequestKind, SupportRequestState
from sidecar.auth.identity import Identity
from tests.support import sidecar_people as people
from tests.support.ledger_events import data_of, renewed
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.ois_events import SLUG, connected, granted
from tests.support.sidecar_names import AUTHORITY, DEACTIVATED, SCHOOL
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
WHY = {"reason": "liquidation", "document": "№ 7", "date": "2026-11-20", "successors": "", "confirmation": SCHOOL}


@pytest.fixture
def desk(sidecar: Sidecar) -> Iterator[FlaskClient]:
    """An administrator who has just given both factors, without form tokens: those have tests of their own."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    yield sidecar.signed_in(people.ADMINISTRATOR)


def state_of(ledger: Ledger, username: str) -> AccountState:
    with ledger.reader() as reader:
        record = reader.account(username)
    assert record is not None
    return record.state


def last_event(ledger: Ledger, kind: EventKind) -> Event | None:
    with ledger.reader() as reader:
        return next(reversed(list(reader.events(kinds=[kind]))), None)


def asked(sidecar: Sidecar, kind: SupportRequestKind = SupportRequestKind.SUPPORT) -> str:
    actor = actor_without_keycloak(sidecar.ledger, f"institution:{SCHOOL}")
    return file_support_request(actor, Username(SCHOOL), NewSupportRequest(kind, "Не можу <b>увійти</b>"))


def test_an_empty_queue_says_so_and_a_request_is_in_it(sidecar: Sidecar, desk: FlaskClient) -> None:
    assert "нічого не чекає" in desk.get("/desk", headers=PAGE).text
    number = asked(sidecar)
    page = desk.get("/desk", headers=PAGE).text
    assert f"/desk/requests/{number}" in page and "нічого не чекає" not in page


def test_a_request_is_shown_with_the_state_of_its_account_and_as_text(sidecar: Sidecar, desk: FlaskClient) -> None:
    page = desk.get(f"/desk/requests/{asked(sidecar)}", headers=PAGE).text
    assert "&lt;b&gt;увійти&lt;/b&gt;" in page
    assert "Жодна ОІС не має доручення" in page


def test_an_answer_is_recorded_with_who_gave_it(sidecar: Sidecar, desk: FlaskClient) -> None:
    number = asked(sidecar)
    sent = desk.post(f"/desk/requests/{number}/answer", data={"outcome": "done", "answer": "Надіслано"}, headers=PAGE)
    assert sent.status_code == 303
    with sidecar.ledger.reader() as reader:
        request = reader.support_request(number)
    assert request is not None
    assert (request.state, request.answer, request.answered_by) == (
        SupportRequestState.DONE,
        "Надіслано",
        "staff:o.koval",
    )


@pytest.mark.parametrize("words", ["франка", "46-0001234", "46-0001234@school"])
def test_an_institution_is_found_by_name_code_and_address(desk: FlaskClient, words: str) -> None:
    page = desk.get("/desk/institutions", query_string={"words": words}, headers=PAGE).text
    assert f"/desk/institutions/{SCHOOL}" in page


def test_the_csv_has_everybody_and_no_formula(sidecar: Sidecar, desk: FlaskClient) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([renewed(transaction, SCHOOL, name="=cmd|'/c calc'!A1")])
    rows = list(csv.DictReader(io.StringIO(desk.get("/desk/institutions.csv").text.lstrip("\ufeff"))))
    assert {row["username"] for row in rows} >= {SCHOOL, AUTHORITY, DEACTIVATED}
    assert next(row["name"] for row in rows if row["username"] == SCHOOL).startswith("'=")


def test_a_deactivation_holds_at_once_although_keycloak_is_silent(sidecar: Sidecar, desk: FlaskClient) -> None:
    answer = desk.post(f"/desk/institutions/{SCHOOL}/deactivate", data=WHY, headers=PAGE)
    assert answer.status_code == 202  # Recorded; carried out when Keycloak answers.
    assert state_of(sidecar.ledger, SCHOOL) is AccountState.DEACTIVATED
    ended = last_event(sidecar.ledger, EventKind.ACCOUNT_DEACTIVATED)
    assert ended is not None
    assert (ended.actor, data_of(ended)["document"], data_of(ended)["date"]) == ("staff:o.koval", "№ 7", "2026-11-20")
    assert sidecar.signed_in(people.SCHOOL).get("/account", headers=PAGE).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "boredom"),
        ("document", ""),
        ("date", "2026-11-25"),  # tomorrow
        ("date", "no day"),
        ("successors", "somebody"),
        ("confirmation", "46-0001235"),
    ],
)
def test_a_deactivation_that_lacks_something_is_not_recorded(
    sidecar: Sidecar, desk: FlaskClient, field: str, value: str
) -> None:
    answer = desk.post(f"/desk/institutions/{SCHOOL}/deactivate", data={**WHY, field: value}, headers=PAGE)
    assert answer.status_code == 422
    assert "form-error" in answer.text
    assert state_of(sidecar.ledger, SCHOOL) is AccountState.ACTIVE


def test_a_wait_after_wrong_passwords_is_lifted_on_record(sidecar: Sidecar, desk: FlaskClient) -> None:
    answer = desk.post(f"/desk/institutions/{SCHOOL}/unlock", headers=PAGE)
    assert answer.status_code == 202  # Recorded; carried out when Keycloak answers.
    lifted = last_event(sidecar.ledger, EventKind.ACCOUNT_UNLOCKED)
    assert lifted is not None
    assert (lifted.actor, lifted.subject) == ("staff:o.koval", SCHOOL)
    with sidecar.ledger.reader() as reader:
        assert [task.key for task in reader.pending_tasks()] == [f"unlock:{SCHOOL}"]
    assert desk.post(f"/desk/institutions/{DEACTIVATED}/unlock", headers=PAGE).status_code == 409
    assert "unlock" not in desk.get(f"/desk/institutions/{DEACTIVATED}", headers=PAGE).text


def test_an_institution_never_comes_back_from_the_desk(sidecar: Sidecar, desk: FlaskClient) -> None:
    answer = desk.post(f"/desk/institutions/{DEACTIVATED}/reinstate", data={"document": "№ 8"}, headers=PAGE)
    assert answer.status_code == 409
    assert state_of(sidecar.ledger, DEACTIVATED) is AccountState.DEACTIVATED
    assert "reinstate" not in desk.get(f"/desk/institutions/{DEACTIVATED}", headers=PAGE).text


@pytest.mark.parametrize("who", [people.SUPPORT, people.AUDITOR])
def test_those_who_only_look_see_no_buttons(sidecar: Sidecar, who: Identity) -> None:
    page = sidecar.signed_in(who).get(f"/desk/institutions/{SCHOOL}", headers=PAGE).text
    assert "Деактивувати обліковий запис" not in page


def test_figures_count_the_living(desk: FlaskClient) -> None:
    page = desk.get("/desk/figures", headers=PAGE).text
    assert "2 / 3 (67 %)" in page  # School and authority of three living accounts are activated.


def test_charts_are_drawn_by_the_server_and_told_in_tables_too(sidecar: Sidecar, desk: FlaskClient) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([*connected(), granted(1, SCHOOL)])
        now, own = sidecar.clock(), InstitutionId(SCHOOL)
        count = AccessCount(now, own, own, SLUG, "students.read", 41, 7, "outside-sphere", now)
        add_counts(transaction.connection, [count])
    page = desk.get("/desk/figures", headers=PAGE).text
    assert page.count("<svg") == page.count("<details") == 8
    assert "<style" not in page and " style=" not in page and "<script" not in page
    tables = page.split("<tbody>")
    assert any(SLUG in table and "<td>41</td>" in table for table in tables)
    assert any(SLUG in table and "<td>7</td>" in table for table in tables)
    assert any("Львівська" in table and "<td>2</td><td>3</td><td>67 %</td>" in table for table in tables)
    assert any("2026-11" in table and "<td>2</td>" in table for table in tables)
