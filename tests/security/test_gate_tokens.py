"""Tokens that an attacker makes or changes, through nginx and the gate. docs/security.md rows 1, 2, 5-9; RFC 8725."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.counted_keycloak import CountedKeycloak
from tests.support.gate_chain import Chain, pupils_of
from tests.support.gate_world import NORTH_SCHOOL, SOUTH_SCHOOL
from tests.support.token_forge import claims_in, encoded, new_key, public_jwk, public_pem
from tests.support.wires import raw_get

pytest_plugins = ("tests.support.gate_fixtures",)

HOUR = 3600
MORE_THAN_LEEWAY_S = 15
WITHIN_LEEWAY_S = 5


@pytest.fixture(scope="module")
def good(chain: Chain) -> dict[str, Any]:
    """The claims of a token that opens its school's data."""
    return chain.world.claims(NORTH_SCHOOL)


def refused(chain: Chain, token: str) -> str:
    """The code of a 401; fails the test when it is none."""
    answer = chain.pupils(token)
    assert answer.status_code == 401, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    return str(answer.json()["type"]).rpartition("/")[2]


def test_what_the_forge_signs_is_good_when_nothing_is_changed(chain: Chain, good: dict[str, Any]) -> None:
    assert chain.pupils(chain.world.forge.sign(good)).status_code == 200


# Line 1.


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_a_signature_opens_nothing(chain: Chain, good: dict[str, Any], algorithm: str) -> None:
    assert refused(chain, chain.world.forge.unsigned(good, algorithm)) in ("token-malformed", "token-signature")


def test_a_stripped_signature_opens_nothing(chain: Chain, good: dict[str, Any]) -> None:
    token = chain.world.forge.sign(good)
    for stripped in (token.rpartition(".")[0], token.rpartition(".")[0] + ".", token[:-4], f"{token}A"):
        refused(chain, stripped)


def test_a_changed_claim_breaks_the_signature(chain: Chain, good: dict[str, Any]) -> None:
    header, _, signature = chain.world.forge.sign(good).split(".")
    other = encoded(json.dumps({**good, "institution": SOUTH_SCHOOL}).encode())
    assert refused(chain, f"{header}.{other}.{signature}") == "token-signature"


def test_the_public_key_is_no_shared_secret(chain: Chain, good: dict[str, Any]) -> None:
    assert refused(chain, chain.world.forge.signed_with_public_key(good)) == "token-signature"


def test_another_algorithm_with_the_same_key_opens_nothing(chain: Chain, good: dict[str, Any]) -> None:
    for algorithm in ("RS512", "RS384", "PS256", "ES256", "HS512"):
        assert refused(chain, chain.world.forge.sign(good, alg=algorithm)) == "token-signature"


# Line 2.


def headers_of_an_attacker() -> dict[str, Callable[[CountedKeycloak, dict[str, str], str], dict[str, Any]]]:
    return {
        "jwk": lambda _, jwk, __: {"jwk": jwk},
        "jku": lambda counted, _, __: {"jku": f"{counted.url}/attacker/jwks.json"},
        "x5u": lambda counted, _, __: {"x5u": f"{counted.url}/attacker/certificate.pem"},
        "x5c": lambda _, __, pem: {"x5c": ["".join(pem.splitlines()[1:-1])]},
        "crit": lambda _, __, ___: {"crit": ["exp"], "exp": 1},
        "unknown crit": lambda _, __, ___: {"crit": ["http://example.ua/new"], "http://example.ua/new": True},
        "zip": lambda _, __, ___: {"zip": "DEF"},
    }


@pytest.mark.parametrize("name", headers_of_an_attacker())
@pytest.mark.parametrize("signer", ["realm", "attacker"])
def test_a_key_or_an_address_in_the_header_is_neither_used_nor_fetched(
    chain: Chain, counted: CountedKeycloak, good: dict[str, Any], name: str, signer: str
) -> None:
    key = new_key()
    header = headers_of_an_attacker()[name](counted, public_jwk(key), public_pem(key).decode())
    before = len(counted.paths)
    forge = chain.world.forge
    refused(chain, forge.sign(good, key if signer == "attacker" else None, **header))
    assert counted.paths[before:] == []


