"""Bound tokens and their proofs (DPoP), through nginx or Caddy and the gate. docs/security.md row 56; RFC 9449 4.3, 7.

A thief here has the token, sees proofs go by, and signs with keys of its own; the key that the token is bound to it has
not. Whatever it sends, the central database gets nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from examples.central_database.proxies import running_caddy, running_nginx
from provisioning.gate.proofs import AHEAD_S, OLDEST_S
from tests.support.gate_chain import Edge, Node, pupils_of, running_chain, running_node
from tests.support.gate_world import NORTH_SCHOOL, OTHER_NORTH_SCHOOL, PUBLIC_URL, GateWorld
from tests.support.proofs import Prover, proof_key
from tests.support.stand_ins import say, stand_in
from tests.support.wires import raw_get

pytest_plugins = ("tests.support.gate_fixtures",)

PROXIES = {"nginx": running_nginx, "caddy": running_caddy}
PATH = pupils_of(NORTH_SCHOOL)
ADDRESS = f"{PUBLIC_URL}{PATH}"
OWNER, THIEF = Prover(), Prover()


@pytest.fixture(scope="module")
def node(world: GateWorld) -> Iterator[Node]:
    with running_node(world) as running:
        yield running


@pytest.fixture(scope="module", params=PROXIES)
def edge(request: pytest.FixtureRequest, world: GateWorld, node: Node) -> Iterator[Edge]:
    with (
        stand_in(say(200)) as database,
        running_chain(world, node, PROXIES[request.param], database.address) as chain,
    ):
        chain.wait_until_fresh()
        yield Edge(chain, database)


@pytest.fixture
def token(world: GateWorld) -> str:
    return bound(world, OWNER)


def bound(world: GateWorld, prover: Prover, institution: str = NORTH_SCHOOL) -> str:
    """A token as Keycloak gives it to an OIS that has shown this key, signed by the forge."""
    confirmation = {"jkt": prover.thumbprint, "kc-jkt-type": "DPoP"}
    return world.token(institution, typ="DPoP", cnf=confirmation)


def send(
    edge: Edge, token: str, proof: str | None, path: str = PATH, method: str = "GET", scheme: str = "DPoP"
) -> requests.Response:
    """Send a request with a token and a proof."""
    headers = {"Authorization": f"{scheme} {token}", **({} if proof is None else {"DPoP": proof})}
    return edge.chain.ask(None, path, method, headers)


def refused(edge: Edge, call: Callable[[], requests.Response]) -> tuple[int, str]:
    """Status and code of a refusal that asks for a proof; fails the test when anything reached the database."""
    answers: list[requests.Response] = []
    assert edge.reached_by(lambda: answers.append(call())) == []
    (answer,) = answers
    assert answer.headers["Content-Type"] == "application/problem+json"
    if answer.status_code == 401:
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith("DPoP ")
        assert 'algs="ES256 ES384 PS256 RS256"' in challenge
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


def proof(token: str, prover: Prover = OWNER, method: str = "GET", **changed: Any) -> str:
    """A proof for the pupils of the school, but for what is changed."""
    return prover.proof(method, changed.pop("htu", ADDRESS), token, **changed)


def test_whoever_holds_the_key_gets_through_and_neither_token_nor_proof_reaches_the_database(
    edge: Edge, token: str
) -> None:
    (received,) = edge.reached_by(lambda: send(edge, token, proof(token)))
    assert received.all("X-Aikom-Institution") == [NORTH_SCHOOL]
    assert received.all("DPoP") == received.all("Authorization") == []
    with_query = edge.reached_by(lambda: send(edge, token, proof(token), f"{PATH}?page=2"))
    assert len(with_query) == 1


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "PS256", "RS256"])
def test_every_algorithm_that_the_challenge_names_is_taken(edge: Edge, world: GateWorld, algorithm: str) -> None:
    prover = Prover(algorithm, proof_key(algorithm))
    token = bound(world, prover)
    assert send(edge, token, proof(token, prover)).status_code == 200


def test_a_stolen_bound_token_opens_nothing(edge: Edge, token: str) -> None:
    """Without a proof, with the thief's own, and with one in the owner's name that the thief signed."""
    assert refused(edge, lambda: send(edge, token, None)) == (401, "proof-missing")
    assert refused(edge, lambda: send(edge, token, proof(token, THIEF))) == (401, "proof-key")
    forged = proof(token, THIEF, header={"jwk": OWNER.public})
    assert refused(edge, lambda: send(edge, token, forged)) == (401, "proof-signature")


def test_a_bound_token_is_no_bearer_token(edge: Edge, token: str) -> None:
    for shown in (None, proof(token), proof(token, THIEF)):
        assert refused(edge, lambda shown=shown: send(edge, token, shown, scheme="Bearer")) == (401, "token-bound")


def test_a_bearer_token_is_no_bound_one(edge: Edge, world: GateWorld) -> None:
    plain = world.token(NORTH_SCHOOL)
    answer = send(edge, plain, proof(plain))
    assert (answer.status_code, str(answer.json()["type"]).rpartition("/")[2]) == (401, "token-not-bound")


def test_a_proof_counts_once(edge: Edge, token: str) -> None:
    once = proof(token)
    assert send(edge, token, once).status_code == 200
    assert refused(edge, lambda: send(edge, token, once)) == (401, "proof-used")
    name = f"an-id-{time.time_ns()}"
    assert send(edge, token, proof(token, jti=name)).status_code == 200
    assert refused(edge, lambda: send(edge, token, proof(token, jti=name))) == (401, "proof-used")


def test_of_one_proof_sent_many_times_at_once_one_gets_through(edge: Edge, token: str) -> None:
    once = proof(token)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(edge, token, once).status_code, range(24)))
    assert (answers.count(200), answers.count(401)) == (1, 23)


@pytest.mark.parametrize("off", [-OLDEST_S - 5, -3600, AHEAD_S + 5, 3600])
def test_a_stale_proof_and_one_from_the_future_are_refused(edge: Edge, token: str, off: int) -> None:
    shown = proof(token, at=time.time() + off)
    assert refused(edge, lambda: send(edge, token, shown)) == (401, "proof-untimely")


def test_a_proof_for_another_request_is_refused(edge: Edge, token: str) -> None:
    """A proof that was seen going by is worth nothing elsewhere."""
    other = pupils_of(OTHER_NORTH_SCHOOL)
    code = (401, "proof-request")
    assert refused(edge, lambda: send(edge, token, proof(token), other)) == code
    assert refused(edge, lambda: send(edge, token, proof(token), method="POST")) == code
    assert refused(edge, lambda: send(edge, token, proof(token, method="POST"))) == code
    for address in (f"{ADDRESS}?page=2", f"{ADDRESS}#x", PATH, ADDRESS.replace("https", "http"), f"{ADDRESS}/"):
        assert refused(edge, lambda address=address: send(edge, token, proof(token, htu=address))) == code
    own = f"{edge.chain.url}{PATH}"
    assert refused(edge, lambda: send(edge, token, proof(token, htu=own))) == code


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "X-Original-URI"])
def test_no_header_makes_another_address_of_it(edge: Edge, token: str, name: str) -> None:
    """The address comes from the gate's settings: who names another host cannot use a proof made for that one."""
    shown = proof(token, htu=f"https://evil.example{PATH}")
    value = "host=evil.example;proto=https" if name == "Forwarded" else "evil.example"
    headers = {"Authorization": f"DPoP {token}", "DPoP": shown, name: value}
    assert refused(edge, lambda: edge.chain.ask(None, PATH, "GET", headers)) == (401, "proof-request")


