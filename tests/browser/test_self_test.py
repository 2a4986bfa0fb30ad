"""The pages of the self-test in a real browser: begin a run, see what it waits for, read its report (WCAG 2.2 AA)."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect

from provisioning.lifecycle.applications import LINK_PATH, make_link, submit
from provisioning.model.application import Application
from provisioning.model.ois import Slug
from sidecar.app import utc_now
from tests.integration.sandbox.conftest import office, world
from tests.support.accessibility import check_accessible
from tests.support.ois_application import ENTRY
from tests.support.sandbox_running import SandboxParty, SandboxWorld
from tests.support.sidecar_ledger import record_staff
from tests.support.sidecar_people import ADMINISTRATOR
from tests.support.sidecar_running import signed_in
from tests.support.third_party import ThirdParty, new_key

__all__ = ["office", "world"]

pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.assure]


def opened(world: SandboxWorld, page: Page) -> SandboxParty:
    """An applicant at the page of its application, which it opened by the mailed link."""
    ledger, key = world.office.ledger, new_key()
    jwks = ThirdParty(world.realm, Slug("diary"), key).jwks
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in ENTRY.items()}
    application = Application(**{**fields, "jwks": json.dumps(jwks)})
    done = submit(ledger, application, None)
    with ledger.transaction() as transaction:
        code = make_link(transaction, done.id, ledger.clock())  # type: ignore[union-attr]  # it was not refused
    assert code is not None
    page.goto(f"{world.url}{LINK_PATH}?code={code.reveal()}")
    page.get_by_role("button", name="Відкрити").click()
    real = ThirdParty(world.office.realm, Slug("diary"), key)
    return SandboxParty(world, ThirdParty(world.realm, Slug("diary"), key), real)


def test_an_applicant_begins_a_run_by_hand_and_reads_its_report(world: SandboxWorld, page: Page) -> None:
    party = opened(world, page)
    page.get_by_role("link", name="Самоперевірка у пісочниці").click()
    check_accessible(page, "self-test-overview")
    page.get_by_role("button", name="Розпочати перевірку").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Перевірку розпочато")
    check_accessible(page, "self-test-begun")
    texts = [text.strip() for text in page.locator("dd code").all_inner_texts()]
    party.begun = {"institution": texts[3], "api_key_id": texts[4], "api_key": texts[5]}
    token = party.exchanged()
    assert party.call(token).status_code == 200
    page.get_by_role("link", name="До перевірки").click()
    expect(page.get_by_role("heading", name="На що чекає перевірка")).to_be_visible()
    check_accessible(page, "self-test-under-way")
    while (answer := party.call(token)).status_code != 403:
        time.sleep(int(answer.headers.get("Retry-After", "0")) or 0.1)
    page.goto(f"{world.url}/onboarding/application/self-test/")
    page.locator("section[aria-labelledby=runs] a").first.click()
    for _ in range(20):
        if page.get_by_role("heading", name="Результати").is_visible():
            break
        time.sleep(1)
        page.reload()
    expect(page.locator(".requirements .tag-connected")).to_have_count(6)
    assert re.search(r"[0-9a-f]{64}", page.content())
    check_accessible(page, "self-test-report")
    page.get_by_role("link", name="Те саме як JSON").click()
    assert party.begun["api_key"] not in page.content()
    page.goto(f"{world.url}/onboarding/application/")
    expect(page.get_by_role("link", name="Звіт самоперевірки").first).to_be_visible()
    check_accessible(page, "self-test-evidence")
    report = page.get_by_role("link", name="Звіт самоперевірки").first.get_attribute("href")
    assert report is not None
    _sign_in_administrator(world, page)
    page.goto(f"{world.url}/desk/ois/diary/self-test/{report.rstrip('/').rpartition('/')[2]}")
    expect(page.locator(".requirements .tag-connected")).to_have_count(6)
    check_accessible(page, "self-test-at-the-desk")


def _sign_in_administrator(world: SandboxWorld, page: Page) -> None:
    """With the session's cookie: the login itself is not what is looked at here."""
    record_staff(world.office.ledger)
    name = world.app.config["SESSION_COOKIE_NAME"]
    cookie = signed_in(world.app, ADMINISTRATOR, utc_now()).get_cookie(name)
    assert cookie is not None
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": world.url}])
