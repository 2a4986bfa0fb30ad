"""Guards at work: sessions that age, accounts that end, a ledger that is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import responses
from flask import Flask

from provisioning.model.configuration import StaffRole
from provisioning.model.events import EventKind
from provisioning.model.ois import Slug, ois_client_id
from sidecar.auth.guards import INSTITUTION, staff
from sidecar.auth.identity import Identity
from sidecar.auth.session import RENEW_AFTER
from sidecar.doors.config import SESSION_MAX
from tests.support import sidecar_people as people
from tests.support.ledger_events import event_by
from tests.support.ois_listed import record_operated
from tests.support.sidecar_ledger import deactivation
from tests.support.sidecar_running import Sidecar, signed_in
from tests.support.unreadable import ODD, record_raw

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
PROGRAM = {"Accept": "application/json"}


def test_an_account_deactivated_while_signed_in_is_out_at_its_next_request(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    assert client.get("/account").status_code == 200
    with sidecar.ledger.transaction() as transaction:
        transaction.append([deactivation(people.SCHOOL.username)])
    refused = client.get("/account", headers=PROGRAM)
    assert refused.status_code == 403
    assert refused.get_json()["type"] == "urn:aikom:problem:account-deactivated"


@pytest.mark.parametrize(
    ("person", "subject", "page"),
    [
        (people.SCHOOL, people.SCHOOL.username, "/account"),
        (people.AUTHORITY, people.AUTHORITY.username, "/account"),
        (people.OPERATOR, ois_client_id(people.OPERATOR.ois or Slug("")), "/operator/"),
    ],
)
def test_an_event_that_cannot_be_read_ends_the_session_of_whom_it_is_about(
    sidecar: Sidecar, person: Identity, subject: str, page: str
) -> None:
    record_operated(sidecar.ledger)
    client, others = sidecar.signed_in(person), sidecar.signed_in(people.SECOND_GENERATION)
    assert client.get(page).status_code == 200
    record_raw(sidecar.ledger, "account:burnt", ODD, subject)
    assert client.get(page, headers=PROGRAM).status_code == 403
    assert client.get(page, headers=PROGRAM).status_code == 401
    assert others.get("/account").status_code == 200


def test_a_refused_account_loses_its_session(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.DEACTIVATED)
    client.get("/account", headers=PROGRAM)
    assert client.get("/account", headers=PROGRAM).status_code == 401


def test_the_first_generation_stays_out_when_the_second_is_active(sidecar: Sidecar) -> None:
    assert sidecar.signed_in(people.FIRST_GENERATION).get("/account", headers=PAGE).status_code == 403
    assert sidecar.signed_in(people.SECOND_GENERATION).get("/account", headers=PAGE).status_code == 200


@pytest.mark.parametrize("headers", [PAGE, PROGRAM])
def test_without_a_ledger_a_signed_in_account_gets_503(without_ledger: Flask, headers: dict[str, str]) -> None:
    response = signed_in(without_ledger, people.SCHOOL, datetime.now(UTC)).get("/account", headers=headers)
    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_a_page_asks_keycloak_again_once_the_session_is_no_longer_fresh(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.ADMINISTRATOR)
    sidecar.clock.advance(RENEW_AFTER - timedelta(seconds=1))
    assert client.get("/account", headers=PAGE).status_code == 200
    sidecar.clock.advance(timedelta(seconds=1))
    with responses.RequestsMock() as keycloak:
        keycloak.get("http://127.0.0.1:9/realms/aikom/.well-known/openid-configuration", json={})
        renewal = client.get("/account", headers=PAGE)
    assert renewal.status_code == 302
    assert renewal.location == "/auth/login?next=/account"


def test_a_session_goes_on_while_keycloak_is_silent_but_not_beyond_its_end(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.ADMINISTRATOR)
    sidecar.clock.advance(SESSION_MAX - timedelta(seconds=1))
    assert client.get("/account", headers=PAGE).status_code == 200
    sidecar.clock.advance(timedelta(seconds=1))
    assert client.get("/account", headers=PAGE).status_code == 302


def test_a_session_is_over_after_its_longest_life(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    sidecar.clock.advance(SESSION_MAX)
    assert client.get("/account", headers=PROGRAM).status_code == 401


def test_a_session_from_the_future_is_none(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    sidecar.clock.advance(timedelta(hours=-1))
    assert client.get("/account", headers=PROGRAM).status_code == 401


def test_a_changed_cookie_is_no_session(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.SCHOOL)
    cookie = client.get_cookie("aikom")
    assert cookie is not None
    client.set_cookie("aikom", cookie.value[:-2] + "xx")
    assert client.get("/account", headers=PROGRAM).status_code == 401


def test_a_program_gets_401_and_a_page_the_login_that_comes_back(sidecar: Sidecar) -> None:
    assert sidecar.client().get("/account", headers=PROGRAM).status_code == 401
    page = sidecar.client().get("/account?lang=en", headers=PAGE)
    assert page.location == "/auth/login?next=/account?lang%3Den"


def test_somebody_who_is_not_on_record_as_staff_is_out_whatever_keycloak_says(sidecar: Sidecar) -> None:
    by_hand = people.person("m.allory", *StaffRole)
    assert sidecar.signed_in(by_hand).get("/desk", headers=PAGE).status_code == 403
    more = replace(people.AUDITOR, roles=frozenset(StaffRole))
    client = sidecar.signed_in(more)
    assert client.get("/desk", headers=PAGE).status_code == 200
    assert client.get("/desk/bulk", headers=PAGE).status_code == 403, "the record says auditor"


def test_staff_that_leave_the_record_are_out_at_their_next_request(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.ADMINISTRATOR)
    assert client.get("/desk", headers=PAGE).status_code == 200
    with sidecar.ledger.transaction() as transaction:
        transaction.append([event_by("watch:node-1", EventKind.STAFF_CHANGED, "staff", {"members": []})])
    assert client.get("/desk", headers=PAGE).status_code == 403
    assert client.get("/desk", headers=PROGRAM).status_code == 401, "and signed out"


def test_guards_admit_their_own_personas_only() -> None:
    desk = staff(StaffRole.ADMINISTRATOR, StaffRole.SUPPORT)
    assert desk.admits is not None
    assert INSTITUTION.admits is not None
    admitted = {who.username: (desk.admits(who), INSTITUTION.admits(who)) for who in _VISITORS}
    assert admitted == {
        people.ADMINISTRATOR.username: (True, False),
        people.SUPPORT.username: (True, False),
        people.AUDITOR.username: (False, False),
        people.NOBODY.username: (False, False),
        people.SCHOOL.username: (False, True),
        people.AUTHORITY.username: (False, True),
    }


_VISITORS = (
    people.ADMINISTRATOR,
    people.SUPPORT,
    people.AUDITOR,
    people.NOBODY,
    people.SCHOOL,
    people.AUTHORITY,
)
