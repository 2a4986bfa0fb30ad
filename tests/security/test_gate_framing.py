"""Requests that two servers would cut at different places. docs/security.md row 21; RFC 9112 6.

Through nginx and through Caddy, which stand outermost: what they pass on has one length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.gate_chain import Edge, pupils_of, running_chain, running_node
from tests.support.gate_world import NORTH_SCHOOL, GateWorld
from tests.support.proxy_alone import PROXIES
from tests.support.stand_ins import say, stand_in
from tests.support.wires import bearer_line, send_raw

pytest_plugins = ("tests.support.gate_fixtures",)


@pytest.fixture(scope="module", params=PROXIES)
def outermost(request: pytest.FixtureRequest, world: GateWorld) -> Iterator[Edge]:
    """A proxy in front of a database that notes what reaches it."""
    with (
        running_node(world) as node,
        stand_in(say(200)) as database,
        running_chain(world, node, PROXIES[request.param], database.address) as chain,
    ):
        chain.wait_until_fresh()
        yield Edge(chain, database)


@pytest.fixture(scope="module")
def token(world: GateWorld) -> str:
    return world.token(NORTH_SCHOOL)


SMUGGLED = b"GET /v1/institutions HTTP/1.1\r\nHost: x\r\n\r\n"
FRAMINGS = {
    "CL.TE": [b"Content-Length: %d" % len(SMUGGLED), b"Transfer-Encoding: chunked"],
    "TE.CL": [b"Transfer-Encoding: chunked", b"Content-Length: 4"],
    "TE.TE": [b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"],
    "TE with a space": [b"Transfer-Encoding : chunked"],
    "two CL": [b"Content-Length: 4", b"Content-Length: 5"],
    "CL list": [b"Content-Length: 4, 4"],
    "CL with a sign": [b"Content-Length: +4"],
    "CL negative": [b"Content-Length: -1"],
    "CL in hex": [b"Content-Length: 0x4"],
    "obs-fold": [b"Transfer-Encoding:\r\n chunked", b"Content-Length: 4"],
    "CR alone": [b"X-Note: a\rTransfer-Encoding: chunked", b"Content-Length: 4", b"Transfer-Encoding: chunked"],
    "NUL in a header": [b"X-Note: a\x00b"],
    "no name": [b": chunked"],
    "two hosts": [b"Host: elsewhere"],
}


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_request_of_two_lengths_is_refused(outermost: Edge, token: str, framing: str) -> None:
    head = [b"POST " + pupils_of(NORTH_SCHOOL).encode() + b" HTTP/1.1", b"Host: localhost", bearer_line(token)]
    raw = b"\r\n".join([*head, *FRAMINGS[framing]]) + b"\r\n\r\n0\r\n\r\n" + SMUGGLED
    answers: list[Any] = []
    reached = outermost.reached_by(lambda: answers.append(send_raw(outermost.chain.port, raw)))
    assert reached == []
    # Caddy is not shown the length beside a chunked body: it wants one from every body, and closes the connection.
    assert answers[0].statuses in ((400,), (411,), (501,))


def test_a_folded_line_is_refused_or_is_one_value_that_goes_no_further(outermost: Edge, token: str) -> None:
    """Source: RFC 9112 5.2. nginx refuses; Caddy takes the two lines for one, and the header is not of the list."""
    head = [b"POST " + pupils_of(NORTH_SCHOOL).encode() + b" HTTP/1.1", b"Host: localhost", bearer_line(token)]
    folded = [b"X-Note: a\r\n Transfer-Encoding: chunked", b"Content-Length: 2", b"Connection: close"]
    raw = b"\r\n".join([*head, *folded]) + b"\r\n\r\n{}"
    answers: list[Any] = []
    reached = outermost.reached_by(lambda: answers.append(send_raw(outermost.chain.port, raw)))
    if answers[0].statuses != (400,):
        (received,) = reached
        assert received.all("Transfer-Encoding") == received.all("X-Note") == []
        assert (received.all("Content-Length"), received.body) == (["2"], b"{}")


@pytest.mark.parametrize("encoding", [b" xchunked", b"\tchunked", b" chunked, identity", b" gzip, chunked"])
def test_an_encoding_that_nobody_knows_is_refused(outermost: Edge, token: str, encoding: bytes) -> None:
    head = [b"POST " + pupils_of(NORTH_SCHOOL).encode() + b" HTTP/1.1", b"Host: localhost", bearer_line(token)]
    raw = (
        b"\r\n".join([*head, b"Transfer-Encoding:" + encoding, b"Connection: close"]) + b"\r\n\r\n0\r\n\r\n" + SMUGGLED
    )
    assert outermost.reached_by(lambda: send_raw(outermost.chain.port, raw)) == []
    assert send_raw(outermost.chain.port, raw).statuses in ((501,), (411,))


def test_a_request_with_one_length_passes(outermost: Edge, token: str) -> None:
    path = pupils_of(NORTH_SCHOOL)
    assert outermost.chain.ask(token, path, "POST", data=b'{"name": "x"}').status_code == 200
    chunked = outermost.chain.ask(token, path, "POST", data=iter([b'{"name":', b' "x"}']))
    assert chunked.status_code == 200 or chunked.json()["code"] == "length-required"
    assert [received.body for received in outermost.database.received[-1:]] == [b'{"name": "x"}']