# Line 5.


@pytest.mark.parametrize("kind", ["ID", "Refresh", "Offline", "Logout", "Serialized-ID", "", "bearer"])
def test_a_token_of_another_kind_is_no_access_token(chain: Chain, good: dict[str, Any], kind: str) -> None:
    assert refused(chain, chain.world.forge.sign({**good, "typ": kind})) == "token-type"


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt", "JWE", "id+jwt"])
def test_a_header_of_another_kind_is_no_access_token(chain: Chain, good: dict[str, Any], kind: str) -> None:
    assert refused(chain, chain.world.forge.sign(good, typ=kind)) == "token-type"


def test_an_api_keys_own_token_is_not_one_of_the_central_database(chain: Chain) -> None:
    own = chain.world.own_token(NORTH_SCHOOL)
    assert "central-db" not in claims_in(own).get("aud", ())
    assert refused(chain, own) == "token-audience"


# Line 6.


@pytest.mark.parametrize(
    "audience",
    [None, "central", "central-db2", "Central-DB", "", ["ois-shodennyk"], [["central-db"]], {"central-db": True}, 1],
    ids=str,
)
def test_a_token_for_somebody_else_opens_nothing(chain: Chain, good: dict[str, Any], audience: object) -> None:
    claims = {**good, "aud": audience} if audience is not None else {k: v for k, v in good.items() if k != "aud"}
    assert refused(chain, chain.world.forge.sign(claims)) == "token-audience"


def test_an_audience_among_others_will_do(chain: Chain, good: dict[str, Any]) -> None:
    token = chain.world.forge.sign({**good, "aud": ["account", "central-db"]})
    assert chain.pupils(token).status_code == 200


def test_another_issuer_opens_nothing(chain: Chain, good: dict[str, Any]) -> None:
    own = good["iss"]
    for issuer in (f"{own}/", own.rpartition("/")[0] + "/master", own.upper(), f"{own}#x", own[:-1], None, [own], 7):
        assert refused(chain, chain.world.forge.sign({**good, "iss": issuer})) == "token-issuer"


def test_the_token_of_another_realm_opens_nothing(chain: Chain) -> None:
    connection = chain.world.office.realm.admin
    master = connection.for_realm("master")
    (key,) = [k for k in master.get("/keys")["keys"] if k.get("use") == "SIG" and k.get("algorithm") == "RS256"]
    token = chain.world.forge.sign(chain.world.claims(NORTH_SCHOOL), new_key(), kid=key["kid"])
    assert refused(chain, token) == "token-signature"


# Line 7.


def test_times_count_with_ten_seconds_of_leeway(chain: Chain, good: dict[str, Any]) -> None:
    now = int(time.time())
    sign = chain.world.forge.sign
    assert chain.pupils(sign({**good, "exp": now - WITHIN_LEEWAY_S, "iat": now - HOUR})).status_code == 200
    assert chain.pupils(sign({**good, "nbf": now + WITHIN_LEEWAY_S})).status_code == 200
    assert refused(chain, sign({**good, "exp": now - MORE_THAN_LEEWAY_S, "iat": now - HOUR})) == "token-expired"
    assert refused(chain, sign({**good, "nbf": now + MORE_THAN_LEEWAY_S + 5})) == "token-not-yet-valid"
    assert refused(chain, sign({**good, "iat": now + MORE_THAN_LEEWAY_S + 5})) == "token-not-yet-valid"


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["2000000000", 2**63, -1, True, None, [2000000000], 1e308, "NaN"], ids=str)
def test_a_time_that_is_no_time_opens_nothing(chain: Chain, good: dict[str, Any], name: str, value: object) -> None:
    refused(chain, chain.world.forge.sign({**good, name: value}))


