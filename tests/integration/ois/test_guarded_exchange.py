"""What the token exchange refuses by itself, with the reason in the answer and in the event. Source: decision 27."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from provisioning.keycloak.lookups import require_client
from provisioning.lifecycle.mandates.granting import Contract, grant, withdraw
from provisioning.model.ois import MandateRecord, Slug
from tests.support.code_login import CodeLogin
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.sidecar_with_keycloak import make_person, one_time_code
from tests.support.third_party import JWT_BEARER, ThirdParty, connected

NOT_THE_KEYS_OWN = "subject_token was exchanged before or is a person's: send the API key's own token"
NOT_A_KEYS = "subject_token is not of an API key: send the API key's own token"
NO_MANDATE = "the account has no mandate for ois-diary, or withdrew it"


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(*(school(number) for number in range(1, 5)))
    office.apply()


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    party = ThirdParty(office.realm, Slug("diary"))
    connected(office.actor, party, ["students.read"])
    return party


@pytest.fixture(scope="module")
def other(office: Office) -> ThirdParty:
    party = ThirdParty(office.realm, Slug("other"))
    connected(office.actor, party, ["students.read"])
    return party


def mandate(office: Office, number: int, ois: str = "diary") -> MandateRecord:
    today = office.actor.today()
    return grant(office.actor, f"46-000000{number}", ois, Contract("1", today, today + timedelta(days=30)))


def subject_token(office: Office, number: int) -> str:
    key = f"api-46-000000{number}-k1"
    return office.access_token(key, office.reveal(key))


def newest_refusal(office: Office) -> dict[str, Any]:
    (event, *_) = office.realm.admin.get("/events", type="TOKEN_EXCHANGE_ERROR", max=1)
    return dict(event)


def assert_refused(office: Office, answer: requests.Response, reason: str, holder: str) -> None:
    assert (answer.status_code, answer.json()) == (403, {"error": "access_denied", "error_description": reason})
    event = newest_refusal(office)
    assert (event["clientId"], event["error"]) == ("ois-diary", "not_allowed")
    assert (event["details"]["reason"], event["details"]["subject_token_client_id"]) == (reason, holder)


def test_an_exchanged_token_is_exchanged_by_nobody_again(office: Office, diary: ThirdParty, other: ThirdParty) -> None:
    mandate(office, 1)
    mandate(office, 1, "other")
    for party in (diary, other):
        exchanged = str(party.exchange(subject_token(office, 1)).json()["access_token"])
        assert_refused(office, diary.exchange(exchanged), NOT_THE_KEYS_OWN, party.client_id)


def test_the_token_that_an_ois_got_for_itself_is_no_subject(office: Office, diary: ThirdParty) -> None:
    form = {"client_assertion_type": JWT_BEARER, "client_assertion": diary.assertion()}
    own = str(office.realm.token(grant_type="client_credentials", **form).json()["access_token"])
    assert_refused(office, diary.exchange(own), NOT_A_KEYS, "ois-diary")


def test_a_person_is_no_subject(office: Office, diary: ThirdParty) -> None:
    """A person who signed in at the OIS itself: the token names the OIS, and still opens nothing."""
    realm, page = office.realm, "https://diary.example.ua/back"
    client = require_client(realm.admin, "ois-diary")
    realm.admin.put(f"/clients/{client['id']}", {**client, "standardFlowEnabled": True, "redirectUris": [page]})
    person = make_person(realm, "46-0000099", firstName="А", lastName="Б")
    login = CodeLogin(f"{realm.settings.keycloak_public_url}/realms/{realm.name}", "ois-diary", page)
    second = login.fill(login.open(), username=person.username, password=person.password)
    code = login.code(login.fill(second, otp=one_time_code(person.code_secret)))
    form = {"client_assertion_type": JWT_BEARER, "client_assertion": diary.assertion()}
    token = str(login.redeem(code, **form).json()["access_token"])
    assert_refused(office, diary.exchange(token), NOT_THE_KEYS_OWN, "ois-diary")


def test_a_withdrawn_mandate_is_refused_at_once_for_tokens_issued_before(office: Office, diary: ThirdParty) -> None:
    given = mandate(office, 2)
    before = subject_token(office, 2)
    assert diary.exchange(before).status_code == 200
    withdraw(office.actor, given.id, "contract ended")
    assert_refused(office, diary.exchange(before), NO_MANDATE, "api-46-0000002-k1")
    assert_refused(office, diary.exchange(subject_token(office, 2)), NO_MANDATE, "api-46-0000002-k1")
    mandate(office, 2)
    assert diary.exchange(before).status_code == 200


def test_without_a_mandate_a_scope_attached_by_hand_opens_nothing(office: Office, diary: ThirdParty) -> None:
    admin, key = office.realm.admin, require_client(office.realm.admin, "api-46-0000003-k1")
    (scope,) = (scope for scope in admin.get("/client-scopes") if scope["name"] == "ois-diary")
    admin.put(f"/clients/{key['id']}/default-client-scopes/{scope['id']}")
    assert_refused(office, diary.exchange(subject_token(office, 3)), NO_MANDATE, "api-46-0000003-k1")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token: token[:-4] + "AAAA", id="signature"),
        pytest.param(lambda token: "x", id="no token"),
        pytest.param(lambda token: f"{token.split('.')[0]}.e30.{token.split('.')[2]}", id="other claims"),
    ],
)
def test_a_token_that_does_not_verify_is_refused_before_anybody_looks_at_its_mandate(
    office: Office, diary: ThirdParty, spoil: Callable[[str], str]
) -> None:
    answer = diary.exchange(spoil(subject_token(office, 4)))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
