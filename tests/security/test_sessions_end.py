"""Sessions end for every copy of their cookie: by signing out, and with staff, operator or account.

Source: docs/security.md row 60.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from provisioning.model.events import EventKind
from sidecar.auth.identity import Identity
from tests.support import sidecar_people as people
from tests.support.ledger_events import event_by
from tests.support.ois_application import confirmed, csrf_token
from tests.support.ois_listed import event, record_operated
from tests.support.sidecar_names import OPERATED, SCHOOL
from tests.support.sidecar_running import Sidecar, signed_in

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
LOGIN = "0b1f7a52-6f5c-4c61-9c64-0f4f6a4d8e11"
HOME = {people.SCHOOL: "/account", people.OPERATOR: "/operator/", people.ADMINISTRATOR: "/desk"}


@pytest.fixture(autouse=True)
def filled(sidecar: Sidecar) -> None:
    record_operated(sidecar.ledger)


def copied(sidecar: Sidecar, client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookies."""
    copy = sidecar.client()
    for cookie in list(client._cookies.values()):
        copy.set_cookie(cookie.key, cookie.value, path=cookie.path)
    return copy


def sign_out(client: FlaskClient, page: str) -> None:
    assert client.post("/auth/logout", data={"csrf_token": csrf_token(client, page)}).status_code == 302


@pytest.mark.parametrize("login", [LOGIN, None])
@pytest.mark.parametrize("who", HOME, ids=lambda who: who.username)
def test_a_copied_cookie_is_dead_after_signing_out(sidecar: Sidecar, who: Identity, login: str | None) -> None:
    page = HOME[who]
    client = signed_in(sidecar.app, who, sidecar.clock(), login=login)
    copy = copied(sidecar, client)
    assert copy.get(page, headers=PAGE).status_code == 200
    sidecar.clock.advance(timedelta(seconds=2))
    sign_out(client, page)
    for reader in (copy, client):
        answer = reader.get(page, headers=PAGE)
        assert (answer.status_code, answer.location) == (302, f"/auth/login?next={page}")


def test_a_cookie_from_before_a_renewal_is_dead_too(sidecar: Sidecar) -> None:
    old = signed_in(sidecar.app, people.ADMINISTRATOR, sidecar.clock(), login=LOGIN)
    sidecar.clock.advance(timedelta(minutes=9))
    sign_out(signed_in(sidecar.app, people.ADMINISTRATOR, sidecar.clock(), login=LOGIN), "/desk")
    assert old.get("/desk", headers={"Accept": "application/json"}).status_code == 401


def test_another_login_goes_on_and_so_does_the_next_one_of_the_same(sidecar: Sidecar) -> None:
    """Keycloak may still have its session, and then a new login here has the same id."""
    other = signed_in(sidecar.app, people.ADMINISTRATOR, sidecar.clock(), login="another")
    client = signed_in(sidecar.app, people.ADMINISTRATOR, sidecar.clock(), login=LOGIN)
    sign_out(client, "/desk")
    sidecar.clock.advance(timedelta(seconds=1))
    again = signed_in(sidecar.app, people.ADMINISTRATOR, sidecar.clock(), login=LOGIN)
    assert [one.get("/desk", headers=PAGE).status_code for one in (other, again)] == [200, 200]


def test_a_copied_cookie_of_an_applicant_is_dead_after_leaving(sidecar: Sidecar) -> None:
    client, page = confirmed(sidecar, slug="novyi"), "/onboarding/application/"
    copy = copied(sidecar, client)
    assert copy.get(page, headers=PAGE).status_code == 200
    client.post(f"{page}leave", data={"csrf_token": csrf_token(client, page)})
    assert copy.get(page, headers=PAGE).location == "/onboarding/link"


def test_with_the_account_or_the_ois_ends_every_session_of_it(sidecar: Sidecar) -> None:
    school, operator = sidecar.signed_in(people.SCHOOL), sidecar.signed_in(people.OPERATOR)
    assert [school.get("/account").status_code, operator.get("/operator/").status_code] == [200, 200]
    ended = {"reason": "liquidation", "document": "№ 1", "date": "2026-11-20", "successors": []}
    with sidecar.ledger.transaction() as transaction:
        transaction.append(
            [
                event_by("o.koval", EventKind.ACCOUNT_DEACTIVATED, SCHOOL, ended),
                event(EventKind.OIS_REJECTED, OPERATED, reason="немає договору"),
            ]
        )
    assert [school.get("/account").status_code, operator.get("/operator/").status_code] == [403, 403]
    assert [school.get("/account").status_code, operator.get("/operator/").status_code] == [401, 401]


def test_without_a_database_signing_out_still_forgets_the_cookie(sidecar: Sidecar) -> None:
    client = sidecar.signed_in(people.ADMINISTRATOR)
    token = csrf_token(client, "/desk")
    with sidecar.ledger.aside() as connection:
        connection.exec_driver_sql("DROP TABLE ledger_logout")
    assert client.post("/auth/logout", data={"csrf_token": token}).status_code == 302
    assert client.get_cookie("aikom") is None
