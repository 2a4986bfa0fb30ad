"""What the login page gives away, whom it keeps out, which passwords it takes. Source: decisions 4 and 27."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import requests

from provisioning.keycloak.errors import KeycloakRefused
from provisioning.keycloak.lookups import require_user
from tests.support.login_forms import begun, enters, forget_failures, waits, words
from tests.support.sidecar_names import NOBODY, SCHOOL
from tests.support.sidecar_with_keycloak import Person, SidecarWithKeycloak, make_person, one_time_code

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = pytest.mark.keycloak

ROUNDS: Final = 40
NEVER_THERE, NOT_ACTIVATED = "46-7777777", "46-0005555"
LOCKED, DISABLED, GUESSED, FRESH = (f"46-000666{n}" for n in range(1, 5))
WAIT_S: Final = 2
"""`brute_force.max_wait_seconds` of the example configuration."""

REFUSED = (
    "111111111111111",
    "passwordpassword",
    "PasswordPassword",
    "password-password",
    "password1234567",
    "2026!!!password",
    "qwertyqwertyqwerty",
    "qwertyuiopasdfg",
    "1234567890123456",
    "098765432109876",
    "1qaz2wsx3edc4rfv",
    "abcdefghijklmnop",
    "abcabcabcabcabc",
    "йцукенгшщзхїфів",
    "ячсмитьбюєждлорп",
    "парольпароль2026",
    "Україна20262026!",
    "aikomaikomaikom",
    "iloveyouiloveyou",
    "zaq12wsxzaq12wsx",
    "password1password2",
    "Welcome2026Welcome",
    "україна-2026-україна",
    "administrator123",
    "admin1234567890",
    "p@ssword1234567",
    "1q2w3e4r5t6y7u8i",
    "qazwsxedcrfvtgbyhn",
    "!QAZ2wsx#EDC4rfv",
    "qweasdzxcqweasd",
    "зфііцщкв1234567",
    "erhf]yferhf]yf12",
)
TAKEN = (
    "Kalyna-na-luzi-2026",
    "correct horse battery staple",
    "три відра води з криниці",
    "Mq7#vT2p!xR9bLw4",
    "шість жовтих парасольок",
    "we were here again",
    "трава зелена навесні",
)


@pytest.fixture(scope="module")
def people(portal: SidecarWithKeycloak) -> dict[str, Person]:
    """Beside those of the portal: an account that nobody activated, and one for each test that tries passwords."""
    portal.realm.admin.post("/users", {"username": NOT_ACTIVATED, "enabled": True, "email": "n@example.ua"})
    more = {name: make_person(portal.realm, name) for name in (LOCKED, GUESSED, FRESH)}
    return {**portal.people, **more, DISABLED: make_person(portal.realm, DISABLED, enabled=False)}


@pytest.fixture
def attempt(portal: SidecarWithKeycloak, people: dict[str, Person]) -> Callable[[str, str], requests.Response]:
    """The answer to a name and a password, in a login of its own, with the time that it took."""

    def send(username: str, password: str) -> requests.Response:
        login = begun(portal)
        page = login.open()
        return login.fill(page, username=username, password=password)

    return send


@pytest.fixture(scope="module")
def locked(portal: SidecarWithKeycloak, people: dict[str, Person]) -> Iterator[None]:
    """A name that has to wait as long as this file runs."""
    waits(portal, 3_600)
    for number in range(6):
        login = begun(portal)
        login.fill(login.open(), username=LOCKED, password=f"a wrong password {number}")
    status = portal.realm.admin.get(
        f"/attack-detection/brute-force/users/{require_user(portal.realm.admin, LOCKED)['id']}"
    )
    assert status["disabled"] is True
    waits(portal, WAIT_S)
    yield
    forget_failures(portal)


@pytest.mark.assure
@pytest.mark.parametrize("password", ["a wrong password of nobody", ""], ids=["wrong", "empty"])
@pytest.mark.parametrize("name", [SCHOOL, NOT_ACTIVATED, DISABLED, LOCKED])
@pytest.mark.usefixtures("locked")
def test_no_answer_tells_what_a_name_is_by_its_time_or_its_words(
    portal: SidecarWithKeycloak, attempt: Callable[[str, str], requests.Response], name: str, password: str
) -> None:
    """Each is asked in turn with a name that nobody has. Without the hash one takes a quarter of the other's time."""
    took: dict[str, list[float]] = {NEVER_THERE: [], name: []}
    pages: dict[str, set[str]] = {NEVER_THERE: set(), name: set()}
    users = {n: require_user(portal.realm.admin, n)["id"] for n in (SCHOOL, NOT_ACTIVATED, DISABLED)}
    for number in range(ROUNDS):
        for user in users.values():
            portal.realm.admin.delete(f"/attack-detection/brute-force/users/{user}")
        for asked in (NEVER_THERE, name) if number % 2 else (name, NEVER_THERE):
            answer = attempt(asked, password)
            assert answer.status_code == 200
            took[asked].append(answer.elapsed.total_seconds())
            pages[asked].add(words(answer))
    middle = {asked: statistics.median(times) for asked, times in took.items()}
    assert 0.6 < middle[name] / middle[NEVER_THERE] < 1.67, middle
    assert pages[name] == pages[NEVER_THERE]


