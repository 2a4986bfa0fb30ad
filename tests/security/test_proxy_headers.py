"""What a client's request becomes on its way to the central database: the same behind nginx and behind Caddy.

docs/security.md row 64; the list is in docs/for-central-database.md. Real proxies, a gate that lets everything through.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import pytest
import requests

from tests.support.proxy_alone import PROXIES, Between, between
from tests.support.proxy_headers import HANDED_ON, LISTED, REFUSED, Treatment, treatment_of
from tests.support.stand_ins import Answer, Received, hang_up, say, stand_in

LENGTH: Final = ("Content-Length", "2")
LEFT_BEHIND = [
    name.replace("*", "Anything")
    for name, treatment in LISTED.items()
    if treatment in (Treatment.LEFT_BEHIND, Treatment.FOR_THE_GATE)
]
UNKNOWN = ("Signature", "Link", "A-IM", "Idempotency_Key", "Content_Encoding", "Traceparent_", "If_Match")
OF_THE_DECISION = {"host", "connection", "x-aikom-institution", "x-aikom-sphere", "x-aikom-rights", "x-aikom-decision"}


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request: pytest.FixtureRequest) -> Iterator[Between]:
    with between(request.param) as running:
        yield running


def names(received: Received) -> set[str]:
    return {name.lower() for name, _ in received.headers}


@pytest.mark.parametrize("name", HANDED_ON)
def test_a_header_of_the_list_arrives_as_it_was_sent(proxy: Between, name: str) -> None:
    value = 'W/"a, b;c", bytes=0-1'
    _, (received,) = proxy.reached("GET", (name.swapcase(), value))
    assert received.all(name) == [value]
    assert names(received) - OF_THE_DECISION == {name.lower()}


@pytest.mark.parametrize("name", [*LEFT_BEHIND, *UNKNOWN])
def test_any_other_header_does_not_arrive(proxy: Between, name: str) -> None:
    # A second Authorization is refused by nginx itself.
    again = [] if name == "Authorization" else [(name.lower(), "a-lie")]
    _, (received,) = proxy.reached("GET", (name, "a-lie"), *again)
    assert "a-lie" not in str(received)
    assert names(received) <= OF_THE_DECISION


def test_an_absent_header_is_not_made_up(proxy: Between) -> None:
    _, (received,) = proxy.reached("GET")
    assert names(received) <= OF_THE_DECISION
    assert received.all("Host") == ["database.example"]


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("value", ["gzip", "identity", "bytes 0-1/2", "0"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "GET", "DELETE"])
def test_a_header_that_changes_what_a_body_means_is_refused_with_a_document(
    proxy: Between, name: str, value: str, method: str
) -> None:
    before = len(proxy.gate.received)
    answer, reached = proxy.reached(method, (name, value), LENGTH, body=b"{}")
    assert (answer.statuses, reached) == ((REFUSED[name],), [])
    assert len(proxy.gate.received) == before, "the gate was asked about a request that cannot pass"
    assert document(answer.text)["status"] == REFUSED[name]


def document(text: bytes) -> Any:
    head, _, body = text.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    return json.loads(body)


# What programs send.

CLIENTS: dict[str, Callable[[str], Any]] = {
    "curl": lambda url: subprocess.run(
        ["curl", "-s", "--compressed", "-r", "0-9", "-z", "2026-01-01", "-e", "http://x", "-b", "a=b", "--etag-compare",
         "/dev/null", "-H", "TE: trailers", "-d", "{}", url], check=True
    ),
    "requests": lambda url: requests.post(url, json={}, cookies={"a": "b"}, auth=("a", "b"), timeout=5),
    "requests, a stream": lambda url: requests.post(url, data=iter([b"{}"]), timeout=5),
    "httpx": lambda url: httpx.post(url, json={}, timeout=5),
}  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
def test_the_list_says_what_becomes_of_every_header_that_programs_send(client: str) -> None:
    with stand_in(say(200)) as server:
        CLIENTS[client](f"http://127.0.0.1:{server.address.place}/v1/a")
    sent = {name for received in server.received for name, _ in received.headers}
    assert len(sent) > 3
    assert [name for name in sent if treatment_of(name) is None] == []


# Methods and bodies.


@pytest.mark.parametrize("path", ["/v1/a", "/", "/v1//a", "/v1/5%20%d0%90?x=1"])
def test_options_is_answered_by_the_proxy(proxy: Between, path: str) -> None:
    before = len(proxy.gate.received)
    preflight = (("Origin", "https://x.example"), ("Access-Control-Request-Method", "POST"))
    for headers in ((), preflight):
        answer, reached = proxy.reached("OPTIONS", *headers, target=path)
        assert (answer.statuses, reached) == ((204,), [])
        assert b"Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n" in answer.text
        assert b"access-control" not in answer.text.lower()
    assert len(proxy.gate.received) == before


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
def test_what_is_no_method_of_the_protocol_is_refused_by_the_proxy(proxy: Between, method: str) -> None:
    answer, reached = proxy.reached(method)
    assert (answer.statuses, reached) == ((405,), [])
    assert document(answer.text)["code"] == "method-not-allowed"


@pytest.mark.parametrize("target", ["/v1/classes/5%20%d0%90", "/v1/%D0%90%d0%b0?q=%20%d0%b0+b", "/v1/a?"])
def test_the_gate_and_the_database_get_the_path_byte_by_byte(proxy: Between, target: str) -> None:
    _, (received,) = proxy.reached("HEAD", target=target)
    assert (received.method, received.target) == ("HEAD", target)
    asked = proxy.gate.received[-1]
    assert asked.target.rstrip("?") == "/authz"
    assert (asked.all("X-Original-URI"), asked.all("X-Original-Method")) == ([target], ["HEAD"])


@pytest.mark.parametrize("method", ["POST", "GET", "HEAD", "DELETE"])
def test_a_body_of_two_lengths_is_refused_with_any_method(proxy: Between, method: str) -> None:
    lengths = (("Content-Length", "4"), ("Transfer-Encoding", "chunked"))
    answer, reached = proxy.reached(method, *lengths, body=b"2\r\n{}\r\n0\r\n\r\n")
    assert reached == []
    assert answer.statuses[0] in (400, 411)


@pytest.mark.assure
def test_a_body_beyond_the_limit_is_refused_with_a_document(proxy: Between) -> None:
    for length in (1_048_577, 9_999_999_999, 999_999_999_999_999_999):
        answer, reached = proxy.reached("POST", ("Content-Length", str(length)), body=b"{")
        assert (answer.statuses, reached) == ((413,), [])
        assert document(answer.text)["code"] == "body-too-large"
    body = b"x" * 1_048_576
    _, (received,) = proxy.reached("POST", ("Content-Length", str(len(body))), body=body)
    assert received.body == body


@pytest.mark.parametrize("name", PROXIES)
def test_a_raised_limit_lets_a_large_body_through_and_none_of_it_to_the_gate(name: str) -> None:
    with between(name, body_bytes=4 * 1_048_576) as proxy:
        body = b"x" * (3 * 1_048_576)
        answer, (received,) = proxy.reached("PUT", ("Content-Length", str(len(body))), body=body)
        assert answer.statuses == (200,)
        assert len(received.body) == len(body)
        assert [asked.body for asked in proxy.gate.received] == [b""]


def test_the_gate_hears_nothing_but_what_it_needs(proxy: Between) -> None:
    told = [("Authorization", "Bearer t"), ("Accept-Language", "en"), ("DPoP", "p"), ("Cookie", "a-lie"), LENGTH]
    proxy.send("POST", *told, body=b"{}")
    asked = proxy.gate.received[-1]
    own = {"host", "connection", "x-aikom-gate-secret", "x-original-method", "x-original-uri"}
    assert names(asked) - own == {"authorization", "dpop", "accept-language"}
    assert (asked.method, asked.body) == ("GET", b"")


# A gate that fails, and a database.

NO_DOCUMENT: dict[str, Answer] = {
    **{str(status): say(status) for status in (301, 400, 401, 403, 404, 429, 500, 502, 503)},
    "302": say(302, Location="https://elsewhere.example/"),
    "404 with a document": say(404, X_Aikom_Problem='{"status": 404}'),
    "hangs up": hang_up,
}


@pytest.mark.parametrize("failure", NO_DOCUMENT)
def test_what_is_no_decision_of_the_gate_is_silence_to_the_client(proxy: Between, failure: str) -> None:
    with proxy.saying(gate=NO_DOCUMENT[failure]):
        answer, reached = proxy.reached("GET")
    assert (answer.statuses, reached) == ((503,), [])
    assert b"location" not in answer.text.lower()
    assert b"x-aikom" not in answer.text.lower()
    assert document(answer.text)["status"] == 503


@pytest.mark.parametrize("status", [400, 401, 403, 429, 503])
def test_a_refusal_of_the_gate_reaches_the_client_with_its_words(proxy: Between, status: int) -> None:
    said = json.dumps({"status": status, "detail": "x"})

    def refuse(handler: Any) -> None:
        lines = {"Content-Length": str(len(said)), "Content-Type": "application/problem+json", "X_Aikom_Problem": said}
        challenge = {"WWW_Authenticate": "Bearer"} if status == 401 else {}
        say(status, Retry_After="7", Cache_Control="no-store", **challenge, **lines)(handler)
        handler.wfile.write(said.encode())

    with proxy.saying(gate=refuse):
        answer, reached = proxy.reached("GET")
    assert (answer.statuses, reached) == ((status,), [])
    assert document(answer.text) == {"status": status, "detail": "x"}
    head = answer.text.partition(b"\r\n\r\n")[0].lower()
    assert b"retry-after: 7" in head
    assert b"cache-control: no-store" in head
    assert b"x-aikom" not in head
    assert (b"www-authenticate: bearer" in head) == (status == 401)


def test_a_database_that_does_not_answer_is_said_to_be_silent(proxy: Between) -> None:
    with proxy.saying(database=hang_up):
        answer = proxy.send("GET")
    assert answer.statuses == (502,)
    assert document(answer.text)["code"] == "database-unreachable"


@pytest.mark.parametrize("status", [201, 304, 401, 404, 415, 500])
def test_what_the_database_says_reaches_the_client_as_it_is(proxy: Between, status: int) -> None:
    with proxy.saying(database=say(status, ETag='"1"', Content_Encoding="gzip", Vary="Accept-Encoding")):
        answer = proxy.send("GET", ("Accept-Encoding", "gzip"), ("If-None-Match", '"1"'))
    assert answer.statuses == (status,)
    for line in (b'etag: "1"', b"content-encoding: gzip", b"vary: accept-encoding"):
        assert line in answer.text.lower()
