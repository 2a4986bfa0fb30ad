"""Limits through the served gate: who asks too often waits, and nobody else does."""

from __future__ import annotations

from pathlib import Path

from tests.support.gate_running import OTHER, SCHOOL, RealmKeysServer, filled_ledger, served_gate, students


def test_an_institution_that_floods_is_told_how_long_to_wait_and_others_pass(sqlite_url: str, tmp_path: Path) -> None:
    filled_ledger(sqlite_url).close()
    with RealmKeysServer() as realm, served_gate(sqlite_url, realm, tmp_path, per_second=20) as gate:
        answers = [gate.ask(gate.token(), students(SCHOOL)) for _ in range(100)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
        assert {answer.json()["type"].rpartition("/")[2] for answer in refused} == {"too-many-requests"}
        assert gate.ask(gate.token(OTHER), students(OTHER)).status_code == 204
