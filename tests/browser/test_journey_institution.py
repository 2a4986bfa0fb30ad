"""An institution's whole way in a real browser: from the mailed base key to the end of an OIS's access.

Source: order cl. 4, 5, 8, 9. Every page on the way is usable by everybody; their pictures are those of the guide.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from provisioning.model.api_key_secret import is_api_key
from provisioning.model.records import ApiKeyState
from tests.support.accessibility import check_accessible
from tests.support.activation import enrol_totp, proceed, set_password
from tests.support.journey import GYMNASIUM, LYCEUM, OIS, Journey, journey
from tests.support.pictures import picture, show_mail, take

__all__ = ["journey"]
pytestmark = [pytest.mark.keycloak, pytest.mark.browser]

LYCEUM_MAIL = "litsei1@vyhadane.example"
PASSWORD = "Kalyna-na-luzi-2026"


def test_the_base_key_from_the_mail_opens_the_account(journey: Journey, page: Page, tmp_path: Path) -> None:
    link = journey.base_key("himnaziia2@vyhadane.example")
    show_mail(page, journey.mail_to("himnaziia2@vyhadane.example"), tmp_path)
    picture(page, "institution-mail")
    page.goto(link.reveal())
    take(page, "institution-base-key")
    proceed(page)
    take(page, "institution-password")
    set_password(page, PASSWORD)
    take(page, "institution-authenticator")
    secret = enrol_totp(page)
    expect(page).to_have_url(f"{journey.url}/")
    person = journey.enrol(GYMNASIUM, PASSWORD, secret)
    page.context.clear_cookies()
    page.goto(journey.url)
    page.get_by_role("link", name="Увійти").first.click()
    take(page, "institution-sign-in")
    page.fill("#username", GYMNASIUM)
    page.fill("#password", PASSWORD)
    page.click("[type=submit]")
    take(page, "institution-code")
    person.sign_in(page, f"{journey.url}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Мій обліковий запис")
    take(page, "institution-account")


def test_a_mandate_and_the_api_key_let_an_ois_work_and_a_cut_off_ends_it(journey: Journey, page: Page) -> None:
    person = journey.activated(LYCEUM, LYCEUM_MAIL, page)
    page.goto(f"{journey.url}/ois")
    take(page, "institution-ois-list")
    person.sign_in(page, f"{journey.url}/account/mandates/")
    page.get_by_role("link", name=f"Система {OIS}").click()
    page.get_by_label("Номер договору").fill("12/2026")
    page.get_by_label("Дата договору").fill(f"{datetime.now(UTC):%Y-%m-%d}")
    page.get_by_label("students.read").check()
    take(page, "institution-mandate")
    page.locator("form button[type=submit].btn-primary").click()
    take(page, "institution-mandates")
    for name, path in (
        ("mandate-withdraw", f"mandates/{LYCEUM}.{OIS}.1/withdraw"),
        ("direct-use", "mandates/direct-use"),
        ("cut-off-every", "cut-off/every"),
        ("cut-off-leak", "cut-off/leak"),
    ):
        page.goto(f"{journey.url}/account/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        check_accessible(page, f"institution-{name}")

    secret = _reveal(page, journey)
    key = f"api-{LYCEUM}-k1"
    assert (
        journey.office.realm.token(grant_type="client_credentials", client_id=key, client_secret=secret).status_code
        == 200
    )
    journey.read_by_ois(LYCEUM, OIS)
    page.goto(f"{journey.url}/account/reads")
    take(page, "institution-reads")
    page.goto(f"{journey.url}/account/keys/rotate")
    take(page, "institution-rotate")

    page.goto(f"{journey.url}/account")
    page.get_by_role("link", name="Припинити доступ ОІС").click()
    page.get_by_role("link", name=f"Система {OIS}").click()
    expect(page.get_by_text("12/2026")).to_be_visible()
    page.get_by_label("Введіть код свого закладу").fill(LYCEUM)
    take(page, "institution-cut-off")
    page.get_by_role("button", name="Припинити дію ключа АРІ зараз").click()
    expect(page.get_by_role("status")).to_contain_text("Новий ключ готовий")
    take(page, "institution-cut-off-done")
    dead = journey.office.realm.token(grant_type="client_credentials", client_id=key, client_secret=secret)
    assert dead.status_code == 401
    with journey.office.ledger.reader() as reader:
        assert [one.state for one in reader.api_keys(LYCEUM)] == [ApiKeyState.CUT_OFF, ApiKeyState.BORN]
    assert journey.office.unfinished() == []


def _reveal(page: Page, journey: Journey) -> str:
    """Show the secret once; the picture has something else in its place."""
    page.goto(f"{journey.url}/account")
    page.get_by_role("link", name="Показати ключ АРІ").click()
    take(page, "institution-reveal")
    page.get_by_role("button", name="Показати секрет зараз").click()
    secret = page.locator("#secret-value").inner_text()
    assert is_api_key(secret)
    page.locator("#secret-value").evaluate("element => { element.textContent = 'aikom_ТУТ-БУДЕ-ВАШ-СЕКРЕТ' }")
    take(page, "institution-secret")
    page.get_by_role("link", name="Секрет збережено").click()
    return secret


def test_an_institution_asks_for_help_and_sees_what_may_be_in_the_way(journey: Journey, page: Page) -> None:
    journey.activated(LYCEUM, LYCEUM_MAIL, page).sign_in(page, f"{journey.url}/account")
    page.get_by_role("link", name="Звернутися до Адміністратора").click()
    page.locator("textarea").fill("ОІС не бачить списку учнів з понеділка.")
    take(page, "institution-request")
    page.get_by_role("button", name="Надіслати звернення").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_text("ОІС не бачить списку учнів")).to_be_visible()
