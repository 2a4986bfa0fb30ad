"""Requests that two servers would cut at different places. docs/security.md row 21; RFC 9112 6.

Through nginx, which stands outermost: what it passes on has one length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from examples.central_database.proxies import running_nginx
from tests.support.gate_chain import Edge, pupils_of, running_chain, running_node
from tests.support.gate_world import NORTH_SCHOOL, GateWorld
from tests.support.stand_ins import say, stand_in
from tests.support.wires import bearer_line, send_raw

pytest_plugins = ("tests.support.gate_fixtures",)


@pytest.fixture(scope="module")
def outermost(world: GateWorld) -> Iterator[Edge]:
    """nginx in front of a database that notes what reaches it."""
    with (
        running_node(world) as node,
        stand_in(say(200)) as database,
        running_chain(world, node, running_nginx, database.address) as chain,
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
    "obs-fold of a name": [b"X-Note: a\r\n Transfer-Encoding: chunked", b"Content-Length: 4"],
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
    assert answers[0].statuses == (400,)


@pytest.mark.parametrize("encoding", [b" xchunked", b"\tchunked", b" chunked, identity", b" gzip, chunked"])
def test_an_encoding_that_nobody_knows_is_refused(outermost: Edge, token: str, encoding: bytes) -> None:
    head = [b"POST " + pupils_of(NORTH_SCHOOL).encode() + b" HTTP/1.1", b"Host: localhost", bearer_line(token)]
    raw = (
        b"\r\n".join([*head, b"Transfer-Encoding:" + encoding, b"Connection: close"]) + b"\r\n\r\n0\r\n\r\n" + SMUGGLED
    )
    assert outermost.reached_by(lambda: send_raw(outermost.chain.port, raw)) == []
    assert send_raw(outermost.chain.port, raw).statuses == (501,)


def test_a_request_with_one_length_passes(outermost: Edge, token: str) -> None:
    for more in ({"data": b'{"name": "x"}'}, {"data": iter([b'{"name":', b' "x"}'])}):
        assert outermost.chain.ask(token, pupils_of(NORTH_SCHOOL), "POST", **more).status_code == 200
    assert len(outermost.database.received) >= 2
