"""Recorded before it is done, marked after it is done, each once; and a failure leaves nothing half told."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakBusy, KeycloakConflict, KeycloakRefused, KeycloakUnreachable
from provisioning.lifecycle.applying.pipeline import CHUNK, Ran, run_pipeline
from provisioning.model.secret import Secret

MANY = 3 * CHUNK + 7
FORBIDDEN = KeycloakRefused("the client may not do this", status=403)


def connect() -> KeycloakConnection:
    """One that is never used: the work below does nothing in Keycloak."""
    return KeycloakConnection("http://127.0.0.1:9", "none", "none", Secret("none"))


class Work:
    """Notes in which order things happen. `fail` is asked before each batch."""

    def __init__(self) -> None:
        self.recorded: list[int] = []
        self.done: list[int] = []
        self.finished: list[int] = []
        self.failures: list[BaseException] = []
        self.bad: set[int] = set()
        self.writers: set[int] = set()
        self._lock = threading.Lock()

    def record(self, chunk: Sequence[int]) -> list[int]:
        self.writers.add(threading.get_ident())
        self.recorded += chunk
        return list(chunk)

    def carry_out(self, connection: KeycloakConnection, batch: Sequence[int]) -> None:
        with self._lock:
            assert set(batch) <= set(self.recorded)
            if self.failures:
                raise self.failures.pop()
            if at_fault := self.bad.intersection(batch):
                raise KeycloakConflict(f"{min(at_fault)} is taken", status=409)
            self.done += batch

    def finish(self, batch: Sequence[int]) -> None:
        self.writers.add(threading.get_ident())
        assert set(batch) <= set(self.done)
        self.finished += batch

    def run(self, count: int = MANY, patience_s: float = 20) -> int:
        return self.ran(count, patience_s).done

    def ran(self, count: int = MANY, patience_s: float = 20) -> Ran[int]:
        return run_pipeline(
            range(count),
            record=self.record,
            carry_out=self.carry_out,
            finish=self.finish,
            connect=connect,
            patience_s=patience_s,
        )


@pytest.mark.parametrize("count", [0, 1, CHUNK, MANY])
def test_everything_is_recorded_done_and_marked_once(count: int) -> None:
    work = Work()
    assert work.run(count) == count
    assert work.recorded == sorted(work.done) == sorted(work.finished) == list(range(count))


def test_only_the_caller_s_thread_writes_the_ledger() -> None:
    work = Work()
    work.run()
    assert work.writers == {threading.get_ident()}


def test_recording_keeps_only_a_little_ahead() -> None:
    work = Work()
    work.failures = [FORBIDDEN]
    with pytest.raises(KeycloakRefused):
        work.run()
    assert len(work.recorded) <= 2 * CHUNK


@pytest.mark.parametrize("failure", [KeycloakUnreachable("away"), KeycloakBusy("429")])
def test_a_batch_is_tried_again_while_keycloak_is_away_or_busy(failure: KeycloakUnreachable) -> None:
    work = Work()
    work.failures = [failure, failure]
    assert work.run(100) == 100
    assert sorted(work.finished) == list(range(100))


def test_patience_ends_and_what_was_done_is_marked() -> None:
    work = Work()
    work.failures = [KeycloakUnreachable("away")] * 50
    with pytest.raises(KeycloakUnreachable):
        work.run(200, patience_s=0.2)
    assert sorted(work.finished) == sorted(work.done)


def test_what_was_done_beside_a_failure_is_marked() -> None:
    work = Work()
    work.failures = [FORBIDDEN]
    with pytest.raises(KeycloakRefused):
        work.run()
    assert sorted(work.finished) == sorted(work.done)


@pytest.mark.parametrize("bad", [{0}, {MANY - 1}, {3, 4, CHUNK, 2 * CHUNK + 1}])
def test_a_piece_that_keycloak_refuses_is_left_aside_and_all_others_are_done(bad: set[int]) -> None:
    work = Work()
    work.bad = bad
    ran = work.ran()
    assert {one.piece for one in ran.refused} == bad
    assert all(one.error.message == f"{one.piece} is taken" for one in ran.refused)
    assert ran.done == MANY - len(bad)
    assert sorted(work.finished) == sorted(set(range(MANY)) - bad)


def test_when_everything_is_refused_the_run_ends_soon() -> None:
    work = Work()
    work.bad = set(range(MANY))
    with pytest.raises(KeycloakConflict):
        work.run()
    assert work.finished == []
    assert len(work.recorded) <= 2 * CHUNK


def test_ctrl_c_starts_nothing_new_and_marks_what_was_done() -> None:
    work = Work()
    work.failures = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        work.run()
    assert sorted(work.finished) == sorted(work.done)
    assert len(work.done) < MANY
