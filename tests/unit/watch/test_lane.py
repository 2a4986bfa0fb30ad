"""A lane goes on when one of its duties fails, tells each failure and keeps it; only a lost lease ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.errors import LeaseLost
from provisioning.ledger.leases.lease import hold_lease
from provisioning.ledger.operational.duties import DutyRecord, duties
from provisioning.model.errors import AikomError, ExitCode
from provisioning.settings import Settings
from provisioning.watch.duty import Duty, DutyResult
from provisioning.watch.journal import Journal
from provisioning.watch.lane import Lane
from provisioning.watch.leadership import Leadership, StopRequested

OFTEN = timedelta(milliseconds=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    yield opened
    opened.close()


def duty(name: str, act: Callable[[], DutyResult]) -> Duty:
    return Duty(name, lambda policy: OFTEN, act)


def fail() -> DutyResult:
    raise AikomError("the neighbour is away", remedy="wake it")


def crash() -> DutyResult:
    raise RuntimeError("secret-canary")


def known(ledger: Ledger) -> dict[str, DutyRecord]:
    with ledger.reader() as reader:
        return duties(reader)


def test_a_failing_duty_is_kept_with_its_reason_and_the_others_go_on(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    leadership = Leadership(Settings({}), ledger)
    runs: list[int] = []

    def count() -> DutyResult:
        runs.append(1)
        if len(runs) == 3:
            leadership.stop.set()
        return DutyResult({"counted": len(runs)})

    Lane(leadership, [duty("bad", fail), duty("worse", crash), duty("good", count)], Journal(leadership)).run()
    kept = known(ledger)
    assert len(runs) == 3
    assert kept["bad"].error == "the neighbour is away; wake it"
    assert kept["worse"].error == "unexpected: RuntimeError"
    assert (kept["good"].error, kept["good"].facts) == (None, {"counted": 3})
    assert kept["bad"].succeeded_at is None


def test_a_recovered_duty_has_no_error_left(ledger: Ledger) -> None:
    leadership = Leadership(Settings({}), ledger)
    for act in (fail, DutyResult):
        lane = Lane(leadership, [duty("tasks", act)], Journal(leadership))
        lane.run_once()
    assert known(ledger)["tasks"].error is None
    assert known(ledger)["tasks"].failures == 0


def test_the_exit_code_is_the_worst_that_happened(ledger: Ledger) -> None:
    leadership = Leadership(Settings({}), ledger)
    waits = Lane(leadership, [duty("w", lambda: DutyResult(attention="look"))], Journal(leadership))
    waits.run_once()
    both = Lane(leadership, [duty("w", lambda: DutyResult(attention="look")), duty("bad", fail)], Journal(leadership))
    both.run_once()
    assert (waits.exit_code, both.exit_code) == (ExitCode.DIFFERENCES, ExitCode.UNREACHABLE)


def test_the_wish_to_stop_ends_a_lane_between_two_steps(ledger: Ledger) -> None:
    leadership = Leadership(Settings({}), ledger)
    done: list[str] = []

    def long_work() -> DutyResult:
        progress = leadership.actor(None).progress  # type: ignore[arg-type]  # the connection is not used
        for step in range(1_000):
            done.append(str(step))
            if step == 2:
                leadership.stop.set()
            progress.advance()
        return DutyResult()

    Lane(leadership, [duty("long", long_work), duty("next", fail)], Journal(leadership)).run()
    assert done == ["0", "1", "2"]
    assert "next" not in known(ledger)


def test_a_lost_lease_ends_the_lane_and_nothing_more_is_kept(ledger: Ledger) -> None:
    with hold_lease(ledger, name="watch", holder="old") as lease:
        leadership = Leadership(Settings({}), ledger, lease.fence)
        journal = Journal(leadership)
    with hold_lease(ledger, name="watch", holder="new"), pytest.raises(LeaseLost):
        Lane(leadership, [duty("tasks", lambda: DutyResult({"finished": 1}))], journal).run()
    assert known(ledger) == {}


def test_a_rare_duty_is_not_done_anew_because_the_leader_changed(ledger: Ledger) -> None:
    runs: list[int] = []

    def count() -> DutyResult:
        runs.append(1)
        return DutyResult({"made": 1})

    rare = Duty("checkpoint", lambda policy: timedelta(days=1), count)
    for _ in range(2):
        leadership = Leadership(Settings({}), ledger)
        timer = threading.Timer(0.3, leadership.stop.set)
        timer.start()
        Lane(leadership, [rare], Journal(leadership)).run()
        timer.join()
    assert len(runs) == 1


def test_a_duty_that_is_left_out_of_the_policy_is_never_done(ledger: Ledger) -> None:
    leadership = Leadership(Settings({}), ledger)
    lane = Lane(leadership, [Duty("drift", lambda policy: None, crash)], Journal(leadership))
    lane.run_once()
    assert known(ledger) == {}


def test_stopping_is_no_failure() -> None:
    assert not issubclass(StopRequested, AikomError)