def test_a_proof_for_another_token_is_refused(edge: Edge, world: GateWorld, token: str) -> None:
    other = bound(world, OWNER)
    assert refused(edge, lambda: send(edge, token, proof(other))) == (401, "proof-token")
    assert refused(edge, lambda: send(edge, token, proof(token, ath=None))) == (401, "proof-token")


def malformed(token: str) -> dict[str, str]:
    """Proofs that are none, by what is wrong with them."""
    head, claims, _ = proof(token).split(".")
    return {
        "typ": proof(token, header={"typ": "JWT"}),
        "no typ": proof(token, header={"typ": None}),
        "none": proof(token, header={"alg": "none"}),
        "HS256": proof(token, header={"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}),
        "HS256 with the public key": proof(token, header={"alg": "HS256"}),
        "another key's algorithm": proof(token, header={"alg": "RS256"}),
        "private key": proof(token, header={"jwk": OWNER.key.as_dict(private=True)}),
        "no key": proof(token, header={"jwk": None}),
        "key by address": proof(token, header={"jwk": None, "jku": "https://thief.example/keys"}),
        "crit": proof(token, header={"crit": ["exp"]}),
        "no signature": f"{head}.{claims}.",
        "no JWT": "proof",
        "no id": proof(token, jti=None),
        "no time": proof(token, iat=None),
        "time as text": proof(token, iat=str(int(time.time()))),
        "oversize": proof(token, more="x" * 5_000),
    }


@pytest.mark.parametrize("fault", malformed("x.y.z"))
def test_a_proof_that_is_none_is_refused(edge: Edge, token: str, fault: str) -> None:
    assert refused(edge, lambda: send(edge, token, malformed(token)[fault])) == (401, "proof-malformed")


def test_an_oversized_header_opens_nothing(edge: Edge, token: str) -> None:
    """Longer than a proxy takes at all, or than the gate reads: refused either way; nothing reaches the database."""
    answers: list[requests.Response] = []
    reached = edge.reached_by(lambda: answers.extend(send(edge, token, "x" * size) for size in (7_000, 100_000)))
    assert reached == []
    assert all(400 <= answer.status_code < 500 for answer in answers)


def test_two_proofs_are_refused(node: Node, world: GateWorld, token: str) -> None:
    """At the gate, joined by the server or by the proxy before it."""
    secret = world.settings.require("AIKOM_GATE_SECRET")
    for joined in (f"{proof(token)},{proof(token)}", f"{proof(token)}, {proof(token, THIEF)}"):
        headers = {"X-Aikom-Gate-Secret": secret, "X-Original-Method": "GET", "X-Original-URI": PATH}
        own = {**headers, "Authorization": f"DPoP {token}", "DPoP": joined}
        answer = requests.get(f"{node.url}/authz", headers=own, timeout=15)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "two-proofs")


def test_of_two_proof_headers_the_second_is_never_decided_on(edge: Edge, token: str) -> None:
    """Caddy hands both on, and the gate refuses. nginx before 1.23 hands on the first alone, newer ones join them."""
    line = f"Authorization: DPoP {token}".encode()
    bad, good = (f"DPoP: {shown}".encode() for shown in (proof(token, THIEF), proof(token)))
    reached = edge.reached_by(lambda: raw_get(edge.chain.port, PATH.encode(), line, bad, good))
    assert reached == []


def test_a_gate_that_is_not_told_the_public_address_lets_no_bound_token_through(world: GateWorld, token: str) -> None:
    with running_node(world, AIKOM_CENTRAL_DB_URL="") as node:
        secret = world.settings.require("AIKOM_GATE_SECRET")
        while node.ask(secret, PATH, world.token(NORTH_SCHOOL)).status_code == 503:
            time.sleep(0.05)
        headers = {"X-Aikom-Gate-Secret": secret, "X-Original-Method": "GET", "X-Original-URI": PATH}
        own = {**headers, "Authorization": f"DPoP {token}", "DPoP": proof(token)}
        answer = requests.get(f"{node.url}/authz", headers=own, timeout=15)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "proofs-unavailable")


def test_a_node_knows_nothing_of_proofs_that_another_has_taken(world: GateWorld, node: Node, token: str) -> None:
    """So the threat model says: nodes share nothing, and a proof counts once on each."""
    secret, once = world.settings.require("AIKOM_GATE_SECRET"), proof(token)
    headers = {"X-Aikom-Gate-Secret": secret, "X-Original-Method": "GET", "X-Original-URI": PATH}
    own = {**headers, "Authorization": f"DPoP {token}", "DPoP": once}
    with running_node(world) as other:
        while other.ask(secret, PATH, world.token(NORTH_SCHOOL)).status_code == 503:
            time.sleep(0.05)
        answers = [requests.get(f"{one.url}/authz", headers=own, timeout=15) for one in (node, other, node, other)]
    assert [answer.status_code for answer in answers] == [204, 204, 401, 401]
