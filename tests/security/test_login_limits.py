"""How many wrong passwords and codes an address may send, and whom that keeps out. Source: docs/security.md row 53."""

from __future__ import annotations

from typing import Final

import pytest
import requests

from provisioning.keycloak.lookups import require_user
from tests.support.addresses import new_address
from tests.support.login_forms import begun, enters, forget_failures, guess, waits, words
from tests.support.sidecar_with_keycloak import Person, SidecarWithKeycloak, make_person, one_time_code

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = pytest.mark.keycloak

NOT_THERE, ONE_ADDRESS, AT_HOME = "46-7777777", "46-0006665", "46-0006666"
GUESSES, TOO_MANY = 4, "з вашої мережі"
CODES, TOO_MANY_CODES = 5, "Забагато хибних кодів"
WAIT_S: Final = 2
"""`brute_force.max_wait_seconds` of the example configuration."""


@pytest.fixture(scope="module")
def people(portal: SidecarWithKeycloak) -> dict[str, Person]:
    """One for tests from a single address, one that signs in at home."""
    return {name: make_person(portal.realm, name) for name in (ONE_ADDRESS, AT_HOME)}


def test_one_address_has_few_guesses_at_a_name_and_keeps_nobody_else_out(
    portal: SidecarWithKeycloak, people: dict[str, Person]
) -> None:
    """A header with another address changes nothing, and the right password is not looked at beyond the allowance."""
    forget_failures(portal)
    stranger, person = new_address(), people[ONE_ADDRESS]
    answers = [
        guess(portal, stranger, ONE_ADDRESS, f"wrong {number}", X_Forwarded_For=new_address()) for number in range(8)
    ]
    assert [TOO_MANY in answer.text for answer in answers] == [False] * GUESSES + [True] * (8 - GUESSES)
    status = portal.realm.admin.get(
        f"/attack-detection/brute-force/users/{require_user(portal.realm.admin, ONE_ADDRESS)['id']}"
    )
    assert (status["numFailures"], status["disabled"]) == (GUESSES, False)
    assert TOO_MANY in guess(portal, stranger, ONE_ADDRESS, person.password).text
    assert TOO_MANY in guess(portal, stranger, ONE_ADDRESS.upper(), "wrong").text
    assert enters(portal, person)


def test_a_name_that_nobody_has_is_answered_alike_by_address(portal: SidecarWithKeycloak) -> None:
    forget_failures(portal)
    pages = {}
    for name in (NOT_THERE, ONE_ADDRESS):
        stranger = new_address()
        pages[name] = [words(guess(portal, stranger, name, f"wrong {number}")) for number in range(6)]
    assert pages[NOT_THERE] == pages[ONE_ADDRESS]


def test_many_names_from_one_address_come_to_an_end(portal: SidecarWithKeycloak) -> None:
    stranger = new_address()
    answers = [guess(portal, stranger, f"46-{7_000_000 + number}", "wrong") for number in range(70)]
    assert 50 <= [TOO_MANY in answer.text for answer in answers].index(True) <= 65


def test_the_right_password_costs_its_owner_no_guess(portal: SidecarWithKeycloak, people: dict[str, Person]) -> None:
    own = new_address()
    for _ in range(GUESSES + 3):
        assert enters(portal, people[AT_HOME], own)


def test_who_has_the_password_tries_few_codes_and_keeps_the_owner_from_nothing(
    portal: SidecarWithKeycloak, people: dict[str, Person]
) -> None:
    person, thief = people[ONE_ADDRESS], new_address()

    def code_from(address: str, code: str) -> requests.Response:
        forget_failures(portal)
        login = begun(portal, address)
        second = login.fill(login.open(), username=person.username, password=person.password)
        return login.fill(second, otp=code)

    answers = [code_from(thief, "000000").text for _ in range(CODES + 3)]
    assert [TOO_MANY_CODES in answer for answer in answers] == [False] * CODES + [True] * 3
    refused = code_from(thief, one_time_code(person.code_secret))
    assert TOO_MANY_CODES in refused.text and not refused.is_redirect
    own = new_address()
    for _ in range(CODES + 1):
        assert enters(portal, person, own)


def test_a_name_does_not_wait_where_its_owner_has_signed_in_before(
    portal: SidecarWithKeycloak, people: dict[str, Person]
) -> None:
    person, home = people[AT_HOME], new_address()
    assert enters(portal, person, home)
    waits(portal, 3_600)
    try:
        for _ in range(6):
            guess(portal, new_address(), AT_HOME, "a stranger's guess")
        assert not enters(portal, person, new_address())
        assert enters(portal, person, home)
    finally:
        waits(portal, WAIT_S)
        forget_failures(portal)
    wrong = [guess(portal, home, AT_HOME, f"wrong {number}").text for number in range(GUESSES + 1)]
    assert [TOO_MANY in answer for answer in wrong] == [False] * GUESSES + [True], "an address that is known guesses"
