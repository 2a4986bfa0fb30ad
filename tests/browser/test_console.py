"""The Administrator's people in Keycloak's console, in a real browser: they see everything there, in their language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.model.identifiers import ClientId
from provisioning.stack.paths import StackPaths
from provisioning.stack.summary import summarise
from tests.support.chromium import ARTIFACTS
from tests.support.keycloak_server import PROJECT
from tests.support.sidecar_names import ADMINISTRATOR, SCHOOL, SCHOOL_NAME
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak, make_person

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.assure]


@pytest.fixture
def failed(page: Page) -> Iterator[list[str]]:
    """Every answer to the page that is a refusal or a failure."""
    found: list[str] = []

    def look(answer: Response) -> None:
        if answer.status >= 400:
            found.append(f"{answer.status} {answer.url}")

    page.on("response", look)
    page.set_viewport_size({"width": 1400, "height": 1000})
    yield found


def console(portal: SidecarWithKeycloak) -> str:
    """Where the summary of `make up` says that the console is."""
    return summarise(StackPaths(PROJECT / ".aikom"), portal.settings).console_url


def look_at(page: Page, portal: SidecarWithKeycloak, path: str, *seen: str) -> None:
    """Open a page of the console and wait until it shows these words or values."""
    page.goto(f"{console(portal)}#/{portal.realm.name}/{path}")
    for words in seen:
        expect(page.locator(f"//main//*[text()[contains(.,'{words}')] or @value='{words}']").first).to_be_visible()


def test_an_administrator_signs_in_with_a_second_factor_and_opens_an_account(
    portal: SidecarWithKeycloak, born_key: ClientId, page: Page, browser: Browser, failed: list[str]
) -> None:
    at_school = browser.new_context()
    portal.people[SCHOOL].sign_in(at_school.new_page(), f"{portal.url}/account")

    portal.people[ADMINISTRATOR].sign_in(page, console(portal))
    expect(page.get_by_text("Олена Коваль").first).to_be_visible()
    look_at(page, portal, "users", SCHOOL)
    account = f"users/{require_user(portal.realm.admin, SCHOOL)['id']}"
    look_at(page, portal, f"{account}/settings", "Код закладу", "46-0001234", "Сфера діяльності", "Код ЄДРПОУ")
    page.get_by_text("Назва закладу", exact=True).scroll_into_view_if_needed()
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "console-account.png")
    expect(page.get_by_label("Назва закладу")).to_have_value(SCHOOL_NAME)
    look_at(page, portal, f"{account}/sessions", "sidecar")
    look_at(page, portal, f"{account}/credentials", "Otp")
    look_at(page, portal, f"{account}/events", "LOGIN")
    look_at(page, portal, f"clients/{require_client(portal.realm.admin, born_key)['id']}/settings", born_key)
    look_at(page, portal, "sessions", SCHOOL)
    look_at(page, portal, "events/user-events", "CODE_TO_TOKEN", "sidecar")
    look_at(page, portal, "events/admin-events", "CREATE")
    at_school.close()
    assert failed == []


def test_the_portal_leads_staff_to_the_console_without_another_login(
    portal: SidecarWithKeycloak, page: Page, failed: list[str]
) -> None:
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/account")
    link = page.locator(f"main a[href='{console(portal)}']")
    link.evaluate("a => a.removeAttribute('target')")
    link.click()
    expect(page.get_by_text("Олена Коваль").first).to_be_visible()
    look_at(page, portal, "users", SCHOOL)
    assert failed == []


def test_the_console_speaks_the_language_that_a_person_chose(portal: SidecarWithKeycloak, page: Page) -> None:
    name = {"firstName": "Ivan", "lastName": "Bondar", "attributes": {"locale": ["en"]}}
    person = make_person(portal.realm, "i.english", roles=("auditor",), **name)
    person.sign_in(page, console(portal))
    expect(page.get_by_text("Ivan Bondar").first).to_be_visible()
    account = f"users/{require_user(portal.realm.admin, SCHOOL)['id']}"
    look_at(page, portal, f"{account}/settings", "Institution id", "Sphere of activity")
