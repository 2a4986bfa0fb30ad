"""What is found about an OIS from outside. A real TLS server stands for it. Source: order cl. 6, annex 2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import ECKey

from provisioning.model.annexes import Check
from provisioning.model.application import Application
from provisioning.model.jwks import KeyFault
from sidecar.applications.checking import Looked, look
from sidecar.applications.entry import read_application
from sidecar.outside.fetching import FetchFault, Outside
from tests.support.ois_application import KEY, entry
from tests.support.tls_server import TlsServer, send, tls_server

HOST = "diary.example.ua"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = {"keys": [dict(KEY.as_dict(private=False))]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    with tls_server(tmp_path_factory.mktemp("tls"), HOST) as server:
        yield server


def application(port: int, *, with_address: bool = True) -> Application:
    """The application of an OIS that is served on a port; the form itself takes 443 only."""
    read = read_application(entry(), {"students.read", "classes.read"})
    assert isinstance(read, Application)
    base = f"https://{HOST}:{port}"
    keys = {"jwks": None, "jwks_url": f"{base}/jwks"} if with_address else {}
    return Application.from_data({**read.as_data(), "site": f"{base}/", **keys})


def looked(server: TlsServer, body: Any = GOOD, *, with_address: bool = True, status: int = 200) -> Looked:
    """Look at it while its key set is `body`."""
    server.answers["/jwks"] = send(status, body if isinstance(body, bytes) else json.dumps(body).encode())
    outside = Outside(frozenset({HOST}), lambda host, port: ["127.0.0.1"], server.context())
    return look(outside, application(server.port, with_address=with_address), json.dumps(GOOD), NOW)


def passed(found: Looked) -> dict[Check, bool]:
    return {result.check: result.passed for result in found.results}


def test_an_ois_in_order_passes_and_its_keys_are_there_to_be_taken_over(running: TlsServer) -> None:
    found = looked(running)
    assert passed(found) == {Check.TLS: True, Check.JWKS: True, Check.KEY_STRENGTH: True}
    assert found.jwks is not None and json.loads(found.jwks) == GOOD
    assert "TLSv1." in str(found.results[0].found)


def test_without_an_address_the_keys_on_record_are_looked_at_and_nothing_is_fetched(running: TlsServer) -> None:
    asked = len(running.asked)
    assert all(passed(looked(running, b"nonsense", with_address=False)).values())
    assert len(running.asked) == asked


def test_keys_that_cannot_be_fetched_are_neither_well_formed_nor_strong(running: TlsServer) -> None:
    found = looked(running, status=404)
    assert passed(found) == {Check.TLS: True, Check.JWKS: False, Check.KEY_STRENGTH: False}
    assert found.results[1].problems == (FetchFault.NOT_OK.value,)
    assert found.jwks is None


@pytest.mark.parametrize(
    ("body", "well_formed", "strong", "fault"),
    [
        (b"no json", False, False, KeyFault.NOT_JSON),
        ({"keys": [dict(KEY.as_dict(private=True))]}, False, True, KeyFault.PRIVATE),
        (
            {"keys": [dict(ECKey.generate_key("secp256k1", {"kid": "k"}).as_dict(private=False))]},
            True,
            False,
            KeyFault.WRONG_CURVE,
        ),
    ],
)
def test_form_and_strength_are_told_apart(
    running: TlsServer, body: Any, well_formed: bool, strong: bool, fault: KeyFault
) -> None:
    found = looked(running, body)
    assert (passed(found)[Check.JWKS], passed(found)[Check.KEY_STRENGTH]) == (well_formed, strong)
    assert fault.value in (*found.results[1].problems, *found.results[2].problems)
    assert found.jwks is None


def test_a_site_nobody_can_reach_safely_fails(running: TlsServer) -> None:
    outside = Outside(frozenset({HOST}), lambda host, port: ["127.0.0.1"])
    found = look(outside, application(running.port), None, NOW)
    assert found.results[0].problems == (FetchFault.BAD_CERTIFICATE.value,)
    assert not any(passed(found).values())
