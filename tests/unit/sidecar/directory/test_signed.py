"""What is signed verifies with stock JOSE libraries, and no longer once a byte is changed. Source: order cl. 5, 6."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from jwcrypto.common import JWKeyNotFound
from jwcrypto.jwk import JWKSet
from jwcrypto.jws import JWS, InvalidJWSSignature

from provisioning.model.events import EventKind
from provisioning.settings import Settings, SettingsError
from sidecar.doors.errors import OfficeClosed
from sidecar.doors.signing import Signer
from tests.support.ois_listed import CONNECTED, event, record_ois
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

PATHS = ("/ois.jws", "/ois/diary/conclusion.jws")


@pytest.fixture
def listed(sidecar: Sidecar) -> Sidecar:
    record_ois(sidecar.ledger)
    return sidecar


def _signed(sidecar: Sidecar, path: str) -> tuple[str, dict[str, Any]]:
    client = sidecar.client()
    token = client.get(path).get_data(as_text=True)
    return token, dict(client.get("/.well-known/aikom-jwks.json").get_json())


def _payload(token: str, keys: dict[str, Any]) -> dict[str, Any]:
    checked = jws.deserialize_compact(token, KeySet.import_key_set(keys), algorithms=["Ed25519"])  # type: ignore[arg-type]
    return dict(json.loads(checked.payload))


@pytest.mark.parametrize("path", PATHS)
def test_two_stock_libraries_verify_it(listed: Sidecar, path: str) -> None:
    token, keys = _signed(listed, path)
    other = JWS()
    other.allowed_algs = ["Ed25519"]
    other.deserialize(token)
    other.verify(JWKSet.from_json(json.dumps(keys)))
    assert json.loads(other.payload) == _payload(token, keys)


@pytest.mark.parametrize("path", PATHS)
def test_one_changed_byte_anywhere_is_found(listed: Sidecar, path: str) -> None:
    token, keys = _signed(listed, path)
    header, payload, signature = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    for position in (0, len(raw) // 2, len(raw) - 1):
        changed = bytearray(raw)
        changed[position] ^= 1
        forged = base64.urlsafe_b64encode(bytes(changed)).rstrip(b"=").decode()
        with pytest.raises((JoseError, ValueError)):
            _payload(f"{header}.{forged}.{signature}", keys)
    other = JWS()
    other.allowed_algs = ["Ed25519"]
    other.deserialize(f"{header}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}")
    with pytest.raises((InvalidJWSSignature, JWKeyNotFound)):
        other.verify(JWKSet.from_json(json.dumps(keys)))


def test_the_list_is_dated_names_its_publisher_and_runs_out(listed: Sidecar) -> None:
    token, keys = _signed(listed, "/ois.jws")
    payload, now = _payload(token, keys), int(listed.clock().timestamp())
    assert payload["iss"] == "http://localhost"
    assert payload["iat"] <= now < payload["iat"] + 3600
    assert payload["exp"] - now >= 24 * 3600
    assert payload["ois"] == listed.client().get("/ois.json").get_json()["ois"]
    listed.clock.advance(timedelta(hours=1))
    assert _payload(*_signed(listed, "/ois.jws"))["iat"] == payload["iat"] + 3600


def test_the_conclusion_says_what_was_found_and_later_that_it_was_revoked(listed: Sidecar) -> None:
    payload = _payload(*_signed(listed, "/ois/diary/conclusion.jws"))
    assert (payload["number"], payload["outcome"], payload["until"]) == ("diary-7", "positive", "2027-11-20")
    assert payload["ois"]["edrpou"] == "02145719" and payload["revoked_at"] is None
    with listed.ledger.transaction() as transaction:
        revoked = event(EventKind.OIS_CONCLUSION_REVOKED, CONNECTED, reason="порушення", number="diary-7")
        transaction.append([revoked])
    assert _payload(*_signed(listed, "/ois/diary/conclusion.jws"))["revoked_at"] == "2026-11-24T12:00:00.000000Z"


def test_the_published_key_is_public(listed: Sidecar) -> None:
    (key,) = _signed(listed, "/ois.jws")[1]["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}


def test_keys_of_earlier_days_stay_published_without_their_private_parts() -> None:
    first = Signer(Settings({"AIKOM_SIGNING_KEY": "A" * 43}))
    second = Signer(
        Settings({"AIKOM_SIGNING_KEY": "B" * 42 + "A", "AIKOM_SIGNING_KEYS_BEFORE": json.dumps(first.jwks())})
    )
    assert len(second.jwks()["keys"]) == 2
    assert _payload(first.sign({"a": 1}, "x"), second.jwks()) == {"a": 1}


def test_without_a_key_nothing_is_signed_and_a_wrong_one_is_named() -> None:
    with pytest.raises(OfficeClosed):
        Signer(Settings({})).sign({}, "x")
    for wrong in ("short", "!" * 43, "A" * 44):
        with pytest.raises(SettingsError):
            Signer(Settings({"AIKOM_SIGNING_KEY": wrong}))
    with pytest.raises(SettingsError):
        Signer(Settings({"AIKOM_SIGNING_KEYS_BEFORE": "[]"}))


def test_an_empty_set_of_earlier_keys_is_none() -> None:
    assert Signer(Settings({"AIKOM_SIGNING_KEYS_BEFORE": '{"keys": []}'})).jwks() == {"keys": []}
