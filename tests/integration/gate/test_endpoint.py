"""The served gate on both databases: what it answers, and how soon it knows. SECURITY.md lines 2-4, 11, 12, 14, 17."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provisioning.ledger import Ledger
from provisioning.model.events import EventKind
from tests.support.gate_running import (
    AUTHORITY,
    OTHER,
    SCHOOL,
    STUDENTS,
    RealmKeysServer,
    ServedGate,
    filled_ledger,
    mandate,
    record,
    served_gate,
)
from tests.support.gate_tokens import key_set, realm_key, signed
from tests.support.ledger_events import event
from tests.support.ois_events import OIS, withdrawn

PROMISED_S = 1.0


@pytest.fixture
def keys() -> Iterator[RealmKeysServer]:
    with RealmKeysServer() as server:
        yield server


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = filled_ledger(ledger_url)
    yield ledger
    ledger.close()


@pytest.fixture
def gate(ledger: Ledger, ledger_url: str, keys: RealmKeysServer, tmp_path: Path) -> Iterator[ServedGate]:
    with served_gate(ledger_url, keys, tmp_path) as served:
        yield served


def test_a_good_request_passes_with_the_headers_for_the_database(gate: ServedGate) -> None:
    answer = gate.ask(gate.token())
    assert answer.status_code == 204
    said = {name: value for name, value in answer.headers.items() if name.lower().startswith("x-aikom")}
    assert said == {
        "x-aikom-institution": SCHOOL,
        "x-aikom-sphere": f"/00-0000001/{AUTHORITY}/{SCHOOL}",
        "x-aikom-ois": "shodennyk",
        "x-aikom-rights": "students.read",
        "x-aikom-decision": said["x-aikom-decision"],
    }
    assert gate.ask(gate.token()).headers["X-Aikom-Decision"] != answer.headers["X-Aikom-Decision"]
    assert gate.ask(gate.token(OTHER)).status_code == 403
    assert gate.ask(gate.token(AUTHORITY)).status_code == 204


def test_a_refusal_says_what_to_do_in_body_and_header(gate: ServedGate) -> None:
    answer = gate.ask(gate.token(), f"/v1/institutions/{OTHER}/students")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == json.loads(answer.headers["X-Aikom-Problem"])
    problem = answer.json()
    assert problem["type"].endswith("/problems/outside-sphere")
    assert (problem["status"], problem["right"]) == (403, "students.read")
    assert problem["decision"] == answer.headers["X-Aikom-Decision"]
    english = gate.ask(None, Accept_Language="en")
    assert (english.status_code, english.json()["title"]) == (401, "There is no token")
    assert english.headers["WWW-Authenticate"] == 'Bearer realm="central-db"'
    assert 'error="invalid_token"' in gate.ask("a.b.c").headers["WWW-Authenticate"]


@pytest.mark.parametrize("given", [None, "", "wrong", "secret-between-proxy-and-gat", "ключ"])
def test_whoever_does_not_know_the_secret_gets_no_decision(gate: ServedGate, given: str | None) -> None:
    headers = {} if given is None else {"X-Aikom-Gate-Secret": given.encode()}
    answer = gate.session.get(
        f"{gate.url}/authz",
        headers={
            **headers,
            "Authorization": f"Bearer {gate.token()}",
            "X-Original-Method": "GET",
            "X-Original-URI": STUDENTS,
        },
        timeout=10,
    )
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "not-from-proxy")


def test_endings_bite_within_a_second(gate: ServedGate, ledger: Ledger) -> None:
    token = gate.token()
    record(ledger, withdrawn())
    assert gate.wait_for(403, token) < PROMISED_S
    record(ledger, mandate(number=2))
    assert gate.wait_for(204, token) < PROMISED_S
    record(ledger, event(EventKind.OIS_SUSPENDED, OIS, reason="incident"))
    assert gate.wait_for(403, token) < PROMISED_S
    record(ledger, event(EventKind.OIS_RESUMED, OIS))
    assert gate.wait_for(204, token) < PROMISED_S
    record(ledger, event(EventKind.API_KEY_CUT_OFF, f"api-{SCHOOL}-k1"))
    assert gate.wait_for(403, token) < PROMISED_S
    other, students = gate.token(OTHER), f"/v1/institutions/{OTHER}/students"
    assert gate.ask(other, students).status_code == 204
    record(ledger, event(EventKind.ACCOUNT_DEACTIVATED, OTHER, reason="liquidation", document="№ 1"))
    assert gate.wait_for(403, other, students) < PROMISED_S


def test_a_flood_of_unknown_keys_fetches_once_and_a_rotation_under_load_is_not_noticed(
    gate: ServedGate, keys: RealmKeysServer
) -> None:
    before = keys.asked
    keys.body = key_set("key-1", "key-2")
    tokens = [gate.token(kid=f"key-{1 + number % 2}", jti=str(number)) for number in range(1000)]
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda token: gate.ask(token).status_code, tokens))
    assert statuses == [204] * 1000
    assert keys.asked - before == 1
    unknown = signed({"iss": gate.realm}, {"kid": "key-3"}, realm_key("key-3"))
    assert {gate.ask(unknown).status_code for _ in range(200)} == {401}
    assert keys.asked - before == 1


def test_a_gate_without_a_ledger_or_keys_lets_nothing_through_and_recovers(
    ledger_url: str, keys: RealmKeysServer, tmp_path: Path
) -> None:
    keys.failing = True
    with served_gate(ledger_url, keys, tmp_path, ready=False) as gate:
        token = gate.token()
        assert (gate.ask(token).status_code, "Retry-After" in gate.ask(token).headers) == (503, True)
        keys.failing = False
        time.sleep(6)
        answer = gate.ask(token)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "gate-stale")
        assert answer.headers["Retry-After"] == "2"
        filled_ledger(ledger_url).close()
        gate.wait_for(204, token)
