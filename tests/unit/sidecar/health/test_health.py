"""Live says the process answers; ready says it can work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
import responses
from flask import Flask

from sidecar.health.keycloak import FRESH_S
from tests.support.sidecar_running import Sidecar

pytest_plugins = ("tests.support.sidecar_fixtures",)

DISCOVERY = "http://127.0.0.1:9/realms/aikom/.well-known/openid-configuration"


@pytest.fixture
def keycloak() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


def _checks(sidecar: Sidecar) -> tuple[int, dict[str, str]]:
    response = sidecar.client().get("/health/ready")
    return response.status_code, response.get_json()["checks"]


def test_live_needs_neither_keycloak_nor_ledger(without_ledger: Flask) -> None:
    response = without_ledger.test_client().get("/health/live")
    assert (response.status_code, response.get_json()) == (200, {"status": "alive"})


def test_ready_with_ledger_and_keycloak(sidecar: Sidecar, keycloak: responses.RequestsMock) -> None:
    keycloak.get(DISCOVERY, json={})
    assert _checks(sidecar) == (200, {"ledger": "ok", "keycloak": "ok"})


def test_not_ready_while_keycloak_was_never_reached(sidecar: Sidecar, keycloak: responses.RequestsMock) -> None:
    keycloak.get(DISCOVERY, body=requests.ConnectionError())
    assert _checks(sidecar) == (503, {"ledger": "ok", "keycloak": "never-reached"})


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_of_keycloak_does_not_count(
    sidecar: Sidecar, keycloak: responses.RequestsMock, status: int
) -> None:
    keycloak.get(DISCOVERY, status=status)
    assert _checks(sidecar)[0] == 503


def test_stays_ready_when_keycloak_falls_silent_later(sidecar: Sidecar, keycloak: responses.RequestsMock) -> None:
    keycloak.get(DISCOVERY, json={})
    assert _checks(sidecar)[0] == 200
    keycloak.replace(responses.GET, DISCOVERY, body=requests.Timeout())
    sidecar.clock.advance(timedelta(seconds=FRESH_S))
    assert _checks(sidecar) == (200, {"ledger": "ok", "keycloak": "unreachable-now"})


def test_keycloak_is_asked_at_most_once_in_the_interval(sidecar: Sidecar, keycloak: responses.RequestsMock) -> None:
    keycloak.get(DISCOVERY, json={})
    for _ in range(20):
        _checks(sidecar)
    assert len(keycloak.calls) == 1


def test_not_ready_without_a_ledger(without_ledger: Flask, keycloak: responses.RequestsMock) -> None:
    keycloak.get(DISCOVERY, json={})
    response = without_ledger.test_client().get("/health/ready")
    assert response.status_code == 503
    assert response.get_json()["checks"] == {"ledger": "unreadable", "keycloak": "ok"}
