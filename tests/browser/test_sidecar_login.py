"""People sign in to the sidecar through a real Keycloak in a real browser. Source: order cl. 4, 7."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support.sidecar_ledger import deactivation
from tests.support.sidecar_names import ADMINISTRATOR, AUTHORITY, DEACTIVATED, NOBODY, SCHOOL, SCHOOL_NAME, UNKNOWN
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser]


def test_a_school_signs_in_sees_its_account_and_signs_out_in_one_step(portal: SidecarWithKeycloak, page: Page) -> None:
    page.goto(portal.url)
    page.get_by_role("link", name="Увійти").first.click()
    portal.people[SCHOOL].sign_in(page, page.url)
    expect(page).to_have_url(f"{portal.url}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Мій обліковий запис")
    expect(page.get_by_text(SCHOOL_NAME).first).to_be_visible()
    expect(page.get_by_text(f"api-{SCHOOL}-k1")).to_be_visible()
    page.get_by_role("button", name="Вийти").click()
    expect(page).to_have_url(f"{portal.url}/")
    page.goto(f"{portal.url}/account")
    expect(page.locator("#username")).to_be_visible()


def test_a_deactivated_account_is_out_although_its_cookie_still_stands(portal: SidecarWithKeycloak, page: Page) -> None:
    portal.people[AUTHORITY].sign_in(page, f"{portal.url}/account")
    expect(page.get_by_text("Орган управління у сфері освіти")).to_be_visible()
    with portal.ledger.transaction() as transaction:
        transaction.append([deactivation(AUTHORITY)])
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Цей обліковий запис деактивовано")


@pytest.mark.parametrize(
    ("username", "heading"),
    [
        (DEACTIVATED, "Цей обліковий запис деактивовано"),
        (UNKNOWN, "Цього облікового запису немає в реєстрі Адміністратора"),
        (NOBODY, "Цей обліковий запис не має сюди доступу"),
    ],
)
def test_a_login_that_the_ledger_refuses_begins_no_session(
    portal: SidecarWithKeycloak, page: Page, username: str, heading: str
) -> None:
    portal.people[username].sign_in(page, f"{portal.url}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.goto(portal.url)
    expect(page.get_by_role("link", name="Мій обліковий запис")).to_have_count(0)


def test_staff_who_left_are_out_when_their_session_is_renewed(portal: SidecarWithKeycloak, page: Page) -> None:
    requests: list[Request] = []

    def keep(request: Request) -> None:
        requests.append(request)

    page.on("request", keep)
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/account")
    expect(page.get_by_text("Працівник Адміністратора")).to_be_visible()
    _check_authorization_request(requests)
    _check_cookies(portal, page)
    page.goto(f"{portal.url}/auth/login?next=/account")
    expect(page).to_have_url(f"{portal.url}/account")
    portal.disable(ADMINISTRATOR)
    page.goto(f"{portal.url}/auth/login?next=/account")
    expect(page.locator("#username")).to_be_visible()


@pytest.mark.parametrize("end", ["session", "user"])
def test_a_login_that_is_ended_in_keycloak_is_over_here_at_the_next_request(
    portal: SidecarWithKeycloak, page: Page, end: str
) -> None:
    """Back-channel logout: Keycloak tells the sidecar, which asks for a login at the very next page."""
    portal.people[SCHOOL].sign_in(page, f"{portal.url}/account")
    expect(page.get_by_text(SCHOOL_NAME).first).to_be_visible()
    page.reload()
    expect(page.get_by_text(SCHOOL_NAME).first).to_be_visible()
    admin = portal.realm.admin
    (user,) = admin.get("/users", username=SCHOOL, exact=True)
    if end == "session":
        (session,) = admin.get(f"/users/{user['id']}/sessions")
        admin.delete(f"/sessions/{session['id']}")
    else:
        admin.post(f"/users/{user['id']}/logout", {})
    page.goto(f"{portal.url}/account")
    expect(page.locator("#password")).to_be_visible()


def _check_authorization_request(requests: list[Request]) -> None:
    """PKCE, state and nonce always; nothing secret in the address."""
    (asked,) = [request for request in requests if request.url.split("?")[0].endswith("/openid-connect/auth")]
    query = parse_qs(urlsplit(asked.url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) == 43
    assert query["state"] and query["nonce"] and query["ui_locales"] == ["uk"]
    assert "client_secret" not in query


def _check_cookies(portal: SidecarWithKeycloak, page: Page) -> None:
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies(portal.url)}
    session = cookies["aikom"]
    assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Lax", "/")
    assert "aikom-logout" not in cookies  # It goes to the sign-out address only.
    sealed = {cookie["name"]: cookie for cookie in page.context.cookies(f"{portal.url}/auth/logout")}["aikom-logout"]
    assert (sealed["httpOnly"], sealed["path"]) == (True, "/auth/logout")
    assert page.evaluate("document.cookie") == ""
