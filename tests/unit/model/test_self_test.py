"""How a run of the self-test goes on: every state × event, and the way through them by calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioning.model.identifiers import ClientId, Username
from provisioning.model.ois import Slug
from provisioning.model.self_test import (
    CALLS,
    CALLS_AFTER,
    PATIENCE,
    RETRY_S,
    Run,
    RunEvent,
    RunState,
    cut,
    end_if_due,
    next_run_state,
    replaced,
    take_call,
    watch_for,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
RUN = Run(
    "0" * 32,
    Slug("diary"),
    Username("98-0000001"),
    ClientId("api-98-0000001-k1"),
    RunState.CALLING,
    NOON,
    NOON,
    NOON + PATIENCE,
)

S = RunState
TABLE: dict[RunState, tuple[RunState | None, ...]] = {
    #           passed       held       refused      cut         time    replaced
    S.CALLING: (S.CALLING, None, S.CALLING, None, S.OVER, S.OVER),
    S.LIMITING: (S.LIMITING, S.LIMITED, S.LIMITING, None, S.OVER, S.OVER),
    S.LIMITED: (S.RESUMED, S.LIMITED, S.LIMITED, None, S.OVER, S.OVER),
    S.RESUMED: (S.RESUMED, None, S.RESUMED, None, S.OVER, S.OVER),
    S.CUTTING: (S.CUTTING, None, S.CUTTING, S.WATCHING, S.OVER, S.OVER),
    S.WATCHING: (S.WATCHING, None, S.WATCHING, None, S.OVER, S.OVER),
    S.OVER: (None, None, None, None, None, None),
}


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("event", RunEvent)
def test_every_event_leads_where_the_table_says_in_every_state(state: RunState, event: RunEvent) -> None:
    run = replace(RUN, state=state, passed=1)
    assert next_run_state(run, event) == TABLE[state][list(RunEvent).index(event)]


@pytest.mark.parametrize(
    ("state", "passed", "after"),
    [
        (S.CALLING, CALLS - 1, S.CALLING),
        (S.CALLING, CALLS, S.LIMITING),
        (S.RESUMED, CALLS + CALLS_AFTER - 1, S.RESUMED),
        (S.RESUMED, CALLS + CALLS_AFTER, S.CUTTING),
    ],
)
def test_enough_calls_move_a_run_on(state: RunState, passed: int, after: RunState) -> None:
    assert next_run_state(replace(RUN, state=state, passed=passed), RunEvent.PASSED) is after


def test_calls_lead_through_a_429_to_the_cut_off() -> None:
    run, now = RUN, NOON
    for _ in range(CALLS):
        run, held = take_call(run, passed=True, now=now)
        assert held is None
    run, held = take_call(run, passed=True, now=now)
    assert (run.state, held) == (S.LIMITED, RETRY_S)
    run, held = take_call(run, passed=True, now=now + timedelta(seconds=1.5))
    assert (run.state, held) == (S.LIMITED, 2)
    assert run.limited_until == now + timedelta(seconds=RETRY_S)
    assert run.passed == CALLS
    later = now + timedelta(seconds=RETRY_S)
    for state in (S.RESUMED, S.CUTTING):
        run, held = take_call(run, passed=True, now=later)
        assert (run.state, held) == (state, None)


def test_a_call_that_the_gate_refuses_is_never_held_and_moves_nothing_on() -> None:
    for state in set(RunState) - {S.OVER}:
        run = replace(RUN, state=state, limited_until=NOON + timedelta(seconds=3))
        assert take_call(run, passed=False, now=NOON) == (run, None)


def test_nothing_happens_to_a_run_that_is_over() -> None:
    run = replace(RUN, state=S.OVER)
    with pytest.raises(ValueError, match="is over"):
        take_call(run, passed=True, now=NOON)
    assert cut(run, NOON, 60) == run
    assert end_if_due(run, NOON + 2 * PATIENCE) == run
    assert replaced(run, NOON) == run


def test_a_cut_off_is_watched_longer_than_an_ois_may_take_to_stop() -> None:
    run = cut(replace(RUN, state=S.CUTTING), NOON, 60)
    assert (run.state, run.cut_off_at, run.ends_at) == (S.WATCHING, NOON, NOON + timedelta(seconds=75))
    assert watch_for(5) == timedelta(seconds=10)
    assert cut(run, NOON + timedelta(seconds=9), 60) == run


def test_a_run_ended_when_its_time_was_over_whoever_looks_first() -> None:
    assert end_if_due(RUN, NOON + PATIENCE - timedelta(seconds=1)) == RUN
    over = end_if_due(RUN, NOON + timedelta(days=3))
    assert (over.state, over.changed_at) == (S.OVER, NOON + PATIENCE)
