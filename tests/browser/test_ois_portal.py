"""Whoever runs an OIS: from the mailed base key through SSO to the pages of that OIS, and of no other.

Source: order cl. 6; WCAG 2.2 AA.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import Page, expect

from provisioning.keycloak.base_keys import BaseKeyLink, issue_base_key
from provisioning.ledger.operational.access import add_counts
from provisioning.ledger.queries import applications as store
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applications import make_link, open_link, submit
from provisioning.lifecycle.ois.papers import Conclusion, accept_agreement, conclude, submit_agreement
from provisioning.lifecycle.tasks.carrying_out import resume
from provisioning.lifecycle.workshop import OPERATOR_MAIL
from provisioning.model.access import AccessCount
from provisioning.model.application import Application
from provisioning.model.identifiers import InstitutionId
from provisioning.model.ois import ConclusionOutcome
from sidecar.applications.entry import read_application
from tests.support.accessibility import check_accessible
from tests.support.activation import PASSWORD, activate
from tests.support.ois_application import KEY, entry
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak
from tests.support.third_party import NOTHING_REQUIRED, connect, terminate
from tests.support.totp import totp

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser]

PAGES = ("", "keys/", "mandates", "usage", "refusals")


@dataclass(frozen=True)
class OperatorOfDiary:
    """Somebody who has activated the account of the OIS `diary`."""

    code_secret: str

    def sign_in(self, page: Page, url: str) -> None:
        page.goto(url)
        page.fill("#username", "operator-diary")
        page.fill("#password", PASSWORD)
        page.click("[type=submit]")
        page.fill("#otp", totp(self.code_secret))
        page.click("[type=submit]")


@pytest.fixture(scope="module")
def staff(portal: SidecarWithKeycloak) -> Actor:
    return Actor(portal.realm.connection, portal.ledger, "staff:o.koval")


@pytest.fixture(scope="module")
def person(portal: SidecarWithKeycloak, staff: Actor, request: pytest.FixtureRequest) -> OperatorOfDiary:
    """The application is confirmed, the account is made, and its base key is used in a browser."""
    application = read_application(entry(), {"students.read", "classes.read"})
    assert isinstance(application, Application)
    submit(portal.ledger, application, None)
    with portal.ledger.transaction() as transaction:
        (record,) = store.applications_for(transaction, "diary", application.email)
        code = make_link(transaction, record.id, portal.ledger.clock())
    assert code is not None
    open_link(portal.ledger, code)
    resume(staff)
    with portal.ledger.reader() as reader:
        (mail,) = [mail for mail in reader.mails() if mail.template == OPERATOR_MAIL]
    issued = issue_base_key(
        portal.realm.connection,
        "operator-diary",
        mail.key,
        lifespan=timedelta(hours=1),
        redirect_uri=f"{portal.url}/",
        client_id="sidecar",
    )
    assert isinstance(issued, BaseKeyLink)
    context = request.getfixturevalue("browser").new_context(locale="uk-UA")
    secret = activate(context.new_page(), issued.link)
    context.close()
    return OperatorOfDiary(secret)


@pytest.fixture(scope="module")
def connected(portal: SidecarWithKeycloak, staff: Actor, person: OperatorOfDiary) -> None:
    """Both documents are there, the OIS is connected, and has called the central database."""
    submit_agreement(staff, "diary", "1.0", "00" * 32)
    accept_agreement(staff, "diary", "1.0")
    until = staff.today() + timedelta(days=365)
    conclude(staff, "diary", Conclusion("2026-0001", ConclusionOutcome.POSITIVE, until, NOTHING_REQUIRED))
    connect(staff, "diary", ["students.read"])
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    school = InstitutionId("46-0001234")
    count = AccessCount(hour, school, school, "diary", "students.read", 41, 2, "mandate-missing", hour)
    with portal.ledger.aside() as connection:
        add_counts(connection, [count])


def test_after_the_base_key_sso_leads_to_the_application_and_its_next_step(
    portal: SidecarWithKeycloak, person: OperatorOfDiary, page: Page
) -> None:
    person.sign_in(page, f"{portal.url}/account")
    expect(page).to_have_url(f"{portal.url}/operator/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Щоденник «Плюс»")
    page.get_by_role("link", name="Відкрити заяву").click()
    expect(page.get_by_role("heading", name="Технічні вимоги")).to_be_visible()
    check_accessible(page, "operator-application")
    for foreign in ("/desk", "/desk/ois/", "/account/mandates/", "/authority"):
        assert page.request.get(f"{portal.url}{foreign}", headers={"Accept": "text/html"}).status == 403


def test_the_operator_rolls_its_keys_over_by_keyboard(
    portal: SidecarWithKeycloak, person: OperatorOfDiary, connected: None, page: Page
) -> None:
    person.sign_in(page, f"{portal.url}/operator/keys/")
    second = ECKey.generate_key("P-256", {"kid": "second"})
    page.fill("#jwks", json.dumps({"keys": [dict(second.as_dict(private=True))]}))
    page.get_by_role("button", name="Використовувати ці ключі").press("Enter")
    expect(page.locator("#jwks-mistake")).to_contain_text("закритий ключ")
    check_accessible(page, "operator-keys-mistake")
    both = {"keys": [dict(KEY.as_dict(private=False)), dict(second.as_dict(private=False))]}
    page.fill("#jwks", json.dumps(both))
    page.get_by_role("button", name="Використовувати ці ключі").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Ключі зареєстровано")
    expect(page.locator("#present + dl")).to_contain_text("second")
    (client,) = portal.realm.admin.get("/clients", clientId="ois-diary")
    assert [key["kid"] for key in json.loads(client["attributes"]["jwks.string"])["keys"]] == ["first", "second"]
    with portal.ledger.reader() as reader:
        assert [event.actor for event in reader.events(subject="ois-diary")][-1] == "operator:diary"


@pytest.mark.parametrize("language", ["uk", "en"])
def test_every_page_is_usable_by_everybody_with_calls_and_without(
    portal: SidecarWithKeycloak, person: OperatorOfDiary, connected: None, page: Page, language: str
) -> None:
    person.sign_in(page, f"{portal.url}/operator/?lang={language}")
    for path in PAGES:
        page.goto(f"{portal.url}/operator/{path}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        check_accessible(page, f"operator-{path.strip('/') or 'overview'}-{language}")
    page.goto(f"{portal.url}/operator/usage?by=hour")
    expect(page.locator("tbody")).to_contain_text("41")


def test_with_the_ois_the_session_of_its_operator_ends(
    portal: SidecarWithKeycloak, staff: Actor, person: OperatorOfDiary, connected: None, page: Page
) -> None:
    person.sign_in(page, f"{portal.url}/operator/")
    terminate(staff, "diary", "договір розірвано")
    # Keycloak told the sidecar that its login has ended, so this is a login again, and it leads nowhere.
    page.goto(f"{portal.url}/operator/")
    expect(page.locator("#username")).to_be_visible()
    page.fill("#username", "operator-diary")
    page.fill("#password", PASSWORD)
    page.click("[type=submit]")
    expect(page.locator("#username")).to_be_visible()
