"""What the login page gives away, whom it keeps out, which passwords it takes. Source: decisions 4 and 27."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import requests

from provisioning.keycloak.errors import KeycloakRefused
from provisioning.keycloak.realm.lookups import require_user
from tests.support.addresses import new_address, session_from
from tests.support.code_login import CodeLogin
from tests.support.sidecar_names import NOBODY, SCHOOL
from tests.support.sidecar_with_keycloak import Person, SidecarWithKeycloak, make_person, one_time_code

pytest_plugins = ("tests.support.sidecar_keycloak_fixtures",)
pytestmark = pytest.mark.keycloak

ROUNDS: Final = 40
NEVER_THERE, NOT_ACTIVATED = "46-7777777", "46-0005555"
LOCKED, DISABLED, GUESSED, FRESH, ONE_ADDRESS, AT_HOME = (f"46-000666{n}" for n in range(1, 7))
GUESSES, TOO_MANY = 4, "з вашої мережі"
CODES, TOO_MANY_CODES = 5, "Забагато хибних кодів"
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
)
TAKEN = (
    "Kalyna-na-luzi-2026",
    "correct horse battery staple",
    "три відра води з криниці",
    "Mq7#vT2p!xR9bLw4",
    "шість жовтих парасольок",
)


@pytest.fixture(scope="module")
def people(portal: SidecarWithKeycloak) -> dict[str, Person]:
    """Beside those of the portal: an account that nobody activated, and one for each test that tries passwords."""
    portal.realm.admin.post("/users", {"username": NOT_ACTIVATED, "enabled": True, "email": "n@example.ua"})
    more = {name: make_person(portal.realm, name) for name in (LOCKED, GUESSED, FRESH, ONE_ADDRESS, AT_HOME)}
    return {**portal.people, **more, DISABLED: make_person(portal.realm, DISABLED, enabled=False)}


@pytest.fixture
def attempt(portal: SidecarWithKeycloak, people: dict[str, Person]) -> Callable[[str, str], requests.Response]:
    """The answer to a name and a password, in a login of its own, with the time that it took."""

    def send(username: str, password: str) -> requests.Response:
        login = begun(portal)
        page = login.open()
        return login.fill(page, username=username, password=password)

    return send


def begun(portal: SidecarWithKeycloak, address: str | None = None) -> CodeLogin:
    public = f"{portal.settings.keycloak_public_url}/realms/{portal.realm.name}"
    # The form counts wrong passwords by address too; here each login has its own.
    return CodeLogin(public, "sidecar", f"{portal.url}/auth/callback", jar=session_from(address or new_address()))


def words(answer: requests.Response) -> str:
    """What a person sees, without the name that was typed and what differs with every page."""
    body = re.sub(r"<script.*?</script>|<style.*?</style>", "", answer.text, flags=re.DOTALL | re.IGNORECASE)
    shown = re.sub(r'(?:value|href|action|id)="[^"]*"', "", body)
    return re.sub(r"\s+", " ", shown)


def forget_failures(portal: SidecarWithKeycloak) -> None:
    portal.realm.admin.delete("/attack-detection/brute-force/users")


def waits(portal: SidecarWithKeycloak, seconds: int) -> None:
    admin = portal.realm.admin
    changed = {"waitIncrementSeconds": seconds, "maxFailureWaitSeconds": seconds}
    admin.put("", {**admin.get(""), **changed})


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


def test_one_address_has_few_guesses_at_a_name_and_keeps_nobody_else_out(
    portal: SidecarWithKeycloak, people: dict[str, Person]
) -> None:
    """Whatever the client says of its address. Nor does it hear a right password beyond them."""
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
    for name in (NEVER_THERE, ONE_ADDRESS):
        stranger = new_address()
        pages[name] = [words(guess(portal, stranger, name, f"wrong {number}")) for number in range(6)]
    assert pages[NEVER_THERE] == pages[ONE_ADDRESS]


def test_many_names_from_one_address_come_to_an_end(portal: SidecarWithKeycloak) -> None:
    stranger = new_address()
    answers = [guess(portal, stranger, f"46-{7_000_000 + number}", "wrong") for number in range(70)]
    assert 50 <= [TOO_MANY in answer.text for answer in answers].index(True) <= 65


def test_the_right_password_costs_its_owner_no_guess(portal: SidecarWithKeycloak, people: dict[str, Person]) -> None:
    own = new_address()
    for _ in range(GUESSES + 3):
        assert enters(portal, people[FRESH], own)


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


def guess(portal: SidecarWithKeycloak, address: str, name: str, password: str, **headers: str) -> requests.Response:
    """The answer to a password from an address."""
    login = begun(portal, address)
    login.jar.headers.update({key.replace("_", "-"): value for key, value in headers.items()})
    return login.fill(login.open(), username=name, password=password)


def enters(portal: SidecarWithKeycloak, person: Person, address: str | None = None) -> bool:
    """Whether the right password and code lead back to the portal."""
    login = begun(portal, address)
    second = login.fill(login.open(), username=person.username, password=person.password)
    if second.status_code != 200 or 'name="otp"' not in second.text:
        return False
    return login.fill(second, otp=one_time_code(person.code_secret)).is_redirect


@pytest.mark.parametrize("password", REFUSED)
def test_a_common_password_is_refused_however_it_was_lengthened(portal: SidecarWithKeycloak, password: str) -> None:
    with pytest.raises(KeycloakRefused, match=r"aikomCommonPassword|надто поширений|too common"):
        set_password(portal, password)


@pytest.mark.parametrize("password", TAKEN)
def test_a_long_password_of_ones_own_is_taken(portal: SidecarWithKeycloak, password: str) -> None:
    set_password(portal, password)


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
