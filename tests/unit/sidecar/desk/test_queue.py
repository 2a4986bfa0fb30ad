"""Today's queue: everything that waits for a person, with its age and where it is settled (order cl. 4, 8-11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from provisioning.ledger.operational.duties import DutyRecord, record_duty
from provisioning.lifecycle.accounts.deactivation import Bulk
from provisioning.lifecycle.accounts.proposals import propose
from provisioning.lifecycle.applying.planning import GUARDED, LEFT
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.keys.cut_off import CutOffRequest
from provisioning.lifecycle.keys.cut_off_decisions import request_cut_off
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff
from provisioning.lifecycle.mail.bounces import CAME_BACK
from provisioning.model.calendar import kyiv_day
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import EventKind
from provisioning.model.identifiers import Username
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.records import ApiKeyState, NewMail, NewTask
from provisioning.model.upkeep import Approval
from tests.support import sidecar_people as people
from tests.support.ledger_events import data_of, event_by
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.ois_events import SLUG, connected, granted
from tests.support.sidecar_names import SCHOOL, SECOND_GENERATION
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
HOURS = timedelta(hours=3)


@pytest.fixture
def desk(sidecar: Sidecar) -> Iterator[FlaskClient]:
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    yield sidecar.signed_in(people.ADMINISTRATOR)


def later(sidecar: Sidecar) -> str:
    """The queue three hours on, to somebody who has just signed in."""
    sidecar.clock.advance(HOURS)
    return sidecar.signed_in(people.ADMINISTRATOR).get("/desk", headers=PAGE).text


def record(sidecar: Sidecar, kind: EventKind, subject: str, **data: str) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([event_by("watch:test", kind, subject, data, "gist.example")])


def ask_for_cut_off(sidecar: Sidecar) -> int:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([*connected(), granted(1, SCHOOL)])
    actor = actor_without_keycloak(sidecar.ledger, f"institution:{SCHOOL}")
    request = CutOffRequest(CutOffReason.OIS, f"institution:{SCHOOL}", SLUG, "договір розірвано")
    waiting = request_cut_off(actor, SCHOOL, request, Approval.ADMINISTRATOR)
    assert isinstance(waiting, RequestedCutOff)
    return waiting.number


def key_states(sidecar: Sidecar) -> list[ApiKeyState]:
    with sidecar.ledger.reader() as reader:
        return [key.state for key in reader.api_keys(SCHOOL)]


def test_a_proposal_waits_with_its_age_and_where_it_is_approved(sidecar: Sidecar) -> None:
    why = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 14", kyiv_day(sidecar.clock()))
    actor = actor_without_keycloak(sidecar.ledger, "staff:a.savchuk")
    names = [SCHOOL, SECOND_GENERATION]
    number = propose(actor, names, why, Bulk("two", 2), lifespan=timedelta(days=1)).number
    page = later(sidecar)
    assert f"/desk/bulk/proposals/{number}" in page and "3 години тому" in page
    sidecar.clock.advance(timedelta(days=1))
    assert f"/desk/bulk/proposals/{number}" not in later(sidecar)


def test_an_alarm_is_told_in_words_with_the_account_it_is_about(sidecar: Sidecar) -> None:
    record(sidecar, EventKind.ALARM_RAISED, f"api-{SCHOOL}-k1", what=Wrong.KEY_LIVE)
    page = later(sidecar)
    assert "увімкнули вручну" in page and f"/desk/institutions/{SCHOOL}" in page and "3 години тому" in page
    sidecar.clock.advance(timedelta(days=7))
    assert "увімкнули вручну" not in later(sidecar)


def test_a_leaked_key_that_was_cut_off_is_shown_and_another_cut_off_is_not(sidecar: Sidecar) -> None:
    record(sidecar, EventKind.CUT_OFF_DECIDED, SCHOOL, reason=CutOffReason.LEAK)
    record(sidecar, EventKind.CUT_OFF_DECIDED, SECOND_GENERATION, reason=CutOffReason.INCIDENT)
    page = later(sidecar)
    assert "відкритому доступі" in page and SCHOOL in page and SECOND_GENERATION not in page


def test_drift_and_failing_duties_lead_to_what_a_person_does(sidecar: Sidecar, desk: FlaskClient) -> None:
    now = sidecar.clock()
    with sidecar.ledger.transaction() as transaction:
        record_duty(transaction, DutyRecord("drift", "node-1", now, now, attention="2 managed differences"))
        record_duty(transaction, DutyRecord("mail", "node-1", now, now))
    page = later(sidecar)
    assert "2 managed differences" in page and "/desk/watch#drift" in page and "/desk/watch#mail" not in page
    assert "provision apply" in sidecar.signed_in(people.ADMINISTRATOR).get("/desk/watch", headers=PAGE).text


def test_what_keycloak_refuses_is_shown_with_its_account_and_who_is_to_act(sidecar: Sidecar, desk: FlaskClient) -> None:
    soon = sidecar.clock() + timedelta(minutes=1)
    with sidecar.ledger.transaction() as transaction:
        transaction.add_tasks([NewTask("a", "close-key", f"api-{SCHOOL}-k1"), NewTask("b", "bring-ois", "ois-diary")])
        transaction.task_failed("a", "client x does not exist", soon)
        transaction.task_failed("b", "PUT /clients: 500", None)
    page = sidecar.signed_in(people.ADMINISTRATOR).get("/desk/watch", headers=PAGE).text
    assert f"/desk/institutions/{SCHOOL}" in page and "client x does not exist" in page
    assert "раз; буде спробовано знову" in page and "раз; залишено людині" in page


def test_mail_that_came_back_is_told_apart_from_mail_that_was_not_sent(sidecar: Sidecar) -> None:
    with sidecar.ledger.transaction() as transaction:
        mails = [NewMail(key, "base-key", f"{key}@x.example", Username(SCHOOL), {}) for key in ("back", "stuck")]
        transaction.enqueue_mails(mails)
        transaction.mail_failed("back", f"{CAME_BACK} 550 no such user", None)
        transaction.mail_failed("stuck", "553 refused", None)
    page = later(sidecar)
    assert page.index("Листи, що повернулися") < page.index("back@x.example") < page.index("stuck@x.example")


def test_a_cut_off_is_approved_on_its_page_by_the_accounts_name(sidecar: Sidecar, desk: FlaskClient) -> None:
    number = ask_for_cut_off(sidecar)
    assert f"/desk/cut-offs/{number}" in desk.get("/desk", headers=PAGE).text
    page = desk.get(f"/desk/cut-offs/{number}", headers=PAGE).text
    assert f"api-{SCHOOL}-k1" in page and f"Доручення ОІС {SLUG}" in page and "договір розірвано" in page
    wrong = desk.post(f"/desk/cut-offs/{number}/approve", data={"confirmation": SECOND_GENERATION}, headers=PAGE)
    assert wrong.status_code == 422
    assert key_states(sidecar) == [ApiKeyState.REVEALED]
    answer = desk.post(f"/desk/cut-offs/{number}/approve", data={"confirmation": SCHOOL}, headers=PAGE)
    assert answer.status_code == 202  # Recorded; Keycloak is silent in this test.
    assert key_states(sidecar) == [ApiKeyState.CUT_OFF, ApiKeyState.BORN]
    assert desk.get(f"/desk/cut-offs/{number}", headers=PAGE).status_code == 404


def test_a_cut_off_is_refused_with_a_reason_and_the_key_stays(sidecar: Sidecar, desk: FlaskClient) -> None:
    number = ask_for_cut_off(sidecar)
    assert desk.post(f"/desk/cut-offs/{number}/refuse", data={"reason": ""}, headers=PAGE).status_code == 422
    desk.post(f"/desk/cut-offs/{number}/refuse", data={"reason": "договір чинний"}, headers=PAGE)
    assert key_states(sidecar) == [ApiKeyState.REVEALED]
    with sidecar.ledger.reader() as reader:
        (decided,) = reader.events(kinds=[EventKind.CUT_OFF_DECIDED])
    assert (decided.actor, decided.reason, data_of(decided)["approved"]) == ("staff:o.koval", "договір чинний", False)


def test_those_who_only_look_are_offered_no_decision(sidecar: Sidecar) -> None:
    number = ask_for_cut_off(sidecar)
    page = sidecar.signed_in(people.AUDITOR).get(f"/desk/cut-offs/{number}", headers=PAGE).text
    assert SCHOOL in page and "/approve" not in page and "/refuse" not in page


@pytest.mark.parametrize(
    ("what", "said"),
    [(GUARDED, "Запобіжник не пропускає"), (LEFT, "Конфігурація завершує облікові записи")],
)
def test_what_the_watch_leaves_to_a_person_is_told_in_the_readers_language(
    what: str, said: str, sidecar: Sidecar
) -> None:
    record(sidecar, EventKind.ALARM_RAISED, "configuration", what=what)
    assert said in later(sidecar)
