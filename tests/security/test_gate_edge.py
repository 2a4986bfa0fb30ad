"""The edge: what a client sends besides a token, and what a proxy does when the gate fails.

docs/security.md rows 16-18 and 20, through nginx and through Caddy.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from examples.central_database.proxies import Address, running_caddy, running_nginx
from provisioning.stack.ports import free_port
from tests.support.gate_chain import Edge, Node, pupils_of, running_chain, running_node
from tests.support.gate_world import NORTH, NORTH_SCHOOL, SOUTH_SCHOOL, GateWorld, sphere_of
from tests.support.stand_ins import Answer, hang_up, say, stand_in
from tests.support.wires import bearer_line, raw_get

pytest_plugins = ("tests.support.gate_fixtures",)

PROXIES = {"nginx": running_nginx, "caddy": running_caddy}
LIES = ("X-Aikom-Institution", "X-Aikom-Sphere", "X-Aikom-Ois", "X-Aikom-Rights", "X-Aikom-Decision", "X-Aikom-Signed")
MORE_LIES = ("X-Aikom-Gate-Secret", "X-Aikom-Anything", "X-Original-URI", "X-Original-Method", "X-Real-Ip")
FORWARDED = ("X-Forwarded-Uri", "X-Forwarded-Method", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix")


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


@pytest.fixture(scope="module")
def token(world: GateWorld) -> str:
    return world.token(NORTH_SCHOOL)


# Line 16.


@pytest.mark.parametrize("name", [*LIES, *MORE_LIES, *FORWARDED])
def test_what_a_client_says_about_itself_does_not_reach_the_database(edge: Edge, token: str, name: str) -> None:
    lie = b"a-lie"
    underscored = name.replace("-", "_")
    spellings = {name, name.lower(), name.upper(), underscored, underscored.lower(), name.replace("-", "_", 1)}
    headers = [spelling.encode() + b": " + lie for spelling in sorted(spellings)] * 2
    path = pupils_of(NORTH_SCHOOL).encode()
    (received,) = edge.reached_by(lambda: raw_get(edge.chain.port, path, bearer_line(token), *headers))
    assert all("a-lie" not in value for _, value in received.headers), received.headers
    assert received.all("X-Aikom-Institution") == [NORTH_SCHOOL]
    assert received.all("X-Aikom-Sphere") == [sphere_of(NORTH_SCHOOL)]
    assert received.all("X-Aikom-Ois") == ["shodennyk"]
    assert len(received.all("X-Aikom-Decision")) == 1
    assert received.all("X-Aikom-Rights")[0].split() == sorted(edge.chain.world.rights)


def test_the_token_and_the_secret_stay_before_the_database(edge: Edge, token: str) -> None:
    (received,) = edge.reached_by(lambda: edge.chain.pupils(token))
    secret = edge.chain.world.settings.require("AIKOM_GATE_SECRET")
    said = str(received)
    assert token not in said
    assert secret not in said


@pytest.mark.parametrize(
    "name", ["X-Original-URI", "X_Original_URI", "x-original-uri", "X-Forwarded-Uri", "X-Rewrite-Url", "X-Original-Url"]
)
def test_the_gate_decides_on_the_real_path_whatever_a_header_says(edge: Edge, token: str, name: str) -> None:
    own, foreign = pupils_of(NORTH_SCHOOL).encode(), pupils_of(SOUTH_SCHOOL).encode()
    header = name.encode() + b": " + own
    assert edge.reached_by(lambda: raw_get(edge.chain.port, foreign, bearer_line(token), header)) == []
    assert raw_get(edge.chain.port, foreign, bearer_line(token), header, header).statuses == (403,)


# Line 17.


@pytest.mark.parametrize("secret", [None, "", "wrong", "wrong " * 1000])
def test_the_gate_answers_nobody_but_the_proxy(node: Node, edge: Edge, token: str, secret: str | None) -> None:
    known = edge.chain.world.settings.require("AIKOM_GATE_SECRET")
    assert node.ask(known, pupils_of(NORTH_SCHOOL), token).status_code == 204
    answer = node.ask(secret, pupils_of(NORTH_SCHOOL), token)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name in ("X-Aikom-Institution", "X-Aikom-Sphere", "X-Aikom-Rights")]


@pytest.mark.parametrize("path", [b"/authz", b"/.aikom/authz", b"/authz/forwarded", b"//authz", b"/%61uthz"])
def test_the_gate_cannot_be_asked_through_the_proxy(edge: Edge, token: str, path: bytes) -> None:
    own = b"X-Original-URI: " + pupils_of(NORTH_SCHOOL).encode()
    assert edge.reached_by(lambda: raw_get(edge.chain.port, path, bearer_line(token), own)) == []
    assert raw_get(edge.chain.port, path, bearer_line(token), own).statuses in ((400,), (403,), (404,))


# Line 18.

OWN, FOREIGN = f"/v1/institutions/{NORTH_SCHOOL}", f"/v1/institutions/{SOUTH_SCHOOL}"
TRICKS = [
    f"{OWN}/../{SOUTH_SCHOOL}/students",
    f"{OWN}/%2e%2e/{SOUTH_SCHOOL}/students",
    f"{OWN}/.%2E/{SOUTH_SCHOOL}/students",
    f"{OWN}%2f..%2f{SOUTH_SCHOOL}/students",
    f"{OWN}%2F..%2F{SOUTH_SCHOOL}/students",
    f"{OWN}/%252e%252e/{SOUTH_SCHOOL}/students",
    f"{OWN}/..%5c{SOUTH_SCHOOL}/students",
    f"{OWN}/..\\{SOUTH_SCHOOL}/students",
    f"{OWN}/..;/{SOUTH_SCHOOL}/students",
    f"{OWN};/../{SOUTH_SCHOOL}/students",
    f"{OWN};x=1/students",
    f"{OWN}/students;x",
    f"/{OWN}/students",
    f"{OWN}//students",
    f"{OWN}/./students",
    f"{OWN}/%2e/students",
    f"{OWN}/students/",
    f"{OWN}/students/.",
    f"{OWN}/students/..",
    f"{OWN}/students%00",
    f"{OWN}/students%0a",
    f"{OWN}/students%20",
    f"{OWN}/students%23",
    f"{OWN}/students%3f",
    f"{OWN}/students#fragment",
    f"{OWN}/%73tudents",
    f"{OWN}/stude%6Ets",
    "/v1/institutions/46%2D0000101/students",
    f"{OWN}/students%c0%af",
    f"{OWN}/students%d0%b0",
    f"{OWN}/students\xff",
    f"{OWN}/STUDENTS",
    f"/V1/institutions/{NORTH_SCHOOL}/students",
    f"http://127.0.0.1{FOREIGN}/students",
    f"{FOREIGN}/students?x={OWN}/students",
    f"{FOREIGN}/students#{OWN}",
    "*",
    "students",
    "",
]


@pytest.mark.parametrize("target", TRICKS)
def test_a_path_that_reads_in_two_ways_is_refused(edge: Edge, token: str, target: str) -> None:
    raw = target.encode("latin-1")
    answers: list[Any] = []
    reached = edge.reached_by(lambda: answers.append(raw_get(edge.chain.port, raw, bearer_line(token))))
    assert reached == []
    assert set(answers[0].statuses) <= {400, 403, 404}


@pytest.mark.parametrize(
    "target",
    [
        f"{OWN}/students",
        f"{OWN}/students?page=2&name=%D0%9D%D0%B0%D0%B4%D1%96%D1%8F&x=/../",
        f"{OWN}/students/a.b-c_d~e",
        f"{OWN}/classes/7-%D0%90",
        f"{OWN}/students?",
    ],
)
def test_the_path_decided_on_is_the_path_that_the_database_gets(edge: Edge, token: str, target: str) -> None:
    answers: list[Any] = []
    reached = edge.reached_by(lambda: answers.append(raw_get(edge.chain.port, target.encode(), bearer_line(token))))
    assert [request.target for request in reached] == [target], answers


# Line 20.


def slowly(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(4)
    say(204, X_Aikom_Institution=NORTH_SCHOOL, X_Aikom_Decision="late")(handler)


FAILURES: dict[str, Answer] = {
    "500": say(500),
    "502": say(502),
    "503": say(503, Retry_After="2"),
    "404": say(404),
    "302": say(302, Location="/elsewhere"),
    "hangs up": hang_up,
    "too late": slowly,
}


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_proxy_denies_when_the_gate_fails(world: GateWorld, token: str, proxy: str, failure: str) -> None:
    with (
        stand_in(FAILURES[failure]) as gate,
        stand_in(say(200)) as database,
        running_chain(world, gate.address, PROXIES[proxy], database.address) as chain,
    ):
        answer = chain.ask(token, pupils_of(NORTH_SCHOOL), allow_redirects=False)
        assert answer.status_code >= 300
        assert gate.received
        assert database.received == []


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_denies_when_there_is_no_gate(world: GateWorld, token: str, proxy: str) -> None:
    with (
        stand_in(say(200)) as database,
        running_chain(world, Address(free_port()), PROXIES[proxy], database.address) as chain,
    ):
        assert chain.pupils(token).status_code in (502, 503)
        assert database.received == []


@pytest.mark.parametrize("proxy", PROXIES)
def test_the_database_refuses_what_comes_without_a_decision(world: GateWorld, token: str, proxy: str) -> None:
    with stand_in(say(204)) as gate, running_chain(world, gate.address, PROXIES[proxy]) as chain:
        lies = {"X-Aikom-Institution": NORTH, "X-Aikom-Sphere": sphere_of(NORTH), "X-Aikom-Decision": "mine"}
        assert chain.ask(token, pupils_of(NORTH_SCHOOL), headers=lies).status_code == 403


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_refusal_reaches_the_client_with_its_document(world: GateWorld, node: Node, token: str, proxy: str) -> None:
    with running_chain(world, node, PROXIES[proxy]) as chain:
        for answer, status in ((chain.pupils(None), 401), (chain.pupils(token, SOUTH_SCHOOL), 403)):
            assert (answer.status_code, answer.json()["status"]) == (status, status)
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["Cache-Control"] == "no-store"
        english = chain.ask(token, pupils_of(SOUTH_SCHOOL), headers={"Accept-Language": "en"}).json()
        assert english["title"].isascii()
