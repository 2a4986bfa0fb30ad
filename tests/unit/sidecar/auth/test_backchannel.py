"""Keycloak ends a login: its sessions are over here, in every process; nobody else can say so.

Source: OpenID Connect Back-Channel Logout 1.0, sections 2.4-2.6.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey

from provisioning.settings import Settings
from sidecar.app import create_app
from sidecar.auth.leaving import KEPT_FOR
from sidecar.auth.logout_token import EVENT, OLDEST_S
from sidecar.doors.config import SESSION_MAX
from tests.support import sidecar_people as people
from tests.support.sidecar_forger import ISSUER, Forger, forger
from tests.support.sidecar_running import MovableClock, Sidecar, close, signed_in

pytest_plugins = ("tests.support.sidecar_fixtures",)

PAGE = {"Accept": "text/html"}
LOGIN = "0b1f7a52-6f5c-4c61-9c64-0f4f6a4d8e11"
OTHER = "11111111-6f5c-4c61-9c64-0f4f6a4d8e11"


@pytest.fixture
def realm() -> Iterator[Forger]:
    """Stands where Keycloak's keys are."""
    with forger() as opened:
        yield opened


def claims(clock: MovableClock, **changed: Any) -> dict[str, Any]:
    """What Keycloak says when a login ends; a change to None leaves the claim out."""
    now = int(clock().timestamp())
    said = {
        "iss": ISSUER,
        "aud": "sidecar",
        "iat": now,
        "exp": now + 60,
        "jti": "logout-1",
        "sid": LOGIN,
        "sub": people.SCHOOL.subject,
        "typ": "Logout",
        "events": {EVENT: {}},
        **changed,
    }
    return {name: value for name, value in said.items() if value is not None}


def tell(sidecar: Sidecar, token: str) -> int:
    """Post a logout token as Keycloak does; the status."""
    return sidecar.client().post("/auth/backchannel-logout", data={"logout_token": token}).status_code


def browser(sidecar: Sidecar, login: str | None = LOGIN) -> FlaskClient:
    return signed_in(sidecar.app, people.SCHOOL, sidecar.clock(), login=login)


def is_in(client: FlaskClient) -> bool:
    """Whether the account page opens; otherwise it leads to the login."""
    answer = client.get("/account", headers=PAGE)
    assert answer.status_code == 200 or answer.location == "/auth/login?next=/account"
    return answer.status_code == 200


@pytest.mark.parametrize("header", [{}, {"typ": "logout+jwt"}, {"typ": "JWT"}])
def test_a_login_that_ended_is_out_at_its_next_request_and_no_other(
    sidecar: Sidecar, realm: Forger, header: dict[str, str]
) -> None:
    ended, other = browser(sidecar), browser(sidecar, OTHER)
    assert is_in(ended)
    assert tell(sidecar, realm.sign(claims(sidecar.clock), **header)) == 200
    assert not is_in(ended)
    assert is_in(other)


def test_staff_are_out_too(sidecar: Sidecar, realm: Forger) -> None:
    staff = signed_in(sidecar.app, people.ADMINISTRATOR, sidecar.clock(), login=LOGIN)
    assert tell(sidecar, realm.sign(claims(sidecar.clock, sub=people.ADMINISTRATOR.subject))) == 200
    assert not is_in(staff)


def test_another_process_knows_it_as_well(sidecar: Sidecar, sidecar_settings: Settings, realm: Forger) -> None:
    second = create_app(sidecar_settings, clock=sidecar.clock)
    client = signed_in(second, people.SCHOOL, sidecar.clock(), login=LOGIN)
    assert is_in(client)
    assert tell(sidecar, realm.sign(claims(sidecar.clock))) == 200
    assert not is_in(client)
    close(second)


def test_without_the_login_s_id_all_that_the_subject_had_then_are_over(sidecar: Sidecar, realm: Forger) -> None:
    before = [browser(sidecar), browser(sidecar, OTHER), browser(sidecar, None)]
    assert tell(sidecar, realm.sign(claims(sidecar.clock, sid=None))) == 200
    assert [is_in(client) for client in before] == [False, False, False]
    sidecar.clock.advance(timedelta(seconds=1))
    assert is_in(browser(sidecar, None))


