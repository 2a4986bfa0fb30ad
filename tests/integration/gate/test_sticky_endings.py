"""What a node has known stays: an end survives its row, and a ledger that went back opens nothing. No checkpoints here.

Source: order cl. 11, 12; docs/security.md row 47.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.ledger import Ledger
from provisioning.ledger.proof.export import export_lines
from provisioning.ledger.proof.take_over import take_over
from provisioning.model.events import EventKind
from tests.support.dba import run_as_dba
from tests.support.gate_running import (
    AUTHORITY,
    ENDING,
    SCHOOL,
    SECRET,
    RealmKeysServer,
    ServedGate,
    filled_ledger,
    record,
    served_gate,
    students,
)
from tests.support.ledger_events import event

pytestmark = pytest.mark.assure

STALE_S = 1.0
ENDED = event(EventKind.ACCOUNT_DEACTIVATED, ENDING, reason="cyber-incident", document="№ 1")
ALIVE = "UPDATE ledger_account SET state = 'active', deactivated_at = NULL WHERE username = '{}'"


@pytest.fixture
def realm() -> Iterator[RealmKeysServer]:
    with RealmKeysServer() as server:
        yield server


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = filled_ledger(ledger_url)
    yield opened
    opened.close()


def cut_off_the_end(ledger: Ledger, url: str) -> None:
    """What a failover that lost the last commit, or a backup from before it, brings."""
    with ledger.reader() as reader:
        seq, _ = reader.head()
    run_as_dba(url, [f"DELETE FROM ledger_event WHERE seq = {seq}", ALIVE.format(ENDING)])  # noqa: S608 - constants


def health(gate: ServedGate) -> dict[str, object]:
    found: dict[str, object] = gate.node.session.get(f"{gate.url}/authz/health", timeout=5).json()
    return found


def figure(gate: ServedGate, name: str) -> str:
    sent = {"X-Aikom-Gate-Secret": SECRET}
    text = gate.node.session.get(f"{gate.url}/authz/metrics", headers=sent, timeout=5).text
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return line.rpartition(" ")[2]


def wait_until(gate: ServedGate, **expected: object) -> None:
    end = time.monotonic() + 10
    while not expected.items() <= health(gate).items():
        assert time.monotonic() < end, health(gate)
        time.sleep(0.05)


def test_a_row_that_calls_an_ended_account_alive_opens_nothing_and_raises_an_alarm(
    ledger: Ledger, ledger_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    with served_gate(ledger_url, realm, tmp_path) as gate:
        record(ledger, ENDED, event(EventKind.API_KEY_CUT_OFF, f"api-{SCHOOL}-k1"))
        gate.wait_for(403, gate.token(ENDING), students(ENDING))
        revived = f"UPDATE ledger_api_key SET state = 'revealed' WHERE client_id = 'api-{SCHOOL}-k1'"  # noqa: S608 - a constant
        run_as_dba(ledger_url, [ALIVE.format(ENDING), revived], guards_off=False)
        # Events about both have the gate read their rows again.
        record(
            ledger,
            event(EventKind.ACCOUNT_ACTIVATED, ENDING),
            event(EventKind.API_KEY_REVEALED, f"api-{SCHOOL}-k1", fingerprint="g"),
        )
        with ledger.reader() as reader:
            head, _ = reader.head()
        wait_until(gate, seq=head, ledger="fresh")
        for name, why in ((ENDING, "account-deactivated"), (SCHOOL, "key-cut-off")):
            answer = gate.ask(gate.token(name), students(name))
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, why)
        assert figure(gate, "aikom_gate_contradicted") == "2"
    log = gate.node.log.read_text(encoding="utf-8")
    assert "gate-ended-called-alive" in log
    assert f"api-{SCHOOL}-k1" in log


def test_an_authority_that_is_reinstated_by_an_event_is_let_in_again(
    ledger: Ledger, ledger_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    record(ledger, event(EventKind.ACCOUNT_ACTIVATED, AUTHORITY))
    with served_gate(ledger_url, realm, tmp_path) as gate:
        record(ledger, event(EventKind.ACCOUNT_DEACTIVATED, AUTHORITY, reason="cyber-incident", document="№ 1"))
        gate.wait_for(403, gate.token(AUTHORITY), students(AUTHORITY))
        record(ledger, event(EventKind.ACCOUNT_REINSTATED, AUTHORITY, document="№ 2"))
        gate.wait_for(204, gate.token(AUTHORITY), students(AUTHORITY))
        assert figure(gate, "aikom_gate_contradicted") == "0"


def test_a_ledger_that_went_back_opens_nothing_until_its_events_are_there_again(
    ledger: Ledger, ledger_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    with served_gate(ledger_url, realm, tmp_path) as gate:
        record(ledger, ENDED)
        gate.wait_for(403, gate.token(ENDING), students(ENDING))
        with ledger.reader() as reader:
            lines = list(export_lines(reader.events()))
        cut_off_the_end(ledger, ledger_url)
        gate.wait_for(503, gate.token(), students(SCHOOL), within_s=2 * STALE_S)
        wait_until(gate, ledger="went-back", status="refusing")
        assert figure(gate, "aikom_gate_ledger_went_back") == "1"
        take_over(ledger, lines)
        gate.wait_for(204, gate.token(), students(SCHOOL))
        answer = gate.ask(gate.token(ENDING), students(ENDING))
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "account-deactivated")
        assert figure(gate, "aikom_gate_ledger_went_back") == "0"
    assert gate.node.log.read_text(encoding="utf-8").count("gate-ledger-went-back") == 1


def test_other_events_in_the_place_of_the_lost_ones_open_nothing_before_a_restart(
    ledger: Ledger, ledger_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    with served_gate(ledger_url, realm, tmp_path) as gate:
        record(ledger, ENDED)
        gate.wait_for(403, gate.token(ENDING), students(ENDING))
        cut_off_the_end(ledger, ledger_url)
        wait_until(gate, ledger="went-back")
        record(ledger, *(event(EventKind.ALARM_RAISED, "realm", what="went on") for _ in range(3)))
        for _ in range(20):
            assert gate.ask(gate.token(), students(SCHOOL)).status_code == 503
            time.sleep(0.05)
    # Decisions 11 and 19: what was lost is recovered first; a restart then says that this ledger is the one.
    record(ledger, ENDED)
    with served_gate(ledger_url, realm, tmp_path) as again:
        assert again.ask(again.token(ENDING), students(ENDING)).status_code == 403
