"""Pages of mandates while Keycloak is down: what is on record is shown, and a withdrawal stands (order cl. 5, 8)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provisioning.model.events import EventKind
from provisioning.model.ois import MandateState
from tests.support import sidecar_names as names
from tests.support import sidecar_people as people
from tests.support.ledger_events import event
from tests.support.ois_events import OIS, SLUG, connected, granted
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
MANDATE = f"{names.SCHOOL}.{SLUG}.1"
WITHDRAW = f"/account/mandates/{MANDATE}/withdraw"


@pytest.fixture
def school(sidecar: Sidecar) -> FlaskClient:
    """A school that has given a mandate to one of two connected OIS."""
    with sidecar.ledger.transaction() as transaction:
        transaction.append([*connected(), *connected("ois-other"), granted(username=names.SCHOOL)])
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    return sidecar.signed_in(people.SCHOOL)


def test_standing_mandates_and_ois_that_could_get_one_are_shown_apart(school: FlaskClient) -> None:
    shown = school.get("/account/mandates/", headers=PAGE).text
    assert WITHDRAW in shown
    assert "/account/mandates/give/other" in shown
    assert f"/account/mandates/give/{SLUG}" not in shown
    assert "12/2026" in shown


def test_a_suspended_ois_is_marked_and_cannot_be_given_a_mandate(sidecar: Sidecar, school: FlaskClient) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append([event(EventKind.OIS_SUSPENDED, name) for name in (OIS, "ois-other")])
    shown = school.get("/account/mandates/", headers=PAGE).text
    assert "призупинено" in shown
    assert "/account/mandates/give/" not in shown


def test_a_withdrawal_stands_although_keycloak_does_not_answer(sidecar: Sidecar, school: FlaskClient) -> None:
    assert school.post(WITHDRAW, data={"reason": "  "}, headers=PAGE).status_code == 200
    school.post(WITHDRAW, data={"reason": "договір завершився"}, headers=PAGE)
    with sidecar.ledger.reader() as reader:
        mandate = reader.mandate(MANDATE)
        waiting = [task.key for task in reader.pending_tasks()]
    assert mandate is not None
    assert (mandate.state, mandate.withdrawal_reason) == (MandateState.WITHDRAWN, "договір завершився")
    assert waiting == [f"openings:api-{names.SCHOOL}-k1"]


def test_a_mandate_gives_rights_that_are_on_record_and_waits_for_no_keycloak(
    sidecar: Sidecar, school: FlaskClient
) -> None:
    form = {"contract": "1", "signed": "2026-11-01", "rights": ["students.read"]}
    assert school.post("/account/mandates/give/other", data=form, headers=PAGE).status_code == 200, "none is on record"
    with sidecar.ledger.reader() as reader:
        assert reader.mandates(ois="other") == ()
    with sidecar.ledger.transaction() as transaction:
        transaction.append([event(EventKind.RIGHTS_CHANGED, "rights")])
    # Recorded, and in force at every gate; here nothing carries it out in Keycloak, and the page says so.
    assert school.post("/account/mandates/give/other", data=form, headers=PAGE).status_code == 202
    with sidecar.ledger.reader() as reader:
        assert [mandate.rights for mandate in reader.mandates(ois="other")] == [("students.read",)]


def test_direct_use_says_what_it_means_before_it_is_switched(school: FlaskClient) -> None:
    assert "Увімкнути пряме використання" in school.get("/account/mandates/direct-use", headers=PAGE).text


def test_somebody_else_sees_nothing_of_it(sidecar: Sidecar, school: FlaskClient) -> None:
    other = sidecar.signed_in(people.SECOND_GENERATION)
    assert other.get(WITHDRAW, headers=PAGE).status_code == 404
    assert other.post(WITHDRAW, data={"reason": "x"}, headers=PAGE).status_code == 404
    assert WITHDRAW not in other.get("/account/mandates/", headers=PAGE).text
