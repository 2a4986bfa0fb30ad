"""A row that was changed without an event: the watch notices, and the gate refuses just its subject until it is right.

Source: docs/security.md row 48.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.ledger import Ledger
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.model.events import EventKind
from provisioning.settings import Settings
from provisioning.watch.leadership import Leadership
from provisioning.watch.proof import Proof
from tests.support.dba import run_as_dba
from tests.support.gate_running import ENDING, SCHOOL, RealmKeysServer, filled_ledger, record, served_gate, students
from tests.support.ledger_events import event

pytestmark = pytest.mark.assure

FORGED = {
    "account": f"ledger_account SET state = 'active', deactivated_at = NULL WHERE username = '{ENDING}'",
    "API key": f"ledger_api_key SET state = 'revealed', ended_at = NULL WHERE client_id = 'api-{ENDING}-k1'",
    "mandate": f"ledger_mandate SET state = 'granted', withdrawn_at = NULL WHERE id = '{ENDING}.shodennyk.1'",
}
"""Each brings one of the ends back that the events below record."""

ENDS = {
    "account": event(EventKind.ACCOUNT_DEACTIVATED, ENDING, reason="cyber-incident", document="№ 1"),
    "API key": event(EventKind.API_KEY_CUT_OFF, f"api-{ENDING}-k1"),
    "mandate": event(EventKind.MANDATE_WITHDRAWN, ENDING, mandate=f"{ENDING}.shodennyk.1", ois="shodennyk"),
}

REFUSED = {"account": "account-deactivated", "API key": "key-cut-off", "mandate": "mandate-withdrawn"}


@pytest.fixture
def realm() -> Iterator[RealmKeysServer]:
    with RealmKeysServer() as server:
        yield server


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = filled_ledger(ledger_url)
    yield opened
    opened.close()


@pytest.mark.parametrize("noun", FORGED)
def test_a_node_that_never_saw_the_end_refuses_the_subject_once_the_watch_has_looked(
    noun: str, ledger: Ledger, ledger_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    record(ledger, ENDS[noun])
    run_as_dba(ledger_url, [f"UPDATE {FORGED[noun]}"], guards_off=False)
    proof = Proof(Leadership(Settings({}), ledger))
    with served_gate(ledger_url, realm, tmp_path) as gate:
        assert gate.ask(gate.token(ENDING), students(ENDING)).status_code == 204, "the row alone opens it"
        proof.compare()
        gate.wait_for(403, gate.token(ENDING), students(ENDING))
        answer = gate.ask(gate.token(ENDING), students(ENDING))
        assert answer.json()["type"].rpartition("/")[2] == "record-differs"
        assert gate.ask(gate.token(), students(SCHOOL)).status_code == 204
        rebuild(ledger)
        proof.compare()
        end = time.monotonic() + 5
        why = "record-differs"
        while why != REFUSED[noun]:
            answer = gate.ask(gate.token(ENDING), students(ENDING))
            assert (answer.status_code, time.monotonic() < end) == (403, True)
            why = answer.json()["type"].rpartition("/")[2]


def test_a_right_row_that_somebody_changed_and_put_back_is_let_in_again(
    ledger: Ledger, ledger_url: str, realm: RealmKeysServer, tmp_path: Path
) -> None:
    other = "UPDATE ledger_ois SET operator = '{}' WHERE slug = 'shodennyk'"
    with ledger.reader() as reader:
        (record_before,) = reader.all_ois().values()
    proof = Proof(Leadership(Settings({}), ledger))
    with served_gate(ledger_url, realm, tmp_path) as gate:
        run_as_dba(ledger_url, [other.format("x")], guards_off=False)
        proof.compare()
        gate.wait_for(403, gate.token(), students(SCHOOL))
        run_as_dba(ledger_url, [other.format(record_before.operator)], guards_off=False)
        proof.compare()
        gate.wait_for(204, gate.token(), students(SCHOOL))
