"""What asks for the name of the OIS typed out, and what takes two administrators. Source: order cl. 6, decision 32."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from provisioning.model.events import EventKind
from provisioning.model.ois import OisRecord, OisState
from sidecar.onboarding.decisions import NAMED
from tests.support import sidecar_people as people
from tests.support.ledger_events import data_of
from tests.support.ois_application import confirmed
from tests.support.ois_desk import DESK, PAGE, SECOND, decide, proposed, waiting, with_papers
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)


@pytest.fixture
def applicant(sidecar: Sidecar) -> Iterator[FlaskClient]:
    yield confirmed(sidecar)


@pytest.fixture
def desk(sidecar: Sidecar, applicant: FlaskClient) -> FlaskClient:
    return sidecar.signed_in(people.ADMINISTRATOR)


def _ois(sidecar: Sidecar) -> OisRecord:
    with sidecar.ledger.reader() as reader:
        found = reader.ois("diary")
    assert found is not None
    return found


@pytest.mark.parametrize("decision", NAMED)
@pytest.mark.parametrize("typed", ["", "diar", "Diary", "ois-diary", "formula"])
def test_what_stops_an_ois_asks_for_its_name_typed_out(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient, decision: str, typed: str
) -> None:
    with_papers(sidecar, applicant, desk)
    before = _ois(sidecar)
    answer = decide(desk, decision, reason="Порушення", **{f"{decision}-confirmation": typed})
    assert answer.status_code == 422
    # What cannot happen to an application has no form on its page, and is refused all the same.
    is_offered = decision in ("revoke-conclusion", "reject")
    assert (f'aria-describedby="{decision}-confirmation-error"' in answer.text) is is_offered
    assert _ois(sidecar) == before


def test_the_name_typed_for_another_decision_confirms_nothing(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    answer = decide(desk, "reject", reason="x", **{"reject-confirmation": "", "suspend-confirmation": "diary"})
    assert answer.status_code == 422
    assert _ois(sidecar).state is OisState.APPLIED
    assert decide(desk, "reject", reason="немає договору").status_code in (202, 303)
    assert _ois(sidecar).state is OisState.REJECTED


def test_who_proposed_a_connection_does_not_approve_it_and_may_take_it_back(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    number = proposed(sidecar, applicant, desk)
    page = desk.get(DESK, headers=PAGE).text
    assert "Це ваша пропозиція" in page and "/decide/approve" not in page
    assert "/desk/ois/diary" in sidecar.signed_in(SECOND).get("/desk", headers=PAGE).text
    assert decide(desk, "approve", proposal=number).status_code == 409
    assert _ois(sidecar).state is OisState.APPLIED
    assert decide(desk, "refuse", proposal=number, reason="Зарано").status_code == 303
    assert decide(sidecar.signed_in(SECOND), "approve", proposal=number).status_code == 409
    assert _ois(sidecar).state is OisState.APPLIED


def test_one_proposal_about_an_ois_waits_at_a_time(sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient) -> None:
    proposed(sidecar, applicant, desk)
    again = decide(sidecar.signed_in(SECOND), "propose-connection", rights=["classes.read"])
    assert again.status_code == 409


def test_a_termination_takes_two_administrators_and_the_name_typed_by_both(
    sidecar: Sidecar, applicant: FlaskClient, desk: FlaskClient
) -> None:
    number = proposed(sidecar, applicant, desk)
    second = sidecar.signed_in(SECOND)
    assert decide(second, "approve", proposal=number).status_code == 202
    unnamed = decide(desk, "propose-termination", reason="порушення", **{"propose-termination-confirmation": ""})
    assert unnamed.status_code == 422
    assert decide(desk, "propose-termination", reason="порушення").status_code == 303
    number = str(waiting(sidecar))
    assert decide(second, "approve", proposal=number, **{"approve-confirmation": "diar"}).status_code == 422
    assert decide(second, "approve", proposal=str(int(number) + 1)).status_code == 409
    assert _ois(sidecar).state is OisState.CONNECTED
    assert decide(second, "approve", proposal=number).status_code == 202
    with sidecar.ledger.reader() as reader:
        (ended,) = reader.events(subject="ois-diary", kinds=(EventKind.OIS_TERMINATED,))
        *_, approved = reader.events(subject="realm", kinds=(EventKind.DECISION_RECORDED,))
    assert (ended.actor, ended.reason) == (SECOND.actor, "порушення")
    assert data_of(approved) == {
        "decision": "approval",
        "proposal": int(number),
        "proposed_by": people.ADMINISTRATOR.actor,
    }
