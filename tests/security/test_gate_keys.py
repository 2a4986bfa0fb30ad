"""The realm's signing keys: what may have them fetched, rotation under load, Keycloak silent.

docs/security.md rows 3, 4.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.support.counted_keycloak import CountedKeycloak, counted_keycloak
from tests.support.gate_chain import Chain, pupils_of, running_chain, running_node
from tests.support.gate_world import NORTH_SCHOOL, GateWorld
from tests.support.token_forge import forge_for, new_key, signing_input
from tests.support.wires import raw_get

pytest_plugins = ("tests.support.gate_fixtures",)

PARALLEL = 1_000
UNKNOWN_KEYS = 10_000
MAX_AGE_S = 4.0


@pytest.mark.parametrize(
    "kid",
    ["../../../../etc/passwd", "' OR 1=1 --", "a\x00b", "", "x" * 3_000, 7, None, ["k"], {"k": 1}, "/dev/null"],
    ids=lambda kid: str(kid)[:20],
)
def test_a_key_id_is_never_more_than_a_name(chain: Chain, counted: CountedKeycloak, kid: object) -> None:
    before = counted.fetches
    token = chain.world.forge.sign(chain.world.claims(NORTH_SCHOOL), new_key(), kid=kid)
    assert chain.pupils(token).status_code == 401
    assert counted.fetches - before <= 1


def test_a_key_id_of_a_megabyte_is_refused_at_the_door(chain: Chain, counted: CountedKeycloak) -> None:
    before = counted.fetches
    token = chain.world.forge.sign(chain.world.claims(NORTH_SCHOOL), new_key(), kid="x" * 1_000_000)
    answer = raw_get(chain.port, pupils_of(NORTH_SCHOOL).encode(), b"Authorization: Bearer " + token.encode())
    assert answer.statuses in ((400,), (401,), (431,), ())
    assert counted.fetches == before


@pytest.mark.assure
def test_ten_thousand_unknown_key_ids_have_the_keys_fetched_once(chain: Chain, counted: CountedKeycloak) -> None:
    forge, claims, stranger = chain.world.forge, chain.world.claims(NORTH_SCHOOL), new_key()
    payload, signature = forge.sign(claims, stranger).split(".")[1:]
    session, before, begun = requests.Session(), counted.fetches, time.monotonic()
    for number in range(UNKNOWN_KEYS):
        header = signing_input({"alg": "RS256", "typ": "JWT", "kid": f"unknown-{number}"}, {}).split(".")[0]
        answer = session.get(
            f"{chain.url}{pupils_of(NORTH_SCHOOL)}",
            headers={"Authorization": f"Bearer {header}.{payload}.{signature}"},
            timeout=10,
        )
        assert answer.status_code == 401
    allowed = 1 + int((time.monotonic() - begun) // 30)
    assert counted.fetches - before <= allowed
    assert chain.pupils(forge.sign(claims)).status_code == 200


def test_a_new_realm_key_under_a_thousand_parallel_requests_is_fetched_once(world: GateWorld) -> None:
    with (
        counted_keycloak(world.settings.keycloak_url) as counted,
        running_node(world, AIKOM_KEYCLOAK_URL=counted.url) as node,
        running_chain(world, node) as chain,
    ):
        chain.wait_until_fresh()
        claims = world.claims(NORTH_SCHOOL)
        before = counted.fetches
        rotated = forge_for(world.office.realm.admin, world.forge.issuer, priority=300)
        tokens = [rotated.sign({**claims, "jti": f"rotated-{number}"}) for number in range(PARALLEL)]
        old = [world.forge.sign({**claims, "jti": f"old-{number}"}) for number in range(PARALLEL // 10)]
        with ThreadPoolExecutor(50) as pool:
            statuses = list(pool.map(lambda token: chain.pupils(token).status_code, tokens + old))
        assert statuses == [200] * len(statuses)
        assert counted.fetches - before == 1


def test_keys_serve_until_their_maximum_age_while_keycloak_answers_500_and_no_longer(world: GateWorld) -> None:
    with (
        counted_keycloak(world.settings.keycloak_url) as counted,
        running_node(
            world, app="tests.support.forgetful_gate:app", AIKOM_KEYCLOAK_URL=counted.url, MAX_AGE_S=str(MAX_AGE_S)
        ) as node,
        running_chain(world, node) as chain,
    ):
        chain.wait_until_fresh()
        counted.failing = True
        failing_since = time.monotonic()
        served = 0
        while time.monotonic() - failing_since < MAX_AGE_S / 2:
            # A token that the node has never seen: its signature is checked with a key from the cache.
            assert chain.pupils(world.token(NORTH_SCHOOL)).status_code == 200
            served += 1
        assert served > 1
        time.sleep(MAX_AGE_S)
        known = world.token(NORTH_SCHOOL)
        for _ in range(5):
            answer = chain.pupils(known)
            assert (answer.status_code, answer.headers["Retry-After"].isdigit()) == (503, True)
        counted.failing = False
        end = time.monotonic() + 15
        while chain.pupils(known).status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.1)


def test_the_gate_decides_rightly_while_keycloak_is_gone(world: GateWorld) -> None:
    good, foreign = world.token(NORTH_SCHOOL), world.token("53-0000101")
    with (
        counted_keycloak(world.settings.keycloak_url) as counted,
        running_node(world, AIKOM_KEYCLOAK_URL=counted.url) as node,
        running_chain(world, node) as chain,
    ):
        chain.wait_until_fresh()
        counted.close()
        claims = world.claims(NORTH_SCHOOL)
        for number in range(50):
            fresh = world.forge.sign({**claims, "jti": f"while-away-{number}"})
            assert chain.pupils(good).status_code == 200
            assert chain.pupils(fresh).status_code == 200
            assert chain.pupils(foreign).status_code == 403
            assert chain.pupils(world.forge.sign(claims, new_key())).status_code == 401