def test_a_token_without_an_end_or_that_lasts_for_years_opens_nothing(chain: Chain, good: dict[str, Any]) -> None:
    endless = {name: value for name, value in good.items() if name != "exp"}
    refused(chain, chain.world.forge.sign(endless))
    refused(chain, chain.world.forge.sign({**good, "exp": int(time.time()) + 3 * 365 * 24 * HOUR}))


# Line 8.


def test_a_name_that_looks_like_somebody_elses_gains_nothing(chain: Chain, good: dict[str, Any]) -> None:
    other = f"service-account-api-{SOUTH_SCHOOL}-k1"
    for changed in (
        {"sub": SOUTH_SCHOOL},
        {"sub": other, "azp": f"ois-{SOUTH_SCHOOL}"},
        {"client_id": f"api-{SOUTH_SCHOOL}-k1"},
        {"sphere": "/00-0000001", "kind": "authority"},
        {"username": other, "upn": other},
    ):
        answer = chain.pupils(chain.world.forge.sign({**good, **changed}), SOUTH_SCHOOL)
        assert answer.status_code in (401, 403), changed


@pytest.mark.parametrize(
    "changed",
    [
        {"preferred_username": f"service-account-api-{SOUTH_SCHOOL}-k1"},
        {"institution": SOUTH_SCHOOL},
        {"preferred_username": NORTH_SCHOOL},
        {"preferred_username": f"service-account-api-{NORTH_SCHOOL}-k1 "},
        {"preferred_username": f"service-account-ois-{NORTH_SCHOOL}"},
        {"preferred_username": None},
    ],
    ids=str,
)
def test_claims_that_contradict_each_other_open_nothing(
    chain: Chain, good: dict[str, Any], changed: dict[str, Any]
) -> None:
    token = chain.world.forge.sign({**good, **changed})
    for institution in (NORTH_SCHOOL, SOUTH_SCHOOL):
        assert chain.pupils(token, institution).status_code == 401


# Line 9.


def test_two_authorization_headers_are_refused(chain: Chain, good: dict[str, Any]) -> None:
    token = chain.world.forge.sign(good).encode()
    header = b"Authorization: Bearer " + token
    target = pupils_of(NORTH_SCHOOL).encode()
    for headers in ((header, header), (header, b"authorization: Bearer x"), (header + b", Bearer " + token,)):
        assert raw_get(chain.port, target, *headers).statuses in ((400,), (401,))


def test_a_token_in_the_query_is_refused_with_or_without_a_header(chain: Chain, good: dict[str, Any]) -> None:
    token = chain.world.forge.sign(good)
    for query in (f"access_token={token}", f"a=1&access_token={token}", "access%5Ftoken=x", "ACCESS_TOKEN=x"):
        for bearer in (token, None):
            answer = chain.ask(bearer, f"{pupils_of(NORTH_SCHOOL)}?{query}")
            assert answer.status_code == 400, query


@pytest.mark.parametrize("name", ["institution", "exp", "aud", "iss"])
def test_a_claim_that_stands_twice_is_refused(chain: Chain, good: dict[str, Any], name: str) -> None:
    text = json.dumps(good)
    twice = f'{text[:-1]}, "{name}": {json.dumps(good[name])}}}'
    refused(chain, chain.world.forge.sign(twice))


def test_a_payload_that_is_no_object_is_refused(chain: Chain) -> None:
    for payload in ("[]", "null", '"x"', "", "{", "{}", "[" * 100_000, '{"exp": NaN}'):
        if len(payload) < 10_000:
            refused(chain, chain.world.forge.sign(payload))


@pytest.mark.parametrize("scheme", ["Basic", "DPoP", "Token", "Bearer Bearer"])
def test_another_scheme_is_no_bearer_token(chain: Chain, good: dict[str, Any], scheme: str) -> None:
    answer = chain.ask(
        None, pupils_of(NORTH_SCHOOL), headers={"Authorization": f"{scheme} {chain.world.forge.sign(good)}"}
    )
    assert answer.status_code == 401


def test_no_token_is_refused_with_a_challenge(chain: Chain) -> None:
    answer = chain.pupils(None)
    assert (answer.status_code, answer.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")
