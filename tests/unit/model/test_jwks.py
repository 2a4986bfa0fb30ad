"""Key sets of OIS: every fault is named, and what is handed on holds public members only. Source: RFC 7517, 8725."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from provisioning.model.jwks import MAX_KEYS, FaultyKey, KeyFault, jwks_faults, public_jwks

RSA: Mapping[str, Any] = RSAKey.generate_key(2048, {"kid": "r"}, private=True).as_dict(private=False)
EC: Mapping[str, Any] = ECKey.generate_key("P-256", {"kid": "e"}).as_dict(private=False)
ED: Mapping[str, Any] = OKPKey.generate_key("Ed25519", {"kid": "o"}).as_dict(private=False)
WEAK: Mapping[str, Any] = {**RSA, "n": RSA["n"][:170] + "E", "kid": "w"}
"""1,024 bits, and odd."""


def jwks(*keys: Any) -> str:
    return json.dumps({"keys": list(keys)})


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=["RSA 2048", "P-256", "Ed25519"])
def test_a_strong_public_key_has_no_findings(key: Mapping[str, Any]) -> None:
    assert jwks_faults(jwks(key)) == ()


@pytest.mark.parametrize("curve", ["P-384", "P-521"])
def test_longer_curves_pass(curve: str) -> None:
    key = ECKey.generate_key(curve, {"kid": "x"}).as_dict(private=False)  # type: ignore[arg-type]  # a curve's name
    assert jwks_faults(jwks(key)) == ()


SETS = {
    "": KeyFault.NOT_JSON,
    "not json": KeyFault.NOT_JSON,
    "[" * 100_000: KeyFault.TOO_LARGE,
    "[" * 30_000: KeyFault.NOT_JSON,
    "[]": KeyFault.NOT_A_SET,
    '{"keys": {}}': KeyFault.NOT_A_SET,
    json.dumps(dict(RSA)): KeyFault.NOT_A_SET,
    '{"keys": []}': KeyFault.NO_KEYS,
    jwks(*[RSA] * (MAX_KEYS + 1)): KeyFault.TOO_MANY,
    jwks("key"): KeyFault.NOT_A_KEY,
}


@pytest.mark.parametrize("text", SETS, ids=[fault.name for fault in SETS.values()])
def test_what_is_no_key_set_is_refused_as_a_whole(text: str) -> None:
    assert jwks_faults(text) == (FaultyKey(SETS[text]),)


KEYS: dict[str, tuple[Any, FaultyKey]] = {
    "private RSA": (RSAKey.generate_key(2048, {"kid": "p"}).as_dict(private=True), FaultyKey(KeyFault.PRIVATE, "p")),
    "private EC": (ECKey.generate_key("P-256", {"kid": "p"}).as_dict(private=True), FaultyKey(KeyFault.PRIVATE, "p")),
    "symmetric": (OctKey.generate_key(256, {"kid": "s"}).as_dict(private=True), FaultyKey(KeyFault.PRIVATE, "s")),
    "unknown type": ({**RSA, "kty": "AKP"}, FaultyKey(KeyFault.UNKNOWN_TYPE, "r")),
    "no type": ({k: v for k, v in RSA.items() if k != "kty"}, FaultyKey(KeyFault.UNKNOWN_TYPE, "r")),
    "RSA 1024": (WEAK, FaultyKey(KeyFault.WEAK_RSA, "w")),
    "exponent 3": ({**RSA, "e": "Aw"}, FaultyKey(KeyFault.WEAK_EXPONENT, "r")),
    "secp256k1": (
        ECKey.generate_key("secp256k1", {"kid": "k"}).as_dict(private=False),
        FaultyKey(KeyFault.WRONG_CURVE, "k"),
    ),
    "X25519": (
        OKPKey.generate_key("X25519", {"kid": "x"}).as_dict(private=False),
        FaultyKey(KeyFault.WRONG_CURVE, "x"),
    ),
    "off the curve": ({**EC, "y": EC["x"]}, FaultyKey(KeyFault.NOT_A_KEY, "e")),
    "not base64url": ({**RSA, "n": "!!!"}, FaultyKey(KeyFault.NOT_A_KEY, "r")),
    "n is a number": ({**RSA, "n": 5}, FaultyKey(KeyFault.NOT_A_KEY, "r")),
    "no kid": ({k: v for k, v in RSA.items() if k != "kid"}, FaultyKey(KeyFault.NO_KID)),
    "kid with a line break": ({**RSA, "kid": "a\nb"}, FaultyKey(KeyFault.NO_KID)),
    "for encryption": ({**RSA, "use": "enc"}, FaultyKey(KeyFault.WRONG_USE, "r")),
    "key_ops without verify": ({**RSA, "key_ops": ["sign"]}, FaultyKey(KeyFault.WRONG_USE, "r")),
    "alg of another family": ({**RSA, "alg": "ES256"}, FaultyKey(KeyFault.WRONG_ALG, "r")),
    "alg none": ({**RSA, "alg": "none"}, FaultyKey(KeyFault.WRONG_ALG, "r")),
    "alg of another curve": ({**EC, "alg": "ES384"}, FaultyKey(KeyFault.WRONG_ALG, "e")),
}


@pytest.mark.parametrize("case", KEYS)
def test_each_fault_of_a_key_is_named_with_its_kid(case: str) -> None:
    key, finding = KEYS[case]
    assert jwks_faults(jwks(key)) == (finding,)


def test_two_keys_need_two_names() -> None:
    assert jwks_faults(jwks(RSA, {**EC, "kid": "r"})) == (FaultyKey(KeyFault.DUPLICATE_KID, "r"),)


def test_one_key_under_two_names_is_found() -> None:
    assert jwks_faults(jwks(RSA, {**RSA, "kid": "second"})) == (FaultyKey(KeyFault.SAME_KEY),)


def test_all_faults_are_told_at_once() -> None:
    found = {finding.fault for finding in jwks_faults(jwks(WEAK, {**EC, "use": "enc"}, {**ED, "alg": "RS256"}))}
    assert found == {KeyFault.WEAK_RSA, KeyFault.WRONG_USE, KeyFault.WRONG_ALG}


def test_what_is_handed_on_is_the_same_for_the_same_keys_and_holds_nothing_else() -> None:
    first = public_jwks(jwks({**RSA, "x5u": "https://x.example", "note": "!"}, EC))
    assert first == public_jwks(jwks(EC, RSA))
    keys = json.loads(first)["keys"]
    assert [sorted(key) for key in keys] == [["crv", "kid", "kty", "use", "x", "y"], ["e", "kid", "kty", "n", "use"]]
    assert jwks_faults(first) == ()


def test_a_faulty_set_is_not_handed_on() -> None:
    with pytest.raises(ValueError, match="faults"):
        public_jwks(jwks(WEAK))
