"""Desk, authority's pages and requests in a real browser: usable by everybody, and the main way through them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from provisioning.lifecycle.accounts.deactivation import Bulk
from provisioning.lifecycle.accounts.proposals import propose
from provisioning.lifecycle.administrators import read_administrators, record_administrators
from provisioning.lifecycle.keys.cut_off import CutOffRequest
from provisioning.lifecycle.keys.cut_off_decisions import request_cut_off
from provisioning.model.cut_off import CutOffReason
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.records import AccountState
from provisioning.model.upkeep import Approval
from provisioning.planning.administrators import Administrators, admit
from tests.support.accessibility import check_accessible
from tests.support.office_without_keycloak import actor_without_keycloak
from tests.support.sidecar_names import ADMINISTRATOR, AUTHORITY, SCHOOL, SECOND_GENERATION
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak
from tests.unit.planning.test_administrators import member

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser]


def test_a_report_of_an_authority_becomes_a_deactivation_at_the_desk(portal: SidecarWithKeycloak, page: Page) -> None:
    portal.people[AUTHORITY].sign_in(page, f"{portal.url}/authority")
    check_accessible(page, "authority")
    page.get_by_role("link", name=SECOND_GENERATION).click()
    check_accessible(page, "authority-institution")
    page.get_by_label("Рішення: назва, номер і дата").fill("Рішення міської ради № 5 від 01.11.2026")
    page.get_by_label("Що відбувається").fill("Ліквідація з 1 січня")
    page.get_by_role("button", name="Повідомити Адміністратора").click()
    expect(page.get_by_role("status")).to_contain_text("передано Адміністратору")
    page.get_by_role("button", name="Вийти").click()

    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/desk")
    check_accessible(page, "desk-today")
    page.get_by_role("link", name="Повідомлення про ліквідацію або реорганізацію").click()
    check_accessible(page, "desk-request")
    page.get_by_role("link", name="Відкрити обліковий запис").click()
    check_accessible(page, "desk-institution")
    page.get_by_role("link", name="Деактивувати обліковий запис").click()
    check_accessible(page, "desk-deactivate")
    page.get_by_label("Ліквідація").check()
    page.get_by_label("Рішення: назва та номер").fill("Наказ № 12-о")
    page.get_by_label("Дата рішення").fill("2026-11-20")
    page.get_by_label("Введіть назву облікового запису").fill(SECOND_GENERATION)
    page.get_by_role("button", name="Деактивувати обліковий запис").click()
    expect(page.get_by_text(f"Обліковий запис {SECOND_GENERATION} деактивовано")).to_be_visible()
    with portal.ledger.reader() as reader:
        ended = reader.account(SECOND_GENERATION)
    assert ended is not None and ended.state is AccountState.DEACTIVATED
    assert portal.realm.admin.get("/users", username=SECOND_GENERATION, exact=True)[0]["enabled"] is False
    page.goto(f"{portal.url}/desk/institutions/{AUTHORITY}/reinstate")
    check_accessible(page, "desk-reinstate")


@pytest.mark.parametrize(
    "path",
    ["administrators", "institutions?words=ліцей", "ledger", "ledger/2", "ledger/verify?first=1", "figures", "watch"],
)
def test_pages_of_the_desk_are_usable_by_everybody(portal: SidecarWithKeycloak, page: Page, path: str) -> None:
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/desk/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible(page, f"desk-{path.split('?', maxsplit=1)[0].replace('/', '-')}")


def test_the_page_for_requests_is_usable_by_everybody(portal: SidecarWithKeycloak, page: Page) -> None:
    portal.people[SCHOOL].sign_in(page, f"{portal.url}/account/requests")
    check_accessible(page, "requests")


def test_a_cut_off_that_waits_is_decided_from_the_queue(portal: SidecarWithKeycloak, page: Page) -> None:
    school = actor_without_keycloak(portal.ledger, f"institution:{SCHOOL}")
    asked = CutOffRequest(CutOffReason.REQUEST, f"institution:{SCHOOL}", note="договір розірвано")
    request_cut_off(school, SCHOOL, asked, Approval.ADMINISTRATOR)
    why = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 14", date(2026, 11, 20))
    colleague = actor_without_keycloak(portal.ledger, "staff:colleague")
    propose(colleague, [SCHOOL], why, Bulk("accounts by name: 1", 1), lifespan=timedelta(days=1))
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/desk")
    check_accessible(page, "desk-today-full")
    page.get_by_role("link", name="Перелік кодів: 1").click()
    check_accessible(page, "desk-bulk-proposal")
    page.go_back()
    page.get_by_role("link", name="звернення закладу").click()
    check_accessible(page, "desk-cut-off")
    reason = page.get_by_label("Причина, яка залишиться в реєстрі подій")
    reason.fill("договір чинний")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Звернення відхилено")
    expect(page.get_by_role("link", name="звернення закладу")).to_have_count(0)


def test_a_bulk_deactivation_shows_whom_it_concerns_and_takes_the_exact_number(
    portal: SidecarWithKeycloak, page: Page
) -> None:
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/desk/bulk")
    check_accessible(page, "desk-bulk")
    page.get_by_label("Перелік кодів").check()
    page.get_by_label("Коди: по одному в рядку").fill(SCHOOL)
    page.get_by_label("Кіберзагроза").check()
    page.get_by_label("Рішення: назва та номер").fill("Наказ № 14")
    page.get_by_label("Дата рішення").fill("2026-11-20")
    page.get_by_role("button", name="Показати, кого це стосується").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Перевірте, кого це стосується")
    check_accessible(page, "desk-bulk-preview")
    number = page.get_by_label("введіть точну кількість")
    number.fill("2")
    number.press("Enter")
    expect(page.get_by_text("Кількість облікових записів інша.")).to_be_visible()
    page.get_by_label("введіть точну кількість").fill("1")
    page.get_by_label("введіть точну кількість").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Рішення записано")
    check_accessible(page, "desk-bulk-decision")
    with portal.ledger.reader() as reader:
        ended = reader.account(SCHOOL)
    assert ended is not None and ended.state is AccountState.DEACTIVATED


def test_a_new_administrator_is_approved_by_the_one_there_is(portal: SidecarWithKeycloak, page: Page) -> None:
    apply = actor_without_keycloak(portal.ledger, "watch:node-1")
    for names in ((ADMINISTRATOR,), (ADMINISTRATOR, "i.franko")):
        record_administrators(apply, admit([member(name) for name in names], _administrators(portal)))
    portal.people[ADMINISTRATOR].sign_in(page, f"{portal.url}/desk")
    page.locator("a[href^='/desk/administrators/']").first.click()
    expect(page.get_by_text("i.franko@iea.example")).to_be_visible()
    check_accessible(page, "desk-administrator")
    page.locator("[name=confirmation]").fill("i.franko")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/administrators")
    assert ("i.franko", "i.franko@iea.example") in _administrators(portal).approved


def _administrators(portal: SidecarWithKeycloak) -> Administrators:
    with portal.ledger.reader() as reader:
        return read_administrators(reader)
