"""Answers to a login that must not begin a session.

Source: docs/security.md row 22; for the ID token docs/security.md rows 1, 2, 6, 7.
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import pytest
import requests
from joserfc.jwk import RSAKey

from tests.support.sidecar_forger import Forger, begin_login, come_back
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

HOUR_S = 3600


def _status_of(sidecar: Sidecar, keycloak: Forger, **changed: Any) -> int:
    """Status of the callback for an otherwise correct token with some claims changed."""
    client = sidecar.client()
    asked = begin_login(client)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"], **changed)))
    return come_back(client, asked["state"])


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _is_signed_in(client: Any) -> bool:
    return bool(client.get("/account", headers={"Accept": "application/json"}).status_code == 200)


def test_a_correct_answer_signs_in(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"])))
    assert come_back(client, asked["state"]) == 302
    assert _is_signed_in(client)


def test_the_code_is_redeemed_with_its_verifier_and_the_clients_secret(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"])))
    come_back(client, asked["state"])
    (redeemed,) = [call.request for call in keycloak.mocked.calls if call.request.method == "POST"]
    assert asked["code_challenge_method"] == "S256"
    assert "code_verifier=" in str(redeemed.body)
    assert redeemed.headers["Authorization"].startswith("Basic ")
    assert "secret" not in str(redeemed.body)


def test_the_state_of_another_browser_is_refused(sidecar: Sidecar, keycloak: Forger) -> None:
    attacker, victim = sidecar.client(), sidecar.client()
    asked = begin_login(attacker)
    begin_login(victim)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"])))
    assert come_back(victim, asked["state"]) == 400
    assert not _is_signed_in(victim)


def test_a_replayed_answer_is_refused(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"])))
    assert come_back(client, asked["state"]) == 302
    assert come_back(client, asked["state"]) == 400


@pytest.mark.parametrize("iss", [None, "", "http://127.0.0.1:9/realms/other", "http://127.0.0.1:9/realms/aikom/"])
def test_an_answer_from_another_issuer_is_refused_before_its_code_is_sent(
    sidecar: Sidecar, keycloak: Forger, iss: str | None
) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    assert come_back(client, asked["state"], iss=iss) == 400
    assert [call for call in keycloak.mocked.calls if call.request.method == "POST"] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "http://127.0.0.1:9/realms/other"},
        {"iss": "http://127.0.0.1:9/realms/aikom/"},
        {"iss": None},
        {"aud": "central-db"},
        {"aud": "side"},
        {"aud": None},
        {"aud": ["sidecar", "central-db"], "azp": "central-db"},
        {"exp": int(time.time()) - HOUR_S},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": int(time.time()) + HOUR_S},
        {"nbf": int(time.time()) + HOUR_S},
        {"sub": None},
    ],
)
def test_an_id_token_with_a_wrong_claim_is_refused(sidecar: Sidecar, keycloak: Forger, changed: dict[str, Any]) -> None:
    assert _status_of(sidecar, keycloak, **changed) == 400


def test_an_unsigned_id_token_is_refused(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    keycloak.answer(f"{_part({'alg': 'none'})}.{_part(keycloak.claims(asked['nonce']))}.")
    assert come_back(client, asked["state"]) == 400


def test_an_id_token_signed_with_the_public_key_as_a_password_is_refused(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    header = _part({"alg": "HS256", "kid": "realm-key"})
    signed = f"{header}.{_part(keycloak.claims(asked['nonce']))}"
    # By hand: the library refuses to sign with a public key, too.
    signature = hmac.digest(keycloak.key.as_pem(private=False), signed.encode(), "sha256")
    keycloak.answer(f"{signed}.{_base64(signature)}")
    assert come_back(client, asked["state"]) == 400


def test_a_key_that_the_token_brings_along_is_not_used(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    own = RSAKey.generate_key(2048)
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"]), own, jwk=own.as_dict(private=False)))
    assert come_back(client, asked["state"]) == 400


def test_an_answer_without_an_id_token_is_refused(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    keycloak.answer(None)
    assert come_back(client, asked["state"]) == 400


def test_a_refusal_by_keycloak_is_shown_without_its_text(sidecar: Sidecar) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    query = {"state": asked["state"], "iss": "x", "error": "access_denied", "error_description": "<b>evil</b>"}
    response = client.get("/auth/callback", query_string=query, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "evil" not in response.get_data(as_text=True)


def test_a_realm_that_leaves_out_claims_is_our_failure_not_the_visitors(sidecar: Sidecar, keycloak: Forger) -> None:
    assert _status_of(sidecar, keycloak, institution=None) == 500


def test_a_silent_keycloak_is_a_503(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    keycloak.mocked.post(
        "http://127.0.0.1:9/realms/aikom/protocol/openid-connect/token", body=requests.ConnectionError("refused")
    )
    assert come_back(client, asked["state"]) == 503


def test_many_unfinished_logins_do_not_outgrow_the_cookie(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    for _ in range(30):
        asked = begin_login(client, "/account?" + "x" * 400)
    cookie = client.get_cookie("aikom")
    assert cookie is not None
    assert len(cookie.value) < 4000
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"])))
    assert come_back(client, asked["state"]) == 302


def test_the_longest_name_fits_the_cookie(sidecar: Sidecar, keycloak: Forger) -> None:
    client = sidecar.client()
    asked = begin_login(client)
    alphabet = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
    name = "".join(alphabet[(n * n * 7 + n * 3) % len(alphabet)] for n in range(500))
    keycloak.answer(keycloak.sign(keycloak.claims(asked["nonce"], institution_name=name)))
    assert come_back(client, asked["state"]) == 302
    cookie = client.get_cookie("aikom")
    assert cookie is not None
    assert len(cookie.value) < 4000
    assert name in client.get("/account").get_data(as_text=True)
