"""Pages anybody can use: no axe finding, by keyboard, on a phone, without JavaScript. Source: WCAG 2.2 AA."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.accessibility import check_accessible
from tests.support.sidecar_names import ADMINISTRATOR, DEACTIVATED, SCHOOL
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.assure]


PUBLIC = {
    "home": "/",
    "ois": "/ois",
    "embedded": "/ois/embed",
    "problems": "/problems",
    "problem": "/problems/outside-sphere",
    "leak": "/leaks/report",
    "missing": "/nothing-here",
}


@pytest.mark.parametrize("language", ["uk", "en"])
def test_public_pages(portal: SidecarWithKeycloak, page: Page, language: str) -> None:
    for name, path in PUBLIC.items():
        page.goto(f"{portal.url}{path}?lang={language}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        check_accessible(page, f"{name}-{language}")


@pytest.mark.parametrize(
    ("name", "who", "path"),
    [
        ("account", SCHOOL, "/account"),
        ("reads", SCHOOL, "/account/reads"),
        ("staff", ADMINISTRATOR, "/account"),
        ("reads-desk", ADMINISTRATOR, "/desk/reads"),
        ("refused", DEACTIVATED, "/account"),
    ],
)
def test_personal_pages(portal: SidecarWithKeycloak, page: Page, name: str, who: str, path: str) -> None:
    messages: list[str] = []

    def keep(message: object) -> None:
        messages.append(str(message))

    page.on("console", keep)
    portal.people[who].sign_in(page, f"{portal.url}{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible(page, name)
    assert [message for message in messages if "Content Security Policy" in message] == []


def test_the_diagnosis_for_support(portal: SidecarWithKeycloak, page: Page) -> None:
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/desk/diagnosis?about={SCHOOL}")
    check_accessible(page, "diagnosis-form")
    page.get_by_role("button", name="Пояснити").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("сам заклад")
    check_accessible(page, "diagnosis")
    page.get_by_label("Токен доступу або код").fill("not.a.token")
    page.get_by_role("button", name="Пояснити").click()
    expect(page.get_by_text("token-malformed")).to_be_visible()
    expect(page.get_by_label("Токен доступу або код")).to_have_value("")


def test_the_first_tab_stop_skips_to_the_content(portal: SidecarWithKeycloak, page: Page) -> None:
    page.goto(portal.url)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Перейти до вмісту")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_everything_on_a_page_is_reached_by_keyboard_and_seen(portal: SidecarWithKeycloak, page: Page) -> None:
    page.goto(f"{portal.url}/ois")
    reachable = page.locator("a[href], button").count()
    outlines = []
    for _ in range(reachable):
        page.keyboard.press("Tab")
        outlines.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    assert outlines == ["solid"] * reachable


def test_pages_work_without_javascript(portal: SidecarWithKeycloak, browser: Browser) -> None:
    context = browser.new_context(locale="uk-UA", java_script_enabled=False)
    page = context.new_page()
    page.goto(portal.url)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Access to the central database of education")
    page.get_by_role("link", name="Connected OIS", exact=True).first.click()
    expect(page.get_by_text("No OIS is connected yet")).to_be_visible()
    context.close()
