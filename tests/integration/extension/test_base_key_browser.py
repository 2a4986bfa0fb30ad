"""A base key in a real browser: once, with both factors, and by no other door. Source: order cl. 4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from provisioning.keycloak.base_keys import BaseKeyRefusal, issue_base_key, withdraw_base_key
from tests.support.activation import PASSWORD, activate, open_link, proceed, set_password
from tests.support.extension_realm import SIDECAR, SIDECAR_PAGE, ExtensionRealm
from tests.support.totp import next_totp, totp

DEAD = "Це посилання вже не діє"
SIGNED_IN = re.compile(re.escape(SIDECAR_PAGE) + r"\?.*code=")
NOT_ACTIVATED = "Обліковий запис ще не активовано"


@pytest.fixture(autouse=True)
def sidecar(page: Page) -> None:
    stand_in(page)


@pytest.fixture
def second(browser: Browser) -> Iterator[Page]:
    """Another browser, or another person."""
    context = browser.new_context(locale="uk-UA")
    page = context.new_page()
    stand_in(page)
    yield page
    context.close()


def stand_in(page: Page) -> None:
    """Answers for the sidecar, where the activation ends."""
    page.route(SIDECAR_PAGE + "*", lambda route: route.fulfill(body="welcome"))


def sign_in(page: Page, extension: ExtensionRealm, username: str, password: str = PASSWORD) -> None:
    page.goto(
        f"{extension.url}/protocol/openid-connect/auth?client_id={SIDECAR}&response_type=code&scope=openid"
        f"&redirect_uri={SIDECAR_PAGE}"
    )
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("#kc-login")


def types(extension: ExtensionRealm, username: str) -> list[str]:
    return sorted(credential["type"] for credential in extension.credentials(username))


def test_a_base_key_opens_the_account_once(extension: ExtensionRealm, school: str, page: Page, second: Page) -> None:
    link = extension.mint(school, "base-key-1")
    secret = activate(page, link)
    page.wait_for_url(SIDECAR_PAGE)

    account = extension.account(school)
    assert "base_key_id" not in account["attributes"]
    activated = datetime.fromisoformat(account["attributes"]["activated_at"][0])
    assert abs(datetime.now(activated.tzinfo) - activated) < timedelta(minutes=1)
    assert account["emailVerified"] is True
    assert types(extension, school) == ["otp", "password"]

    for who in (page, second):
        assert open_link(who, link).status == 400
        expect(who.locator("#kc-error-message")).to_contain_text(DEAD)

    sign_in(second, extension, school)
    second.fill("#otp", next_totp(secret))
    second.click("#kc-login")
    second.wait_for_url(SIGNED_IN)


def test_without_an_address_to_return_to_the_last_page_says_so(
    extension: ExtensionRealm, school: str, page: Page
) -> None:
    activate(page, extension.mint(school, "base-key-1", redirect=False))
    expect(page.locator("#kc-page-title")).to_contain_text("Обліковий запис активовано")
    expect(page.locator("#kc-info-message")).to_contain_text(school)


def test_who_closes_the_browser_half_way_opens_the_link_again(
    extension: ExtensionRealm, school: str, page: Page, second: Page
) -> None:
    link = extension.mint(school, "base-key-1")
    open_link(page, link)
    proceed(page)
    set_password(page)
    expect(page.locator("#mode-manual")).to_be_visible()

    activate(second, link, password="Inshyi-parol-2026")
    second.wait_for_url(SIDECAR_PAGE)
    assert extension.attribute(school, "activated_at") is not None


def test_a_password_set_half_way_opens_no_other_door(
    extension: ExtensionRealm, school: str, page: Page, second: Page
) -> None:
    open_link(page, extension.mint(school, "base-key-1"))
    proceed(page)
    set_password(page)
    sign_in(second, extension, school)
    expect(second.locator("#kc-error-message")).to_contain_text(NOT_ACTIVATED)
    form = {"grant_type": "password", "client_id": SIDECAR, "client_secret": "sidecar-secret"}
    assert extension.token({**form, "username": school, "password": PASSWORD}).status_code != 200

    withdraw_base_key(extension.caller, school)
    assert types(extension, school) == []


def test_a_second_tab_takes_over_and_the_account_is_activated_once(
    extension: ExtensionRealm, school: str, page: Page
) -> None:
    link = extension.mint(school, "base-key-1")
    open_link(page, link)
    other = page.context.new_page()
    stand_in(other)
    activate(other, link)
    other.wait_for_url(SIDECAR_PAGE)
    proceed(page)
    expect(page.locator("#kc-error-message")).to_contain_text(DEAD)
    assert types(extension, school) == ["otp", "password"]


@pytest.mark.parametrize("end", ["replaced", "withdrawn", "disabled"])
def test_a_step_after_the_end_of_the_base_key_changes_nothing(
    extension: ExtensionRealm, school: str, page: Page, end: str
) -> None:
    open_link(page, extension.mint(school, "base-key-1"))
    proceed(page)
    expect(page.locator("#password-new")).to_be_visible()
    match end:
        case "replaced":
            extension.mint(school, "base-key-2")
        case "withdrawn":
            withdraw_base_key(extension.caller, school)
        case _:
            extension.change_account(school, enabled=False)
    set_password(page)
    expect(page.locator("#kc-error-message")).to_contain_text(DEAD)
    assert types(extension, school) == []


def test_the_last_step_after_a_replacement_activates_nothing(
    extension: ExtensionRealm, school: str, page: Page, second: Page
) -> None:
    open_link(page, extension.mint(school, "base-key-1"))
    proceed(page)
    set_password(page)
    page.click("#mode-manual")
    code = totp(page.inner_text("#kc-totp-secret-key"))
    new = extension.mint(school, "base-key-2")
    assert types(extension, school) == []
    page.fill("#totp", code)
    page.click("#saveTOTPBtn")
    expect(page.locator("#kc-error-message")).to_contain_text(DEAD)
    assert types(extension, school) == []
    activate(second, new)
    second.wait_for_url(SIDECAR_PAGE)


def test_an_activated_account_is_taken_over_only_by_a_reset_that_was_asked_for(
    extension: ExtensionRealm, school: str, page: Page, second: Page
) -> None:
    secret = activate(page, extension.mint(school, "base-key-1"))
    page.wait_for_url(SIDECAR_PAGE)
    refused = issue_base_key(extension.caller, school, "base-key-2", lifespan=timedelta(hours=1))
    assert refused is BaseKeyRefusal.IN_USE
    assert extension.attribute(school, "base_key_id") is None

    link = extension.mint(school, "base-key-2", reset=True)
    sign_in(page, extension, school)  # Until the new base key is used, the old credentials stand.
    page.fill("#otp", next_totp(secret))
    page.click("#kc-login")
    page.wait_for_url(SIGNED_IN)

    user = extension.account(school)["id"]
    assert extension.staff.get(f"/users/{user}/sessions") != []
    activate(second, link, password="Novyi-parol-2026", label="new phone")
    second.wait_for_url(SIDECAR_PAGE)
    assert extension.staff.get(f"/users/{user}/sessions") == []
    assert types(extension, school) == ["otp", "password"]
    (otp,) = (c for c in extension.credentials(school) if c["type"] == "otp")
    assert otp["userLabel"] == "new phone"

    sign_in(second, extension, school)
    expect(second.locator("#kc-login")).to_be_visible()
    assert second.locator("#otp").count() == 0


def test_withdrawing_a_reset_leaves_the_account_as_it_was(extension: ExtensionRealm, school: str, page: Page) -> None:
    activate(page, extension.mint(school, "base-key-1"))
    page.wait_for_url(SIDECAR_PAGE)
    link = extension.mint(school, "base-key-2", reset=True)
    withdraw_base_key(extension.caller, school)
    assert open_link(page, link).status == 400
    assert extension.attribute(school, "base_key_id") is None
    assert types(extension, school) == ["otp", "password"]
