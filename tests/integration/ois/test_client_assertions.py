"""How an OIS proves who it is (RFC 7523): by its own key, once, and not for long; or by a secret, shown once."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest

from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.lifecycle.ois.keys import change_key, give_secret
from provisioning.model.events import EventKind
from provisioning.model.ois import Slug
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.third_party import ACCESS_TOKEN, EXCHANGE, ThirdParty, connected, key_set, new_key


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    office.folder.write(school(1))
    office.apply()
    party = ThirdParty(office.realm, Slug("diary"))
    connected(office.actor, party, ["students.read"])
    today = office.actor.today()
    grant(office.actor, "46-0000001", "diary", Contract("1", today, today + timedelta(days=1)))
    return party


@pytest.fixture(scope="module")
def token(office: Office, diary: ThirdParty) -> str:
    return office.access_token("api-46-0000001-k1", office.reveal("46-0000001"))


def test_an_assertion_works_once(diary: ThirdParty, token: str) -> None:
    assertion = diary.assertion()
    assert diary.exchange(token, assertion).status_code == 200
    replayed = diary.exchange(token, assertion)
    assert replayed.status_code in (400, 401), replayed.text


def test_forged_expired_and_misdirected_assertions_are_refused(diary: ThirdParty, token: str) -> None:
    now = int(time.time())
    wrong = {
        "another's key": diary.assertion(key=new_key()),
        "expired": diary.assertion(iat=now - 120, exp=now - 60),
        "of tomorrow": diary.assertion(iat=now, nbf=now + 3600),
        "issued long ago, for long": diary.assertion(iat=now - 120, exp=now + 86_400),
        "for another server": diary.assertion(aud="https://evil.example/realms/aikom"),
        "of another client": diary.assertion(iss="ois-other", sub="ois-other"),
        "of nobody": diary.assertion(sub="ois-nobody"),
        "without an end": diary.assertion(exp=None),
        "without an id": diary.assertion(jti=None),
        "unsigned": unsigned(diary.assertion()),
        "with one byte changed": broken(diary.assertion()),
    }
    answers = {name: diary.exchange(token, assertion).status_code for name, assertion in wrong.items()}
    assert {name: code for name, code in answers.items() if code not in (400, 401)} == {}
    assert diary.exchange(token).status_code == 200


def test_a_key_is_rolled_over_without_a_moment_in_which_none_works(
    office: Office, diary: ThirdParty, token: str
) -> None:
    fresh = ThirdParty(office.realm, diary.slug)
    change_key(office.actor, "diary", json.dumps(key_set(diary.key, fresh.key)))
    assert (diary.exchange(token).status_code, fresh.exchange(token).status_code) == (200, 200)
    for _ in range(2):
        change_key(office.actor, "diary", json.dumps(key_set(fresh.key)))
    assert diary.exchange(token).status_code in (400, 401)
    assert fresh.exchange(token).status_code == 200
    assert office.kinds("ois-diary").count(EventKind.OIS_KEY_CHANGED) == 2
    change_key(office.actor, "diary", json.dumps(key_set(diary.key)))


def test_a_key_set_that_cannot_be_trusted_is_refused(office: Office, diary: ThirdParty) -> None:
    private = json.dumps({"keys": [diary.key.as_dict(private=True)]})
    with pytest.raises(ActionRefused, match="private key"):
        change_key(office.actor, "diary", private)
    with pytest.raises(ActionRefused, match="empty"):
        change_key(office.actor, "diary", '{"keys": []}')


def test_an_ois_that_cannot_sign_gets_a_secret_that_only_it_has(office: Office, diary: ThirdParty, token: str) -> None:
    def exchange(secret: str) -> int:
        return office.realm.token(
            grant_type=EXCHANGE,
            client_id="ois-diary",
            client_secret=secret,
            subject_token=token,
            subject_token_type=ACCESS_TOKEN,
            audience="central-db",
        ).status_code

    first = give_secret(office.actor, "diary", "its library cannot sign").secret.reveal()
    assert exchange(first) == 200
    assert diary.exchange(token).status_code in (400, 401)
    second = give_secret(office.actor, "diary", "the first never arrived").secret.reveal()
    assert (exchange(first), exchange(second)) == (401, 200)
    recorded = json.dumps([event.data for event in office.events("ois-diary")])
    assert first not in recorded
    assert second not in recorded
    change_key(office.actor, "diary", json.dumps(diary.jwks))
    assert exchange(second) == 401
    assert diary.exchange(token).status_code == 200


def unsigned(assertion: str) -> str:
    """The same claims under `alg: none`."""
    _, claims, _ = assertion.split(".")
    return f"eyJhbGciOiJub25lIn0.{claims}."


def broken(assertion: str) -> str:
    """The same with another first character of the signature."""
    head, claims, signature = assertion.split(".")
    return f"{head}.{claims}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
