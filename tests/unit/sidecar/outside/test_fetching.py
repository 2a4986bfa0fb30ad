"""Asking strangers' addresses over real TLS: only what was checked is connected to, and nobody is waited for.

Source: docs/security.md row 26.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from sidecar.outside.fetching import MAX_BYTES, FetchFault, Outside, Refused, TlsFacts
from tests.support.tls_server import TlsServer, send, tls_server

HOST = "diary.example.ua"
LOOPBACK = frozenset({HOST})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    with tls_server(tmp_path_factory.mktemp("tls"), HOST) as server:
        yield server


def outside(server: TlsServer, timeout_s: float = 5.0) -> Outside:
    """Loopback is allowed for HOST, whose name leads there."""
    return Outside(LOOPBACK, lambda host, port: ["127.0.0.1"], server.context(), timeout_s)


def url(server: TlsServer, path: str) -> str:
    return f"https://{HOST}:{server.port}{path}"


def test_the_body_comes_over_tls_under_the_name_that_was_asked_for(running: TlsServer) -> None:
    running.answers["/jwks"] = send(200, b'{"keys":[]}')
    assert outside(running).get(url(running, "/jwks")) == b'{"keys":[]}'
    assert running.asked[-1] == (f"{HOST}:{running.port}", "/jwks")


def test_loopback_is_refused_unless_the_name_was_allowed(running: TlsServer) -> None:
    asked = len(running.asked)
    strict = Outside(frozenset(), lambda host, port: ["127.0.0.1"], running.context())
    assert strict.get(f"https://{HOST}/jwks") == Refused(FetchFault.FORBIDDEN_ADDRESS)
    assert strict.look_at_tls(f"https://{HOST}/") == Refused(FetchFault.FORBIDDEN_ADDRESS)
    assert len(running.asked) == asked


def test_an_allowed_name_still_leads_to_loopback_only() -> None:
    for address in ("10.0.0.1", "169.254.169.254", "8.8.8.8"):
        found = Outside(LOOPBACK, lambda host, port, there=address: [there]).get(f"https://{HOST}/")
        assert found == Refused(FetchFault.FORBIDDEN_ADDRESS)


def test_one_forbidden_address_among_several_is_enough() -> None:
    mixed = Outside(resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    assert mixed.get(f"https://{HOST}/") == Refused(FetchFault.FORBIDDEN_ADDRESS)


def test_a_name_that_changes_its_answer_is_asked_once_and_the_checked_address_connected_to(running: TlsServer) -> None:
    answers = iter([["127.0.0.1"], ["10.255.255.1"], ["10.255.255.1"]])
    questions: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        questions.append(host)
        return next(answers)

    running.answers["/jwks"] = send(200, b"checked")
    asking = Outside(LOOPBACK, rebinding, running.context())
    assert asking.get(url(running, "/jwks")) == b"checked"
    assert questions == [HOST]
    assert asking.get(url(running, "/jwks")) == Refused(FetchFault.FORBIDDEN_ADDRESS)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(running: TlsServer, status: int) -> None:
    running.answers["/moved"] = send(status, b"", Location="https://127.0.0.1/secret")
    assert outside(running).get(url(running, "/moved")) == Refused(FetchFault.REDIRECTED)
    assert running.asked[-1][1] == "/moved"


@pytest.mark.parametrize("status", [204, 404, 500])
def test_anything_but_200_is_no_answer(running: TlsServer, status: int) -> None:
    running.answers["/odd"] = send(status, b"")
    assert outside(running).get(url(running, "/odd")) == Refused(FetchFault.NOT_OK)


def test_an_answer_that_is_too_large_is_not_read_to_its_end(running: TlsServer) -> None:
    running.answers["/large"] = send(200, b"x" * (MAX_BYTES + 1))
    running.answers["/fits"] = send(200, b"x" * MAX_BYTES)
    assert outside(running).get(url(running, "/large")) == Refused(FetchFault.TOO_LARGE)
    assert outside(running).get(url(running, "/fits")) == b"x" * MAX_BYTES


def test_a_server_that_drips_is_left_when_time_is_up(running: TlsServer) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    running.answers["/drip"] = drip
    began = time.monotonic()
    found = outside(running, timeout_s=0.5).get(url(running, "/drip"))
    assert found == Refused(FetchFault.TOO_SLOW)
    assert time.monotonic() - began < 2


def test_an_answer_that_breaks_off_is_no_answer(running: TlsServer) -> None:
    def break_off(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")

    running.answers["/half"] = break_off
    assert outside(running).get(url(running, "/half")) == Refused(FetchFault.BROKEN)


def test_a_server_that_never_answers_is_left_when_time_is_up(running: TlsServer) -> None:
    running.answers["/silent"] = lambda handler: time.sleep(3)
    began = time.monotonic()
    assert isinstance(outside(running, timeout_s=0.3).get(url(running, "/silent")), Refused)
    assert time.monotonic() - began < 1.5


def test_a_certificate_for_another_name_is_refused(running: TlsServer) -> None:
    asking = Outside(frozenset({"other.example.ua"}), lambda host, port: ["127.0.0.1"], running.context())
    found = asking.get(f"https://other.example.ua:{running.port}/jwks")
    assert found == Refused(FetchFault.BAD_CERTIFICATE)


def test_a_certificate_of_an_unknown_authority_is_refused(running: TlsServer) -> None:
    asking = Outside(LOOPBACK, lambda host, port: ["127.0.0.1"])
    assert asking.get(url(running, "/jwks")) == Refused(FetchFault.BAD_CERTIFICATE)


def test_a_certificate_that_has_run_out_is_refused(tmp_path: Path) -> None:
    with tls_server(tmp_path, HOST, ended=True) as server:
        assert outside(server).look_at_tls(url(server, "/")) == Refused(FetchFault.BAD_CERTIFICATE)


def test_a_handshake_shows_version_and_end_of_the_certificate(running: TlsServer) -> None:
    found = outside(running).look_at_tls(url(running, "/"))
    assert isinstance(found, TlsFacts)
    assert found.version in ("TLSv1.2", "TLSv1.3")
    assert found.until > datetime.now(UTC)


def test_a_port_where_nobody_listens_and_a_name_nobody_knows_are_told_apart() -> None:
    nobody = Outside(LOOPBACK, lambda host, port: ["127.0.0.1"], timeout_s=1)
    assert nobody.get(f"https://{HOST}:9/") == Refused(FetchFault.UNREACHABLE)

    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    assert Outside(resolve=unknown).get(f"https://{HOST}/") == Refused(FetchFault.UNKNOWN_HOST)
    assert Outside(resolve=lambda host, port: []).get(f"https://{HOST}/") == Refused(FetchFault.UNKNOWN_HOST)
