"""docs/security.md row 56 on the check of one proof."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from provisioning.gate.proofs import (
    AHEAD_S,
    LONGEST_PROOF,
    OLDEST_S,
    PROOF_ALGORITHMS,
    Proof,
    ProvenCall,
    check_proof,
    plain_address,
)
from provisioning.gate.reasons import PROOF_REASONS, Reason
from tests.support.proofs import Prover, proof_key
from tests.support.token_forge import encoded, new_key, public_jwk, signing_input

NOW = 1_795_000_000
ADDRESS = "https://db.example/v1/institutions/46-0000001/students"
TOKEN = "header.payload.signature"
PROVER = Prover()


def outcome(proof: str | None, prover: Prover = PROVER, *, now: float = NOW, **changed: str) -> Proof | Reason:
    """What becomes of a proof for one call with a token that is bound to the prover's key."""
    call = {"method": "GET", "address": ADDRESS, "token": TOKEN, "key": prover.thumbprint, **changed}
    return check_proof(proof, ProvenCall(**call), now)


def made(prover: Prover = PROVER, **changed: Any) -> str:
    """A good proof but for what is changed."""
    return prover.proof("GET", ADDRESS, TOKEN, **{"at": NOW, **changed})


@pytest.mark.parametrize("algorithm", PROOF_ALGORITHMS)
def test_a_proof_by_a_key_pair_of_any_listed_algorithm_holds(algorithm: str) -> None:
    prover = Prover(algorithm, proof_key(algorithm))
    found = outcome(made(prover), prover)
    assert isinstance(found, Proof), found
    assert found.issued_at == NOW


def test_no_proof_and_two_proofs_are_refused() -> None:
    assert outcome(None) is Reason.PROOF_MISSING
    assert outcome("") is Reason.PROOF_MISSING
    assert outcome(f"{made()},{made()}") is Reason.TWO_PROOFS
    assert outcome(f"{made()}, {made()}") is Reason.TWO_PROOFS


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", "DPOP+JWT", "dpop", 7])
def test_another_type_of_jwt_is_no_proof(typ: object) -> None:
    assert outcome(made(header={"typ": typ})) is Reason.PROOF_MALFORMED


@pytest.mark.parametrize(
    "algorithm", [None, "none", "None", "HS256", "EdDSA", "ES512", "RS1", "ES256K", "dir", 7, ["ES256"], {}]
)
def test_an_algorithm_outside_the_list_is_refused(algorithm: Any) -> None:
    assert outcome(made(header={"alg": algorithm})) is Reason.PROOF_MALFORMED


def test_an_unsigned_proof_is_refused() -> None:
    header, claims, _ = made().split(".")
    assert outcome(f"{header}.{claims}.") is Reason.PROOF_MALFORMED
    assert outcome(f"{header}.{claims}.AA") is Reason.PROOF_SIGNATURE


def test_a_symmetric_key_proves_nothing_even_when_it_is_the_public_key() -> None:
    shared = {"kty": "oct", "k": encoded(b"k" * 32)}
    for key in (shared, PROVER.public):
        text = signing_input({"typ": "dpop+jwt", "alg": "HS256", "jwk": key}, {"jti": "1"})
        mac = hmac.digest(json.dumps(key).encode(), text.encode(), hashlib.sha256)
        assert outcome(f"{text}.{encoded(mac)}") is Reason.PROOF_MALFORMED


@pytest.mark.parametrize("algorithm", ["ES256", "PS256"])
def test_a_private_key_in_the_header_is_refused(algorithm: str) -> None:
    prover = Prover(algorithm, proof_key(algorithm))
    assert outcome(made(prover, header={"jwk": prover.key.as_dict(private=True)}), prover) is Reason.PROOF_MALFORMED


