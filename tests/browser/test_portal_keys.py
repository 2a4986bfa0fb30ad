"""An institution works on its own API keys in a real browser, through a real Keycloak. Source: order cl. 4, 8."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from provisioning.model.api_key_secret import is_api_key
from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId
from provisioning.model.records import ApiKeyState
from tests.support.accessibility import check_accessible
from tests.support.sidecar_names import SECOND_GENERATION
from tests.support.sidecar_with_keycloak import SidecarWithKeycloak

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = [pytest.mark.keycloak, pytest.mark.browser, pytest.mark.usefixtures("born_key")]

KEY = ClientId(f"api-{SECOND_GENERATION}-k1")


def test_the_secret_is_shown_once_after_a_second_proof_and_it_works(portal: SidecarWithKeycloak, page: Page) -> None:
    person = portal.people[SECOND_GENERATION]
    person.sign_in(page, f"{portal.url}/account")
    page.get_by_role("link", name="Показати ключ АРІ").click()
    expect(page.get_by_role("button", name="Показати секрет зараз")).to_be_visible()
    page.get_by_role("button", name="Показати секрет зараз").click()
    secret = page.locator("#secret-value").inner_text()
    assert is_api_key(secret)
    assert secret not in page.url
    token = portal.realm.token(grant_type="client_credentials", client_id=KEY, client_secret=secret)
    assert token.status_code == 200
    page.get_by_role("link", name="Секрет збережено").click()
    assert secret not in page.content()
    page.goto(f"{portal.url}/account/keys/{KEY}/reveal")
    expect(page.get_by_text("уже було показано")).to_be_visible()


def test_a_new_key_beside_the_old_one_and_the_old_one_ended_early(portal: SidecarWithKeycloak, page: Page) -> None:
    portal.people[SECOND_GENERATION].sign_in(page, f"{portal.url}/account/keys/rotate")
    page.get_by_label("7 днів").check()
    page.get_by_role("button", name="Створити новий ключ АРІ").click()
    expect(page.get_by_role("status")).to_contain_text("Новий ключ АРІ готовий")
    assert page.url.endswith(f"api-{SECOND_GENERATION}-k2/reveal")
    with portal.ledger.reader() as reader:
        old, new = reader.api_keys(SECOND_GENERATION)
    assert old.ends_at is not None and (old.ends_at - new.created_at).days in (6, 7)
    page.goto(f"{portal.url}/account")
    page.get_by_role("link", name="Припинити дію ключа АРІ № 1").click()
    page.get_by_role("button", name="Припинити дію ключа зараз").click()
    expect(page.get_by_role("status")).to_contain_text("Дію ключа АРІ № 1 припинено")
    with portal.ledger.reader() as reader:
        assert [key.state for key in reader.api_keys(SECOND_GENERATION)] == [ApiKeyState.RETIRED, ApiKeyState.BORN]
        actors = {event.actor for event in reader.events(subject=KEY) if event.kind is EventKind.API_KEY_RETIRED}
    assert actors == {f"institution:{SECOND_GENERATION}"}


def test_after_some_minutes_keycloak_asks_for_both_factors_again(portal: SidecarWithKeycloak, page: Page) -> None:
    person = portal.people[SECOND_GENERATION]
    person.sign_in(page, f"{portal.url}/account")
    page.goto(f"{portal.url}/auth/login?next=/account&fresh=yes")
    expect(page.locator("#password")).to_be_visible()
    person.prove(page)
    expect(page).to_have_url(f"{portal.url}/account")


@pytest.mark.parametrize("path", ["rotate", f"{KEY}/reveal", f"{KEY}/retire"])
def test_the_pages_are_usable_by_everybody(portal: SidecarWithKeycloak, page: Page, path: str) -> None:
    portal.people[SECOND_GENERATION].sign_in(page, f"{portal.url}/account/keys/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible(page, f"keys-{path.rsplit('/', maxsplit=1)[-1]}")
