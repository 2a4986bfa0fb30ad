"""docs/security.md rows 1-3, 5-9 on the verification itself."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from joserfc import jwk

from provisioning.gate.claims import Claims
from provisioning.gate.reasons import Reason
from provisioning.gate.tokens import LONGEST_TOKEN, Header, read_header, signing_keys, verify
from tests.support.gate_tokens import ISSUER, KID, NOW, SCHOOL, claims, key_set, part, realm_key, signed, token


def outcome(text: str, *, now: float = NOW) -> Claims | Reason:
    """What the gate makes of a token."""
    header = read_header(text)
    if isinstance(header, Reason):
        return header
    key = signing_keys(key_set()).get(header.kid)
    return Reason.TOKEN_SIGNATURE if key is None else verify(text, header, key, ISSUER, now)


def test_a_token_of_the_realm_names_key_account_ois_and_rights() -> None:
    found = outcome(token())
    assert isinstance(found, Claims)
    assert (found.key, found.username, found.institution) == (f"api-{SCHOOL}-k1", SCHOOL, SCHOOL)
    assert (found.ois, found.is_direct) == ("shodennyk", False)
    assert found.rights == {"students.read", "staff.read"}


def test_a_token_of_the_key_itself_is_direct_use() -> None:
    found = outcome(token(azp=f"api-{SCHOOL}-k1"))
    assert isinstance(found, Claims)
    assert (found.ois, found.is_direct) == (None, True)


def test_unsigned_and_symmetric_tokens_are_refused() -> None:
    body = part(claims())
    assert outcome(f"{part({'alg': 'none', 'kid': KID})}.{body}.") is Reason.TOKEN_MALFORMED
    assert outcome(f"{part({'alg': 'none', 'kid': KID})}.{body}.AA") is Reason.TOKEN_SIGNATURE
    stripped = token().rpartition(".")[0]
    assert outcome(stripped) is Reason.TOKEN_MALFORMED
    assert outcome(f"{stripped}.AA") is Reason.TOKEN_SIGNATURE
    head = part({"alg": "HS256", "kid": KID})
    public = realm_key(KID).as_pem(private=False)
    mac = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert outcome(f"{head}.{body}.{part(mac)}") is Reason.TOKEN_SIGNATURE


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "crit", "b64", "cty", "zip", "unknown"])
def test_a_header_that_brings_rules_of_its_own_is_refused(name: str) -> None:
    values = {"jwk": realm_key("attacker").as_dict(private=False), "crit": [name], "x5c": ["AA"], "b64": True}
    header = part({"alg": "RS256", "kid": KID, name: values.get(name, "https://attacker.example/keys")})
    rest = token().partition(".")[2]
    assert outcome(f"{header}.{rest}") is Reason.TOKEN_SIGNATURE


def test_a_token_signed_by_another_key_under_a_known_id_is_refused() -> None:
    assert outcome(signed(claims(), key=realm_key("attacker"))) is Reason.TOKEN_SIGNATURE


def test_a_key_verifies_with_its_own_algorithm_only() -> None:
    same = jwk.RSAKey.import_key({k: v for k, v in realm_key(KID).as_dict(private=True).items() if k != "alg"})
    assert outcome(signed(claims(), {"alg": "PS256"}, same)) is Reason.TOKEN_SIGNATURE


def test_elliptic_curve_keys_verify_too() -> None:
    key = jwk.ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256", "use": "sig"})
    keys = signing_keys(json.dumps({"keys": [key.as_dict(private=False)]}).encode())
    text = signed(claims(), {"alg": "ES256", "kid": "ec"}, key)
    assert isinstance(verify(text, Header("ec", "ES256"), keys["ec"], ISSUER, NOW), Claims)


@pytest.mark.parametrize("kid", ["../../etc/passwd", "' OR 1=1 --", "a" * 129, "", "x" * 1_000_000, "a\n", 7, None])
def test_an_odd_key_id_is_refused_before_anything_is_looked_up(kid: object) -> None:
    header = part({"alg": "RS256", "kid": kid})
    assert read_header(f"{header}.e30.AA") in (Reason.TOKEN_SIGNATURE, Reason.TOKEN_MALFORMED)


def test_only_keys_for_signatures_are_taken_from_a_key_set() -> None:
    assert list(signing_keys(key_set())) == [KID]
    with pytest.raises(ValueError, match="JWK set"):
        signing_keys(b"[]")
    assert signing_keys(b'{"keys": [{"kty": "RSA", "kid": "broken", "n": 1}, 7, {"kty": "oct", "kid": "o"}]}') == {}


@pytest.mark.parametrize("kind", ["ID", "Refresh", "Offline", "Logout", "bearer", "", None, 1])
def test_only_access_tokens_open_anything(kind: object) -> None:
    assert outcome(token(typ=kind)) is Reason.TOKEN_TYPE


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt", "JOSE"])
def test_a_header_of_another_type_is_refused(kind: str) -> None:
    assert outcome(signed(claims(), {"typ": kind})) is Reason.TOKEN_TYPE


@pytest.mark.parametrize(
    "audience", [None, [], "central", "central-db-2", "xcentral-db", ["central-d"], {"central-db": 1}, [["central-db"]]]
)
def test_the_audience_holds_the_central_database_as_an_element(audience: object) -> None:
    assert outcome(token(aud=audience)) is Reason.TOKEN_AUDIENCE


def test_an_audience_of_one_may_be_a_text() -> None:
    assert isinstance(outcome(token(aud="central-db")), Claims)
    assert isinstance(outcome(token(aud=["account", "central-db"])), Claims)


@pytest.mark.parametrize("issuer", [f"{ISSUER}/", ISSUER.upper(), ISSUER[:-1], "http://evil.example", None, [ISSUER]])
def test_the_issuer_is_exactly_the_realm(issuer: object) -> None:
    assert outcome(token(iss=issuer)) is Reason.TOKEN_ISSUER


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW - 11}, Reason.TOKEN_EXPIRED),
        ({"exp": NOW - 10}, Reason.TOKEN_EXPIRED),
        ({"iat": NOW + 11, "exp": NOW + 300}, Reason.TOKEN_NOT_YET_VALID),
        ({"nbf": NOW + 11}, Reason.TOKEN_NOT_YET_VALID),
        *(
            ({name: value}, Reason.TOKEN_CLAIMS)
            for name in ("exp", "iat", "nbf")
            for value in ("1", 2**63, True, [], -1)
        ),
        ({"exp": None}, Reason.TOKEN_CLAIMS),
        ({"iat": None}, Reason.TOKEN_CLAIMS),
        ({"exp": NOW + 25 * 3600}, Reason.TOKEN_CLAIMS),
    ],
)
def test_times_are_numbers_within_reason(changes: dict[str, object], reason: Reason) -> None:
    assert outcome(token(**changes)) is reason


@pytest.mark.parametrize("changes", [{"exp": NOW - 9}, {"iat": NOW + 9}, {"nbf": NOW + 9}, {"nbf": 0}])
def test_clocks_may_differ_by_less_than_ten_seconds(changes: dict[str, object]) -> None:
    assert isinstance(outcome(token(**changes)), Claims)


@pytest.mark.parametrize(
    "body",
    [
        b'{"iss": "a", "iss": "b"}',
        json.dumps(claims()).encode()[:-1] + b', "institution": "46-0000002"}',
        b"[]",
        b"null",
        b"not json",
        b'{"exp": NaN}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_claims_that_read_in_two_ways_or_not_at_all_are_refused(body: bytes) -> None:
    text = signed(body) if len(body) < 10_000 else f"{part({'alg': 'RS256', 'kid': KID})}.{part(body)}.AA"
    assert outcome(text) is Reason.TOKEN_MALFORMED


@pytest.mark.parametrize(
    "changes",
    [
        {"preferred_username": SCHOOL},
        {"preferred_username": "service-account-ois-shodennyk"},
        {"preferred_username": f"service-account-api-{SCHOOL}-k0"},
        {"preferred_username": None},
        {"preferred_username": ["service-account-api-46-0000001-k1"]},
        {"institution": "46-0000002"},
        {"institution": None},
        {"institution": [SCHOOL]},
        {"azp": None},
        {"azp": ""},
        {"sub": None},
        {"rights": "students.read"},
        {"rights": [1]},
        {"rights": ["a"] * 501},
    ],
)
def test_claims_that_do_not_name_one_account_and_key_are_refused(changes: dict[str, object]) -> None:
    assert outcome(token(**changes)) is Reason.TOKEN_CLAIMS


def test_a_subject_or_client_that_looks_like_another_institution_gains_nothing() -> None:
    found = outcome(token(sub="46-0000002", azp="api-46-0000002-k1"))
    assert isinstance(found, Claims)
    assert (found.institution, found.key, found.is_direct) == (SCHOOL, f"api-{SCHOOL}-k1", False)


@pytest.mark.parametrize(
    "text", ["", "a.b", "a.b.c.d", "a b.c.d", "é.b.c", ".b.c", "A" * (LONGEST_TOKEN + 1), "a.b.c\n"]
)
def test_what_is_no_compact_token_is_refused(text: str) -> None:
    assert read_header(text) is Reason.TOKEN_MALFORMED


THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def bound(confirmation: object, typ: str = "DPoP") -> Claims | Reason:
    """What becomes of a token that is said to be bound."""
    return outcome(token(typ=typ, cnf=confirmation))


def test_a_bound_token_names_the_key_that_it_is_bound_to() -> None:
    found = bound({"jkt": THUMBPRINT, "kc-jkt-type": "DPoP"})
    assert isinstance(found, Claims)
    assert found.bound_to == THUMBPRINT
    plain = outcome(token())
    assert isinstance(plain, Claims)
    assert plain.bound_to is None


@pytest.mark.parametrize(
    "confirmation",
    [
        *({}, [], "x", 7, {"jkt": ""}, {"jkt": THUMBPRINT[:-1]}, {"jkt": f"{THUMBPRINT}="}, {"jkt": [THUMBPRINT]}),
        *({"x5t#S256": THUMBPRINT}, {"jkt": THUMBPRINT, "x5t#S256": THUMBPRINT}, {"jwk": {}}),
    ],
)
def test_a_token_that_is_bound_in_a_way_that_cannot_be_checked_is_refused(confirmation: object) -> None:
    assert bound(confirmation) is Reason.TOKEN_CLAIMS


def test_kind_of_token_and_binding_agree() -> None:
    """Neither a bound token that calls itself a bearer token, nor the other way round."""
    assert bound({"jkt": THUMBPRINT}, "Bearer") is Reason.TOKEN_TYPE
    assert bound(None) is Reason.TOKEN_TYPE