@pytest.mark.parametrize(
    "key",
    [
        None,
        "text",
        [],
        {},
        {"kty": "EC"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": ["EC"]},
        {"kty": "EC", "crv": ["P-256"]},
    ],
)
def test_a_header_without_a_usable_key_is_refused(key: Any) -> None:
    assert outcome(made(header={"jwk": key})) is Reason.PROOF_MALFORMED


def test_a_short_rsa_key_is_refused() -> None:
    weak = public_jwk(generate_private_key(65537, 1024))  # noqa: S505 - weak on purpose
    assert outcome(made(header={"alg": "RS256", "jwk": weak})) is Reason.PROOF_MALFORMED


def test_an_algorithm_that_does_not_fit_the_key_is_refused() -> None:
    for key in (public_jwk(new_key()), proof_key("ES384").as_dict(private=False)):
        assert outcome(made(header={"jwk": key})) is Reason.PROOF_MALFORMED


@pytest.mark.parametrize("name", ["jku", "x5u", "x5c", "crit", "b64", "cty", "unknown"])
def test_a_header_that_brings_rules_of_its_own_is_refused(name: str) -> None:
    assert outcome(made(header={name: "https://attacker.example/"})) is Reason.PROOF_MALFORMED


def test_a_proof_by_another_key_is_refused() -> None:
    """A thief with a key of its own; and one who claims the owner's key, and cannot sign with it."""
    thief = Prover()
    assert outcome(made(thief)) is Reason.PROOF_KEY
    assert outcome(made(thief, header={"jwk": PROVER.public})) is Reason.PROOF_SIGNATURE


def test_a_changed_claim_breaks_the_signature() -> None:
    header, _, signature = made().split(".")
    claims = encoded(json.dumps({"jti": "x", "htm": "GET", "htu": ADDRESS, "iat": NOW}).encode())
    assert outcome(f"{header}.{claims}.{signature}") is Reason.PROOF_SIGNATURE


@pytest.mark.parametrize("method", [None, "POST", "get", "GET ", "", 7, ["GET"]])
def test_a_proof_for_another_method_is_refused(method: object) -> None:
    assert outcome(made(htm=method)) is Reason.PROOF_REQUEST


@pytest.mark.parametrize(
    "address",
    [
        *(None, "", 7, [ADDRESS]),
        *(f"{ADDRESS}/", f"{ADDRESS}?page=1", f"{ADDRESS}?", f"{ADDRESS}#x", ADDRESS.replace("/v1", "/V1")),
        *(ADDRESS.replace("https", "http"), ADDRESS.replace("db.example", "db.example:8443")),
        *(ADDRESS.replace("db.example", "evil.example"), ADDRESS.replace("https://", "https://user@")),
        *("/v1/institutions/46-0000001/students", ADDRESS.replace("/v1", "//v1"), ADDRESS.replace("/v1", "/%761")),
    ],
)
def test_a_proof_for_another_address_is_refused(address: object) -> None:
    assert outcome(made(htu=address)) is Reason.PROOF_REQUEST


@pytest.mark.parametrize(
    "address", [ADDRESS, ADDRESS.replace("https", "HTTPS"), ADDRESS.replace("example", "EXAMPLE:443")]
)
def test_addresses_that_mean_the_same_host_are_the_same(address: str) -> None:
    assert isinstance(outcome(made(htu=address)), Proof)
    assert plain_address(address) == ADDRESS


def test_a_proof_for_another_token_is_refused() -> None:
    assert outcome(made(ath=None)) is Reason.PROOF_TOKEN
    assert outcome(made(), token="another.token.entirely") is Reason.PROOF_TOKEN
    assert outcome(PROVER.proof("GET", ADDRESS, TOKEN + "x", at=NOW)) is Reason.PROOF_TOKEN


@pytest.mark.parametrize("off", [-OLDEST_S, -1, 0, 1, AHEAD_S])
def test_a_proof_within_the_window_holds(off: int) -> None:
    assert isinstance(outcome(made(at=NOW + off)), Proof)


@pytest.mark.parametrize("off", [-3600, -OLDEST_S - 1, AHEAD_S + 1, 3600])
def test_a_stale_proof_and_one_from_the_future_are_refused(off: int) -> None:
    assert outcome(made(at=NOW + off)) is Reason.PROOF_UNTIMELY


@pytest.mark.parametrize("issued_at", [None, "1795000000", True, 2**63, -1, [], {}])
def test_an_issue_time_that_is_none_is_refused(issued_at: object) -> None:
    assert outcome(made(iat=issued_at)) is Reason.PROOF_MALFORMED


@pytest.mark.parametrize("name", [None, "", "x" * 257, 7, ["x"]])
def test_a_proof_without_a_usable_id_is_refused(name: object) -> None:
    assert outcome(made(jti=name)) is Reason.PROOF_MALFORMED


def test_an_oversized_proof_is_refused_before_anything_is_read() -> None:
    assert outcome(made(more="x" * LONGEST_PROOF)) is Reason.PROOF_MALFORMED
    assert outcome("x" * 1_000_000) is Reason.PROOF_MALFORMED


def test_a_name_that_stands_twice_is_refused() -> None:
    claims = json.dumps({"jti": "1", "htm": "GET", "htu": ADDRESS, "iat": NOW})
    twice = claims.replace('"htm": "GET"', '"htm": "POST", "htm": "GET"')
    assert (
        outcome(PROVER.sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": PROVER.public}, twice)) is Reason.PROOF_MALFORMED
    )


def test_the_mark_tells_keys_and_ids_apart() -> None:
    other = Prover()
    proofs = [
        outcome(made(jti="a")),
        outcome(made(jti="b")),
        outcome(made(other, jti="a"), other),
        outcome(made(jti="a")),
    ]
    marks = [proof.mark for proof in proofs if isinstance(proof, Proof)]
    assert len(marks) == 4
    assert marks[0] == marks[3]
    assert len(set(marks)) == 3


@given(st.text(max_size=200) | st.binary(max_size=200).map(encoded))
def test_no_text_is_a_proof_and_none_does_harm(text: str) -> None:
    assert outcome(text) in PROOF_REASONS | {Reason.TWO_PROOFS}


@given(
    name=st.sampled_from(["jti", "htm", "htu", "iat", "ath", "typ", "alg", "jwk"]),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_whatever_one_field_says_instead_of_the_right_thing_the_proof_is_refused(name: str, value: Any) -> None:
    """Signed by the right key all the same. An id may be any text, and a time any that is near enough."""
    in_header = name in ("typ", "alg", "jwk")
    found = outcome(made(header={name: value}) if in_header else made(**{name: value}))
    if isinstance(found, Proof):
        assert (name == "jti" and isinstance(value, str)) or (name == "iat" and abs(value - NOW) <= OLDEST_S)
    else:
        assert found in PROOF_REASONS


@given(st.text(max_size=60))
def test_an_address_has_one_plain_form(text: str) -> None:
    plain = plain_address(text)
    assert plain is None or plain_address(plain) == plain
