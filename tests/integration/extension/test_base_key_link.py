"""When a base key link is dead. Source: order cl. 4, decision 4."""

from __future__ import annotations

import time

import pytest
import requests

from provisioning.keycloak.base_keys import withdraw_base_key
from provisioning.model.secret import Secret
from tests.support.extension_realm import ExtensionRealm


def fetch(link: Secret, language: str = "uk") -> requests.Response:
    """GET the link as a mail scanner would, without a browser."""
    return requests.get(link.reveal(), headers={"Accept-Language": language}, timeout=60)


def test_fetching_the_link_does_not_use_it_up(extension: ExtensionRealm, school: str) -> None:
    link = extension.mint(school, "base-key-1")
    for _ in range(3):
        page = fetch(link)
        assert page.status_code == 200
        assert school in page.text
    assert requests.head(link.reveal(), timeout=60).status_code == 200


def test_pages_are_ukrainian_whatever_the_browser_prefers_unless_the_account_chose(
    extension: ExtensionRealm, school: str
) -> None:
    link = extension.mint(school, "base-key-1")
    assert "Активація облікового запису" in fetch(link, "en-US,en;q=0.9").text
    extension.change_account(school, attributes={"base_key_id": ["base-key-1"], "locale": ["en"]})
    assert "Activate the account" in fetch(link).text


def test_a_replaced_base_key_is_dead_and_the_new_one_lives(extension: ExtensionRealm, school: str) -> None:
    old, new = extension.mint(school, "base-key-1"), extension.mint(school, "base-key-2")
    refused = fetch(old)
    assert refused.status_code == 400
    assert "Це посилання вже не діє" in refused.text
    assert "support@aikom.example" in refused.text
    assert fetch(new).status_code == 200


def test_two_links_of_the_same_base_key_both_live(extension: ExtensionRealm, school: str) -> None:
    """The outbox may ask again after a crash: the first mail may have gone out."""
    first, second = extension.mint(school, "base-key-1"), extension.mint(school, "base-key-1")
    assert fetch(first).status_code == fetch(second).status_code == 200


def test_a_withdrawn_base_key_is_dead(extension: ExtensionRealm, school: str) -> None:
    link = extension.mint(school, "base-key-1")
    withdraw_base_key(extension.caller, school)
    assert fetch(link).status_code == 400


def test_an_expired_base_key_is_dead_and_the_page_says_what_to_do(extension: ExtensionRealm, school: str) -> None:
    link = extension.mint(school, "base-key-1", seconds=1)
    time.sleep(2.1)
    refused = fetch(link)
    assert refused.status_code == 400
    assert "Строк дії посилання минув" in refused.text


def test_the_base_key_of_a_disabled_account_is_dead_while_it_is_disabled(
    extension: ExtensionRealm, school: str
) -> None:
    link = extension.mint(school, "base-key-1")
    extension.change_account(school, enabled=False)
    assert fetch(link).status_code == 400
    extension.change_account(school, enabled=True)
    assert fetch(link).status_code == 200


def test_disabling_and_withdrawing_is_for_good(extension: ExtensionRealm, school: str) -> None:
    link = extension.mint(school, "base-key-1")
    extension.change_account(school, enabled=False)
    withdraw_base_key(extension.caller, school)
    extension.change_account(school, enabled=True)
    assert fetch(link).status_code == 400


def test_a_base_key_dies_when_the_official_address_changes(extension: ExtensionRealm, school: str) -> None:
    link = extension.mint(school, "base-key-1")
    extension.change_account(school, email="other@school.example")
    assert fetch(link).status_code == 400


def test_a_link_with_one_letter_changed_is_refused(extension: ExtensionRealm, school: str) -> None:
    text = extension.mint(school, "base-key-1").reveal()
    at = text.index(".") + 20
    forged = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    assert fetch(Secret(forged)).status_code == 400


@pytest.mark.parametrize("step", ["UPDATE_PASSWORD", "CONFIGURE_TOTP", "aikom-activate"])
def test_no_link_works_while_the_realm_lacks_one_of_the_steps(
    extension: ExtensionRealm, school: str, step: str
) -> None:
    link = extension.mint(school, "base-key-1")
    path = f"/authentication/required-actions/{step}"
    action = extension.staff.get(path)
    extension.staff.put(path, {**action, "enabled": False})
    try:
        refused = fetch(link)
    finally:
        extension.staff.put(path, {**action, "enabled": True})
    assert refused.status_code == 400
    assert "сервер налаштовано не повністю" in refused.text
    assert fetch(link).status_code == 200