FORGED: dict[str, dict[str, Any]] = {
    "another realm": {"iss": "http://127.0.0.1:9/realms/master"},
    "a slash more": {"iss": f"{ISSUER}/"},
    "another client": {"aud": "central-db"},
    "no audience": {"aud": None},
    "an ID token": {"events": None, "nonce": "n"},
    "a nonce": {"nonce": "n"},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an event that is no object": {"events": {EVENT: "yes"}},
    "events as a list": {"events": [EVENT]},
    "nobody": {"sid": None, "sub": None},
    "a login that is no text": {"sid": 7},
    "no id": {"jti": None},
    "an empty id": {"jti": ""},
    "a long id": {"jti": "x" * 256},
    "no time": {"iat": None},
    "a time as text": {"iat": "now"},
    "a huge time": {"iat": 2**63},
    "true as a time": {"iat": True},
}


@pytest.mark.parametrize("changed", FORGED.values(), ids=FORGED.keys())
def test_a_token_that_lacks_something_ends_nothing(sidecar: Sidecar, realm: Forger, changed: dict[str, Any]) -> None:
    client = browser(sidecar)
    assert tell(sidecar, realm.sign(claims(sidecar.clock, **changed))) == 400
    assert is_in(client)


@pytest.mark.parametrize(
    "times", [{"iat": -OLDEST_S - 1}, {"iat": 60}, {"exp": -11}], ids=["old", "not yet", "expired"]
)
def test_a_token_of_another_time_ends_nothing(sidecar: Sidecar, realm: Forger, times: dict[str, int]) -> None:
    now = int(sidecar.clock().timestamp())
    client = browser(sidecar)
    moved = {name: now + seconds for name, seconds in times.items()}
    assert tell(sidecar, realm.sign(claims(sidecar.clock, **moved))) == 400
    assert is_in(client)


def test_a_token_works_once(sidecar: Sidecar, realm: Forger) -> None:
    token = realm.sign(claims(sidecar.clock))
    assert [tell(sidecar, token), tell(sidecar, token)] == [200, 400]


def with_public_key(said: dict[str, Any], key: RSAKey) -> str:
    """Signed as if the realm's public key were a secret; libraries refuse to make such a token."""
    parts = ({"alg": "HS256", "kid": "realm-key"}, said)
    signed = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    signature = hmac.digest(key.as_pem(private=False), signed, "sha256")
    return (signed + b"." + urlsafe_b64encode(signature).rstrip(b"=")).decode()


def test_signed_by_somebody_else_it_ends_nothing(sidecar: Sidecar, realm: Forger) -> None:
    client, said = browser(sidecar), claims(sidecar.clock)
    stranger = RSAKey.generate_key(2048, {"kid": "realm-key", "alg": "RS256"})
    good = realm.sign(said)
    for token in (
        realm.sign(said, stranger),
        with_public_key(said, realm.key),
        realm.sign(said, kid="unknown"),
        realm.sign(said, typ="at+jwt"),
        realm.sign(said, jku="https://evil.example/jwks"),
        good.rsplit(".", 1)[0] + ".",
        good[:-8] + "AAAAAAAA",
        "eyJhbGciOiJub25lIn0." + good.split(".")[1] + ".",
        "x" * 100_000,
        "її.її.її",
        "",
    ):
        assert tell(sidecar, token) in (400, 413)
    assert is_in(client)


def test_it_is_remembered_for_longer_than_a_session_lasts_and_then_forgotten(sidecar: Sidecar, realm: Forger) -> None:
    assert SESSION_MAX + timedelta(seconds=OLDEST_S) < KEPT_FOR
    assert tell(sidecar, realm.sign(claims(sidecar.clock))) == 200
    sidecar.clock.advance(KEPT_FOR + timedelta(seconds=1))
    assert tell(sidecar, realm.sign(claims(sidecar.clock, jti="logout-2", sid=OTHER))) == 200
    assert is_in(browser(sidecar))


def test_without_a_ledger_keycloak_is_told_that_it_was_not_noted(realm: Forger, sidecar_settings: Settings) -> None:
    clock = MovableClock()
    app = create_app(sidecar_settings, clock=clock)
    token = realm.sign(claims(clock))
    assert app.test_client().post("/auth/backchannel-logout", data={"logout_token": token}).status_code == 503
    close(app)
