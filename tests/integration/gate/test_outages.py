"""A gate that cannot know lets nothing through. docs/security.md rows 4, 13, 14."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioning.ledger.operational.access import counts
from provisioning.model.events import EventKind
from tests.support.gate_running import (
    ENDING,
    SCHOOL,
    RealmKeysServer,
    ServedGate,
    filled_ledger,
    record,
    served_gate,
    students,
)
from tests.support.gate_tokens import key_set
from tests.support.ledger_events import event
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.assure

STALE_S = 1.0


@pytest.fixture
def realm() -> Iterator[RealmKeysServer]:
    with RealmKeysServer() as server:
        yield server


def reason(gate: ServedGate, token: str, path: str) -> str:
    """Status and code of a refusal; the status alone of what passes."""
    answer = gate.ask(token, path)
    if answer.status_code == 204:
        return "204"
    return f"{answer.status_code} {answer.json()['type'].rpartition('/')[2]}"


def test_started_cold_it_lets_nothing_through_until_it_has_keys_and_ledger(
    empty_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    realm.failing = True
    with served_gate(empty_url, realm, tmp_path, ready=False) as gate:
        token, path = gate.token(), students(SCHOOL)
        assert reason(gate, token, path) == "503 signing-keys-unavailable"
        assert gate.node.session.get(f"{gate.url}/authz/health", timeout=5).status_code == 503
        realm.failing = False
        end = time.monotonic() + 10
        while (said := reason(gate, token, path)) == "503 signing-keys-unavailable":
            assert time.monotonic() < end
            time.sleep(0.1)
        assert said == "503 gate-stale"
        assert gate.ask(token, path).headers["Retry-After"] == "2"
        filled_ledger(empty_url).close()
        gate.wait_for(204, token, path)


def test_keycloak_away_it_goes_on_deciding_and_endings_bite_all_the_same(
    sqlite_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    ledger = filled_ledger(sqlite_url)
    with served_gate(sqlite_url, realm, tmp_path) as gate:
        realm.failing = True
        token, path = gate.token(ENDING), students(ENDING)
        assert gate.ask(token, path).status_code == 204
        record(ledger, event(EventKind.ACCOUNT_DEACTIVATED, ENDING, reason="liquidation", document="№ 1"))
        assert gate.wait_for(403, token, path) < STALE_S
        assert gate.ask(gate.token(), students(SCHOOL)).status_code == 204
    ledger.close()


def test_a_database_that_stops_stalls_or_crashes_closes_the_gate_within_its_promise(
    realm: RealmKeysServer, tmp_path: Path
) -> None:
    with PostgresServer(durable=False) as server:
        url = server.create_database("ledger")
        filled_ledger(url).close()
        with served_gate(url, realm, tmp_path) as gate:
            token, path = gate.token(), students(SCHOOL)
            _closes_and_opens(gate, token, path, lambda: server.stop("immediate"), server.start)
            stalled = server.processes()
            _closes_and_opens(
                gate,
                token,
                path,
                lambda: [os.kill(pid, signal.SIGSTOP) for pid in stalled],
                lambda: [os.kill(pid, signal.SIGCONT) for pid in stalled],
            )


def _closes_and_opens(gate: ServedGate, token: str, path: str, take_away: object, bring_back: object) -> None:
    assert callable(take_away)
    assert callable(bring_back)
    take_away()
    try:
        gone_at = time.monotonic()
        passed_at = [time.monotonic() for _ in range(150) if _passes(gate, token, path)]
        assert reason(gate, token, path) == "503 gate-stale"
        assert all(at - gone_at < STALE_S + 0.3 for at in passed_at)
    finally:
        bring_back()
    gate.wait_for(204, token, path, within_s=15)


def _passes(gate: ServedGate, token: str, path: str) -> bool:
    time.sleep(0.02)
    return gate.ask(token, path).status_code == 204


def test_a_restart_forgets_nothing_and_what_was_counted_is_written_at_the_end(
    ledger_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    ledger = filled_ledger(ledger_url)
    path = students(SCHOOL)
    with served_gate(ledger_url, realm, tmp_path) as gate:
        for _ in range(20):
            gate.ask(gate.token(), path)
        answered = gate.ask(gate.token(), path)
        assert answered.status_code == 204
    record(ledger, event(EventKind.API_KEY_CUT_OFF, f"api-{ENDING}-k1"))
    now = datetime.now(UTC)
    with ledger.reader() as reader:
        found = list(counts(reader, now - timedelta(hours=1), now, reached=SCHOOL))
    asked = int(answered.headers["X-Aikom-Decision"].rpartition("-")[2], 16)
    refused_cold = asked - sum(count.allowed + count.refused for count in found)
    assert sum(count.allowed for count in found) >= 21
    assert refused_cold >= 0
    with served_gate(ledger_url, realm, tmp_path) as again:
        assert reason(again, again.token(ENDING), students(ENDING)) == "403 key-cut-off"
    ledger.close()


def test_another_ledger_in_the_place_of_the_known_one_opens_nothing_before_a_restart(
    sqlite_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    realm.body = key_set()
    ledger = filled_ledger(sqlite_url)
    with served_gate(sqlite_url, realm, tmp_path) as gate:
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        token, target = gate.token(ENDING), students(ENDING)
        assert gate.ask(token, target).status_code == 204
        other = tmp_path / "other.sqlite"
        ledger.close()
        filled_ledger(f"sqlite:///{other}").close()
        for rest in ("-wal", "-shm"):
            Path(f"{path}{rest}").unlink(missing_ok=True)
        other.replace(path)
        gate.wait_for(503, token, target)
        end = time.monotonic() + 10
        health = f"{gate.url}/authz/health"
        while gate.node.session.get(health, timeout=5).json()["ledger"] != "went-back":
            assert time.monotonic() < end
            time.sleep(0.1)
        assert reason(gate, token, target) == "503 gate-stale"
    with served_gate(sqlite_url, realm, tmp_path) as again:
        assert reason(again, again.token(ENDING), target) == "204"
