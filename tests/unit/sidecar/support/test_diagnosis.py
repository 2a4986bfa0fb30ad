"""The page for support: each check and what to do, and a token that stays nowhere.

Source: order cl. 9, docs/security.md row 31.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provisioning.lifecycle.support_requests import NewSupportRequest, file_support_request
from provisioning.model.identifiers import Username
from provisioning.model.support_requests import SupportRequestKind
from tests.support import sidecar_people as people
from tests.support.gate_tokens import claims, signed, token
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.ois_events import connected
from tests.support.sidecar_names import AUTHORITY, DEACTIVATED, SCHOOL
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html", "Accept-Language": "uk"}
URL = "/desk/diagnosis"
CANARY = "canary-of-a-token-7d31"


@pytest.fixture
def support(sidecar: Sidecar) -> FlaskClient:
    """Somebody of support, without form tokens: those have tests of their own."""
    sidecar.app.config["WTF_CSRF_ENABLED"] = False
    return sidecar.signed_in(people.SUPPORT)


def ask(client: FlaskClient, subject: str, method: str = "", path: str = "", language: str = "uk") -> str:
    answer = client.post(
        f"{URL}?lang={language}", data={"subject": subject, "method": method, "path": path}, headers=PAGE
    )
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), answer.text
    return answer.text


def test_a_name_shows_every_way_in_which_its_key_is_used(support: FlaskClient) -> None:
    page = ask(support, SCHOOL)
    assert f"api-{SCHOOL}-k1, сам заклад" in page
    assert "direct-use-off" in page and "Доручення" in page
    ended = ask(support, DEACTIVATED, language="en")
    assert f"api-{DEACTIVATED}-k1 by the institution itself" in ended and "account-deactivated" in ended


def test_a_request_is_explained_with_it(support: FlaskClient) -> None:
    own, foreign = (f"/v1/institutions/{name}/students" for name in (SCHOOL, AUTHORITY))
    assert "outside-sphere" not in ask(support, SCHOOL, "GET", own, "en")
    assert "outside the sphere" in ask(support, SCHOOL, "GET", foreign, "en")
    assert "path-not-canonical" in ask(support, SCHOOL, "GET", "/v1//institutions")


def test_an_ois_is_explained(sidecar: Sidecar, support: FlaskClient) -> None:
    with sidecar.ledger.transaction() as transaction:
        transaction.append(connected())
    assert "ois-shodennyk" in ask(support, "shodennyk")


def test_a_token_is_explained_and_stays_nowhere(
    sidecar: Sidecar, support: FlaskClient, log: StringIO, tmp_path: Path
) -> None:
    pasted = token(jti=CANARY, institution=SCHOOL, preferred_username=f"service-account-api-{SCHOOL}-k1")
    page = ask(support, f"Bearer {pasted}\n")
    assert f"{SCHOOL} через ois-shodennyk" in page
    assert "signing-keys-unavailable" in page and "ois-unknown" not in page.partition("signing-keys-unavailable")[0]
    parts = pasted.split(".")
    assert '"request"' in log.getvalue(), "the log has a line, without what was posted"
    for part in (pasted, *parts):
        assert part not in page
        assert part not in log.getvalue()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or parts[2].encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        {"subject": ""},
        {"subject": "46-7777777"},
        {"subject": SCHOOL, "method": "GET"},
        {"subject": SCHOOL, "path": "/v1/institutions"},
        {"subject": SCHOOL, "method": "TRACE", "path": "/"},
        {"subject": "x." * 20_000},
    ],
)
def test_what_cannot_be_explained_is_said_so(support: FlaskClient, data: dict[str, str]) -> None:
    answer = support.post(URL, data=data, headers=PAGE)
    assert answer.status_code == 422
    assert "form-error" in answer.text


def test_a_form_with_a_mistake_does_not_show_the_token_again(support: FlaskClient) -> None:
    pasted = signed(claims())
    answer = support.post(URL, data={"subject": pasted, "method": "GET"}, headers=PAGE)
    assert answer.status_code == 422
    assert pasted not in answer.text


def test_an_address_can_name_an_account_and_nothing_else(support: FlaskClient) -> None:
    assert f">\r\n{SCHOOL}</textarea>" in support.get(f"{URL}?about={SCHOOL}", headers=PAGE).text
    assert ">\r\n</textarea>" in support.get(f"{URL}?about={CANARY}", headers=PAGE).text


def test_an_institutions_request_leads_to_it(sidecar: Sidecar, support: FlaskClient) -> None:
    actor = actor_without_keycloak(sidecar.ledger, f"institution:{SCHOOL}")
    number = file_support_request(actor, Username(SCHOOL), NewSupportRequest(SupportRequestKind.SUPPORT, "Не працює"))
    assert f"{URL}?about={SCHOOL}" in support.get(f"/desk/requests/{number}", headers=PAGE).text
    auditor = sidecar.signed_in(people.AUDITOR)
    assert URL not in auditor.get(f"/desk/requests/{number}", headers=PAGE).text
