"""An OIS on its way from the form to the public list, in a real browser: usable by everybody, without JavaScript.

Source: order cl. 6; WCAG 2.2 AA.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from provisioning.ledger.queries import applications as store
from provisioning.lifecycle.applications import make_link
from provisioning.model.ois import OisState
from tests.support.accessibility import check_accessible
from tests.support.ois_application import ENTRY, find_met
from tests.support.sidecar_names import ADMINISTRATOR
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak, make_person
from tests.unit.sidecar.applications.test_uploads import PDF

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.assure]


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page that runs no script of ours."""
    context = browser.new_context(locale="uk-UA", java_script_enabled=False)
    yield context.new_page()
    context.close()


def _fill_in(page: Page) -> None:
    for name in ("name", "slug", "operator", "edrpou", "contact", "email", "phone", "data_location"):
        page.fill(f"#{name}", str(ENTRY[name]))
    page.fill("#purposes", "\n".join(ENTRY["purposes"]))
    page.fill("#jwks", json.dumps(ENTRY["jwks"]))
    for right in ENTRY["rights"]:
        page.check(f"input[value='{right}']")


def _mailed_link(portal: SidecarWithKeycloak) -> str:
    """The link as the outbox would mail it."""
    with portal.ledger.transaction() as transaction:
        (record,) = store.applications_for(transaction, "diary", str(ENTRY["email"]))
        code = make_link(transaction, record.id, portal.ledger.clock())
    assert code is not None
    return f"{portal.url}/onboarding/link/open?code={code.reveal()}"


def test_from_the_form_to_the_public_list(
    portal: SidecarWithKeycloak, browser: Browser, page: Page, plain: Page, tmp_path: Path
) -> None:
    plain.goto(f"{portal.url}/onboarding/apply")
    _fill_in(plain)
    plain.fill("#site", "http://diary.example.ua")
    plain.get_by_role("button", name="Надіслати заяву").click()
    expect(plain.locator("#site-mistake")).to_have_text("Адреса має починатися з https://")
    expect(plain.locator("#operator")).to_have_value(str(ENTRY["operator"]))
    plain.fill("#site", str(ENTRY["site"]))
    plain.get_by_role("button", name="Надіслати заяву").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Перевірте пошту")
    plain.goto(_mailed_link(portal))
    plain.get_by_role("button", name="Відкрити").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(str(ENTRY["name"]))
    signed = tmp_path / "agreement.pdf"
    signed.write_bytes(PDF)
    plain.set_input_files("#document", signed)
    plain.get_by_role("button", name="Завантажити").click()
    expect(plain.get_by_text("Підписаний договір розглядає Адміністратор")).to_be_visible()
    _decide(portal, page)
    context = browser.new_context(locale="uk-UA")
    _approve(portal, context.new_page())
    context.close()
    plain.goto(f"{portal.url}/ois/diary")
    expect(plain.get_by_text("№ 2026-0001", exact=False).first).to_be_visible()
    with portal.ledger.reader() as reader:
        ois = reader.ois("diary")
    assert ois is not None and ois.state is OisState.CONNECTED
    (client,) = portal.realm.admin.get("/clients", clientId="ois-diary")
    assert client["enabled"] and client["clientAuthenticatorType"] == "client-jwt"
    page.goto(f"{portal.url}/ois?q=плюс")
    check_accessible(page, "onboarding-listed")
    page.goto(f"{portal.url}/ois/diary")
    check_accessible(page, "onboarding-one")


def _decide(portal: SidecarWithKeycloak, page: Page) -> None:
    """What the Administrator does at the desk."""
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/desk/ois/")
    check_accessible(page, "onboarding-desk")
    page.get_by_role("link", name=str(ENTRY["name"])).click()
    check_accessible(page, "onboarding-desk-one")
    page.get_by_role("button", name="Прийняти договір").click()
    page.get_by_role("button", name="Надати висновок").click()
    expect(page.get_by_role("alert")).to_contain_text("key-storage")
    find_met(portal.ledger)
    page.get_by_role("button", name="Надати висновок").click()
    expect(page.get_by_role("heading", name="Висновок № 2026-0001")).to_be_visible()
    page.get_by_role("button", name="Запропонувати підключення").click()
    expect(page.get_by_role("heading", name="Чекає на іншого адміністратора")).to_be_visible()
    check_accessible(page, "onboarding-desk-proposed")


def _approve(portal: SidecarWithKeycloak, page: Page) -> None:
    """What another administrator does at the desk."""
    # On record as staff; the user of the configuration has no password yet.
    (user,) = portal.realm.admin.get("/users", username="a.savchuk", exact=True)
    portal.realm.admin.delete(f"/users/{user['id']}")
    second = make_person(portal.realm, "a.savchuk", firstName="Андрій", lastName="Савчук", roles=("administrator",))
    second.sign_in(page, f"{portal.url}/desk")
    page.get_by_role("link", name="Підключити ОІС").click()
    page.locator("#approve-confirmation").fill("diary")
    page.get_by_role("button", name="Погодити").click()
    expect(page.get_by_role("button", name="Зупинити негайно")).to_be_visible()
    check_accessible(page, "onboarding-desk-connected")


@pytest.mark.parametrize("path", ["", "apply", "agreement", "link", "sent", "link/open?code=x"])
def test_public_pages_of_registration_are_usable_by_everybody(
    portal: SidecarWithKeycloak, page: Page, path: str
) -> None:
    page.goto(f"{portal.url}/onboarding/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible(page, "onboarding-" + (path.split("?", maxsplit=1)[0].replace("/", "-") or "start"))


def test_a_form_that_was_sent_back_is_usable_too(portal: SidecarWithKeycloak, page: Page) -> None:
    page.goto(f"{portal.url}/onboarding/apply")
    page.get_by_role("button", name="Надіслати заяву").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_accessible(page, "onboarding-mistakes")
