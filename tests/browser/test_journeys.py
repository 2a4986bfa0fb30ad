"""The main ways of an authority, an administrator and an OIS's operator in a real browser, with the guides' pictures.

Source: order cl. 3, 6, 7, 9, 10. Each test prepares what it needs by the use cases and walks alone.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from provisioning.lifecycle.keys.cut_off import CutOffRequest
from provisioning.lifecycle.keys.cut_off_decisions import request_cut_off
from provisioning.lifecycle.support_requests import NewSupportRequest, file_support_request
from provisioning.model.cut_off import CutOffReason
from provisioning.model.records import AccountState
from provisioning.model.support_requests import SupportRequestKind
from provisioning.model.upkeep import Approval
from tests.support.journey import ADMINISTRATOR, AUTHORITY, GYMNASIUM, LYCEUM, OIS, Journey, journey
from tests.support.ois_application import ENTRY
from tests.support.pictures import take
from tests.unit.sidecar.applications.test_uploads import PDF

__all__ = ["journey"]
pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.assure]

KINDERGARTEN = "46-0001236"


def test_an_authority_sees_its_institutions_and_reports_what_happens_to_them(journey: Journey, page: Page) -> None:
    person = journey.activated(AUTHORITY, "osvita@vyhadane.example", page)
    person.sign_in(page, f"{journey.url}/authority")
    expect(page.get_by_text("Гімназія № 2").first).to_be_visible()
    take(page, "authority-institutions")
    page.goto(f"{journey.url}/authority/institutions/{KINDERGARTEN}")
    take(page, "authority-institution")
    page.get_by_role("button", name="Попросити надіслати базовий ключ ще раз").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(f"{journey.url}/authority/institutions/{KINDERGARTEN}")
    page.get_by_label("Рішення: назва, номер і дата").fill("Рішення міської ради № 5 від 01.11.2026")
    page.get_by_label("Що відбувається").fill("Ліквідація з 1 січня")
    take(page, "authority-ending", only="section[aria-labelledby=ending]")
    page.get_by_role("button", name="Повідомити Адміністратора").click()
    expect(page.get_by_role("status")).to_contain_text("передано Адміністратору")
    kinds = {request.kind for request in _requests(journey, KINDERGARTEN)}
    assert kinds == {SupportRequestKind.BASE_KEY, SupportRequestKind.ENDING}


def _requests(journey: Journey, username: str) -> list[object]:
    with journey.office.ledger.reader() as reader:
        return list(reader.support_requests(username=username))


def test_an_administrator_answers_and_deactivates_on_a_document(journey: Journey, page: Page) -> None:
    actor = journey.office.actor
    file_support_request(
        actor, GYMNASIUM, NewSupportRequest(SupportRequestKind.SUPPORT, "Лист із базовим ключем не надходить.")
    )
    request_cut_off(actor, LYCEUM, CutOffRequest(CutOffReason.REQUEST, f"institution:{LYCEUM}"), Approval.ADMINISTRATOR)
    journey.people[ADMINISTRATOR].sign_in(page, f"{journey.url}/desk")
    take(page, "administrator-today")
    page.goto(f"{journey.url}/desk/institutions?words=гімназія")
    take(page, "administrator-search")
    page.goto(f"{journey.url}/desk/institutions/{GYMNASIUM}")
    take(page, "administrator-institution")
    page.get_by_role("link", name="Деактивувати обліковий запис").click()
    page.get_by_label("Ліквідація").check()
    page.get_by_label("Рішення: назва та номер").fill("Наказ № 12-о")
    page.get_by_label("Дата рішення").fill("2026-11-20")
    page.get_by_label("Введіть назву облікового запису").fill(GYMNASIUM)
    take(page, "administrator-deactivate")
    page.get_by_role("button", name="Деактивувати обліковий запис").click()
    expect(page.get_by_text(f"Обліковий запис {GYMNASIUM} деактивовано")).to_be_visible()
    with journey.office.ledger.reader() as reader:
        ended = reader.account(GYMNASIUM)
    assert ended is not None and ended.state is AccountState.DEACTIVATED
    for path, name in (("ois/", "ois"), (f"ois/{OIS}", "ois-file"), ("ledger", "ledger"), ("figures", "figures")):
        page.goto(f"{journey.url}/desk/{path}")
        take(page, f"administrator-{name}")


def test_an_operator_of_an_ois_applies_and_hands_the_agreement_in(journey: Journey, page: Page, tmp_path: Path) -> None:
    page.goto(f"{journey.url}/onboarding/")
    take(page, "ois-start")
    page.goto(f"{journey.url}/onboarding/apply")
    for name in ("name", "slug", "operator", "edrpou", "site", "contact", "email", "phone", "data_location"):
        page.fill(f"#{name}", str(ENTRY[name]))
    page.fill("#purposes", "\n".join(ENTRY["purposes"]))
    take(page, "ois-application")
    page.fill("#jwks", json.dumps(ENTRY["jwks"]))
    for right in ENTRY["rights"]:
        page.check(f"input[value='{right}']")
    page.get_by_role("button", name="Надіслати заяву").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Перевірте пошту")
    take(page, "ois-check-mail")
    page.goto(_application_link(journey))
    page.get_by_role("button", name="Відкрити").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(ENTRY["name"]))
    take(page, "ois-file")
    page.goto(f"{journey.url}/onboarding/application/agreement")
    take(page, "ois-agreement")
    _check_print(page)
    page.goto(f"{journey.url}/onboarding/application/")
    signed = tmp_path / "agreement.pdf"
    signed.write_bytes(PDF)
    page.set_input_files("#document", signed)
    page.get_by_role("button", name="Завантажити").click()
    expect(page.get_by_text("Підписаний договір розглядає Адміністратор")).to_be_visible()
    page.goto(f"{journey.url}/ois/{OIS}")
    take(page, "ois-listed")


def _check_print(page: Page) -> None:
    """On paper there is the document and nothing to press. Source: order cl. 6, annex 1."""
    page.emulate_media(media="print")
    expect(page.locator(".document")).to_be_visible()
    for left_out in (".site-header", ".site-footer", "a.btn"):
        expect(page.locator(left_out).first).to_be_hidden()
    page.emulate_media(media="screen")


def _application_link(journey: Journey) -> str:
    """The link in the mail that the operator of the OIS gets."""
    found = re.search(r"http\S+/onboarding/link/open\?code=\S+", journey.mail_to(str(ENTRY["email"])).text)
    assert found is not None
    return found[0]