def test_wrong_passwords_of_a_stranger_keep_nobody_out_for_longer_than_the_short_wait(
    portal: SidecarWithKeycloak, people: dict[str, Person], attempt: Callable[[str, str], requests.Response]
) -> None:
    person = people[GUESSED]
    for number in range(2):
        attempt(GUESSED, f"two within a second {number}")
    assert enters(portal, person), "two quick wrong passwords shut a name"
    for number in range(40):
        attempt(GUESSED, f"many {number}")
    time.sleep(WAIT_S + 0.5)
    assert enters(portal, person), f"a name was shut for longer than {WAIT_S} s after 40 wrong passwords"
    assert require_user(portal.realm.admin, GUESSED)["enabled"] is True


@pytest.mark.parametrize("password", REFUSED)
def test_a_common_password_is_refused_however_it_was_lengthened(portal: SidecarWithKeycloak, password: str) -> None:
    with pytest.raises(KeycloakRefused, match=r"aikomCommonPassword|надто поширений|too common"):
        set_password(portal, password)


@pytest.mark.parametrize("password", TAKEN)
def test_a_long_password_of_ones_own_is_taken(portal: SidecarWithKeycloak, password: str) -> None:
    set_password(portal, password)


def test_a_password_of_any_length_is_judged_in_no_time(portal: SidecarWithKeycloak) -> None:
    began = time.monotonic()
    with pytest.raises(KeycloakRefused):
        set_password(portal, "1" * 100_000 + "ж1q")
    assert time.monotonic() - began < 2


def set_password(portal: SidecarWithKeycloak, password: str) -> None:
    admin = portal.realm.admin
    user = require_user(admin, NOBODY)["id"]
    admin.put(f"/users/{user}/reset-password", {"type": "password", "value": password, "temporary": False})


@pytest.mark.parametrize("action", ["UPDATE_PASSWORD", "CONFIGURE_TOTP"])
def test_an_action_that_changes_credentials_asks_for_a_fresh_login(
    portal: SidecarWithKeycloak, people: dict[str, Person], action: str
) -> None:
    person, login = people[FRESH], begun(portal)
    second = login.fill(login.open(), username=person.username, password=person.password)
    assert login.fill(second, otp=one_time_code(person.code_secret)).is_redirect
    assert login.open().is_redirect, "the session opens the client without another login"
    time.sleep(1.5)  # Keycloak counts the age of a login in whole seconds.
    asked = login.open(kc_action=action)
    assert asked.status_code == 200
    assert 'name="password"' in asked.text
    assert "password-new" not in asked.text and 'name="totp"' not in asked.text


@pytest.mark.parametrize(
    "action", ["delete_credential", "webauthn-register", "CONFIGURE_RECOVERY_AUTHN_CODES", "UPDATE_EMAIL"]
)
def test_an_action_that_the_login_cannot_use_or_that_takes_a_factor_away_is_not_there(
    portal: SidecarWithKeycloak, people: dict[str, Person], action: str
) -> None:
    person, login = people[FRESH], begun(portal)
    second = login.fill(login.open(kc_action=action), username=person.username, password=person.password)
    answer = login.fill(second, otp=one_time_code(person.code_secret))
    assert answer.is_redirect and "kc_action_status=" in answer.headers["Location"], answer.text[:300]
    assert "kc_action_status=success" not in answer.headers["Location"]


def test_nothing_is_asked_of_people_but_what_the_login_can_use(portal: SidecarWithKeycloak) -> None:
    actions = portal.realm.admin.get("/authentication/required-actions")
    enabled = {action["alias"] for action in actions if action["enabled"]}
    assert enabled == {"UPDATE_PASSWORD", "CONFIGURE_TOTP", "aikom-activate", "update_user_locale"}
    assert [action["alias"] for action in actions if action["defaultAction"]] == []
