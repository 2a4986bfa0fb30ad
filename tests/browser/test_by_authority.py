"""An institution agrees, and its authority lets an OIS work for it, in a real browser and by keyboard (cl. 3, 5)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId
from tests.support.accessibility import check_accessible
from tests.support.ois_listed import SUSPENDED, record_ois
from tests.support.ois_listed import event as ois_event
from tests.support.sidecar_names import AUTHORITY, SECOND_GENERATION
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.usefixtures("born_key"), pytest.mark.assure]

KEY = ClientId(f"api-{SECOND_GENERATION}-k1")
OIS = SUSPENDED


def test_without_any_connected_ois_the_page_says_what_comes_first(portal: SidecarWithKeycloak, page: Page) -> None:
    portal.people[AUTHORITY].sign_in(page, f"{portal.url}/authority/ois/")
    expect(page.get_by_text("жодної ОІС не підключено")).to_be_visible()
    check_accessible(page, "authority-ois-empty")


def test_an_institution_agrees_by_keyboard_and_the_authority_decides(portal: SidecarWithKeycloak, page: Page) -> None:
    record_ois(portal.ledger)
    with portal.ledger.transaction() as transaction:
        transaction.append([ois_event(EventKind.OIS_RESUMED, OIS, reason="усунено")])
    portal.people[AUTHORITY].sign_in(page, f"{portal.url}/authority/ois/{OIS}")
    expect(page.get_by_text("доручення не отримає ніхто")).to_be_visible()
    check_accessible(page, "authority-ois-nobody")
    page.get_by_role("button", name="Вийти").click()

    portal.people[SECOND_GENERATION].sign_in(page, f"{portal.url}/account/mandates/")
    check_accessible(page, "mandates-not-agreed")
    page.get_by_role("link", name="Змінити згоду").press("Enter")
    check_accessible(page, "mandates-by-authority")
    page.get_by_role("button", name="Погодитися").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("може надавати доручення")
    page.get_by_role("button", name="Вийти").click()

    portal.people[AUTHORITY].sign_in(page, f"{portal.url}/authority")
    page.get_by_role("link", name="ОІС для наших закладів").click()
    check_accessible(page, "authority-ois")
    page.goto(f"{portal.url}/authority/ois/{OIS}?lang=en")
    check_accessible(page, "authority-ois-decide-en")
    page.goto(f"{portal.url}/authority/ois/{OIS}?lang=uk")
    page.get_by_role("button", name="Надати 1 доручення").press("Enter")
    expect(page.locator("#contract-mistake")).to_be_visible()
    check_accessible(page, "authority-ois-mistake")
    page.fill("#contract", "77/2026")
    page.fill("#signed", "2026-11-01")
    page.locator("input[value='students.read']").press("Space")
    page.get_by_role("button", name="Надати 1 доручення").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("надано від закладів: 1")
    check_accessible(page, "authority-ois-decided")
    with portal.ledger.reader() as reader:
        (mandate,) = reader.mandates(username=SECOND_GENERATION)
    assert (mandate.authority, mandate.rights, mandate.contract_number) == (AUTHORITY, ("students.read",), "77/2026")
