"""A ledger put back from before a deactivation opens nothing: gate and pages refuse while a checkpoint contradicts it.

Source: order cl. 11, 12; docs/security.md rows 15, 40.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.ledger import Ledger
from provisioning.ledger.checkpoint import create_key, load_private_key
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.model.events import EventKind
from tests.support.dba import run_as_dba
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
from tests.support.ledger_events import event

pytestmark = pytest.mark.assure

STALE_S = 1.0


@pytest.fixture
def realm() -> Iterator[RealmKeysServer]:
    with RealmKeysServer() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    create_key(tmp_path / "key.json")
    (tmp_path / "kept").mkdir()
    return {"AIKOM_CHECKPOINT_TO": str(tmp_path / "kept"), "AIKOM_CHECKPOINT_KEY": str(tmp_path / "key.json.pub")}


def end_and_vouch(ledger: Ledger, settings: dict[str, str]) -> None:
    """Deactivate an account, and keep a checkpoint from after that."""
    record(ledger, event(EventKind.ACCOUNT_DEACTIVATED, ENDING, reason="cyber-incident", document="№ 1"))
    private = load_private_key(Path(settings["AIKOM_CHECKPOINT_KEY"]).with_suffix(""))
    make_checkpoint(ledger, private, parse_destination(settings["AIKOM_CHECKPOINT_TO"]))


def put_back(ledger: Ledger, url: str) -> None:
    """What a backup from before the last event brings: the account is alive in it."""
    with ledger.reader() as reader:
        seq, _ = reader.head()
    alive = f"UPDATE ledger_account SET state = 'active', deactivated_at = NULL WHERE username = '{ENDING}'"  # noqa: S608
    run_as_dba(url, [f"DELETE FROM ledger_event WHERE seq = {seq}", alive])  # noqa: S608 - constants


def assert_closed(gate: ServedGate) -> None:
    for name in (ENDING, SCHOOL):
        answer = gate.ask(gate.token(name), students(name))
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "gate-stale")
    assert gate.node.session.get(f"{gate.url}/authz/health", timeout=5).status_code == 503
    assert gate.node.session.get(f"{gate.url}/ois.json", timeout=5).status_code == 503
    ready = gate.node.session.get(f"{gate.url}/health/ready", timeout=5)
    assert (ready.status_code, ready.json()["checks"]["ledger"]) == (503, "older-than-its-checkpoint")


def test_put_back_under_a_running_gate_nothing_passes_any_more(
    ledger_url: str, realm: RealmKeysServer, tmp_path: Path, settings: dict[str, str]
) -> None:
    ledger = filled_ledger(ledger_url)
    end_and_vouch(ledger, settings)
    with served_gate(ledger_url, realm, tmp_path, **settings) as gate:
        assert gate.ask(gate.token(ENDING), students(ENDING)).status_code == 403
        assert gate.node.session.get(f"{gate.url}/ois.json", timeout=5).status_code == 200
        put_back(ledger, ledger_url)
        gate.wait_for(503, gate.token(), students(SCHOOL), within_s=2 * STALE_S)
        assert_closed(gate)
    ledger.close()


def test_put_back_before_the_start_nothing_passes_from_the_first_request_on(
    ledger_url: str, realm: RealmKeysServer, tmp_path: Path, settings: dict[str, str]
) -> None:
    ledger = filled_ledger(ledger_url)
    end_and_vouch(ledger, settings)
    put_back(ledger, ledger_url)
    with served_gate(ledger_url, realm, tmp_path, ready=False, **settings) as gate:
        # Until the realm's keys are there the refusal has another reason.
        gate.wait_for(503, gate.token(), students(SCHOOL))
        while gate.ask(gate.token()).json()["type"].endswith("signing-keys-unavailable"):
            pass
        assert_closed(gate)
    ledger.close()
