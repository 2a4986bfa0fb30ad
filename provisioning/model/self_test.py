"""The self-test that an OIS runs against the sandbox: how a run goes on, as one table, and how it is judged. Pure.

    state       passed            held       refused    cut         time   replaced
    calling     calling (1)       -          calling    -           over   over
    limiting    limiting          limited    limiting   -           over   over
    limited     resumed           limited    limited    -           over   over
    resumed     resumed (2)       -          resumed    -           over   over
    cutting     cutting           -          cutting    watching    over   over
    watching    watching          -          watching   -           over   over
    over        -                 -          -          -           -      -

    (1) limiting after `CALLS` calls that passed: the next one is answered 429 with Retry-After.
    (2) cutting after `CALLS_AFTER` more: the API key is cut off in the middle of the OIS's work.

`passed`, `refused`: the gate let a call through, or not. `held`: the run answered 429 in its place. `cut`: the cut-off
is in force. `time`: the run's end has come. `replaced`: the OIS began another run. Source: order cl. 6, annex 2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from provisioning.model.identifiers import ClientId, Username
from provisioning.model.ois import Slug

CALLS: Final = 5
CALLS_AFTER: Final = 2
RETRY_S: Final = 3
"""What Retry-After says when the run provokes a 429."""

PATIENCE: Final = timedelta(minutes=30)
"""A run that nothing moves on ends after this."""


class RunState(StrEnum):
    """Where a run is. OVER is final: then it is judged."""

    CALLING = "calling"
    LIMITING = "limiting"
    LIMITED = "limited"
    RESUMED = "resumed"
    CUTTING = "cutting"
    WATCHING = "watching"
    OVER = "over"


class RunEvent(StrEnum):
    """What moves a run on; see the table."""

    PASSED = "passed"
    HELD = "held"
    REFUSED = "refused"
    CUT = "cut"
    TIME = "time"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Run:
    """One self-test of an OIS with an invented institution's key. Times are UTC; `passed` counts calls let through.

    `limited_until` is when the provoked 429 is over, `cut_off_at` when the key was cut off; `settled_at` is when its
    results were recorded as evidence.
    """

    id: str
    ois: Slug
    username: Username
    key: ClientId
    state: RunState
    started_at: datetime
    changed_at: datetime
    ends_at: datetime
    passed: int = 0
    limited_until: datetime | None = None
    cut_off_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.state is RunState.OVER


@dataclass(frozen=True, slots=True)
class Observation:
    """One request of the OIS as the sandbox's database saw it. `token` tells tokens apart and is none.

    `path` has no token in it: one that stood there is masked, and `token_in_url` says so. `reason` is the gate's.
    """

    number: int
    at: datetime
    method: str
    path: str
    status: int
    reason: str | None
    token: str
    token_ends_at: datetime
    token_in_url: bool

    @property
    def passed(self) -> bool:
        return self.reason is None


def next_run_state(run: Run, event: RunEvent) -> RunState | None:
    """Return the state after `event`, None when it means nothing there. `run.passed` counts the call of this event
    already.
    """
    state = _TABLE[run.state].get(event)
    if state is RunState.CALLING and event is RunEvent.PASSED and run.passed >= CALLS:
        return RunState.LIMITING
    if state is RunState.RESUMED and event is RunEvent.PASSED and run.passed >= CALLS + CALLS_AFTER:
        return RunState.CUTTING
    return state


def hold_s(run: Run, now: datetime) -> int | None:
    """Return the whole seconds that a call of this moment has to wait, because the run provokes a 429; None when it
    need not.
    """
    if run.state is RunState.LIMITING:
        return RETRY_S
    if run.state is not RunState.LIMITED or run.limited_until is None or now >= run.limited_until:
        return None
    return max(1, math.ceil((run.limited_until - now).total_seconds()))


def watch_for(stop_s: int) -> timedelta:
    """Return how long after a cut-off a run watches: as long as an OIS may take to stop, and a quarter more."""
    return timedelta(seconds=stop_s + max(5, stop_s // 4))


def _row(passed: RunState | None, held: RunState | None, state: RunState) -> Mapping[RunEvent, RunState]:
    row = {RunEvent.PASSED: passed, RunEvent.HELD: held, RunEvent.REFUSED: state}
    ends = {RunEvent.TIME: RunState.OVER, RunEvent.REPLACED: RunState.OVER}
    return {event: after for event, after in row.items() if after is not None} | ends


_TABLE: Final[Mapping[RunState, Mapping[RunEvent, RunState]]] = {
    RunState.CALLING: _row(RunState.CALLING, None, RunState.CALLING),
    RunState.LIMITING: _row(RunState.LIMITING, RunState.LIMITED, RunState.LIMITING),
    RunState.LIMITED: _row(RunState.RESUMED, RunState.LIMITED, RunState.LIMITED),
    RunState.RESUMED: _row(RunState.RESUMED, None, RunState.RESUMED),
    RunState.CUTTING: {**_row(RunState.CUTTING, None, RunState.CUTTING), RunEvent.CUT: RunState.WATCHING},
    RunState.WATCHING: _row(RunState.WATCHING, None, RunState.WATCHING),
    RunState.OVER: {},
}


def take_call(run: Run, *, passed: bool, now: datetime) -> tuple[Run, int | None]:
    """Return the run after a call that the gate let through or not, and the seconds that the call is held; None if it
    is not.

    Raises ValueError for a run that is over.
    """
    wait_s = hold_s(run, now) if passed else None
    event = RunEvent.HELD if wait_s is not None else RunEvent.PASSED if passed else RunEvent.REFUSED
    counted = replace(run, passed=run.passed + (event is RunEvent.PASSED))
    state = next_run_state(counted, event)
    if state is None:
        raise ValueError(f"run {run.id} is over")
    if state is RunState.LIMITED and run.limited_until is None:
        counted = replace(counted, limited_until=now + timedelta(seconds=RETRY_S))
    return _moved(counted, state, now), wait_s


def cut(run: Run, now: datetime, stop_s: int) -> Run:
    """Return the run once its key is cut off: it watches until everybody who stops in time has stopped."""
    if next_run_state(run, RunEvent.CUT) is not RunState.WATCHING:
        return run
    return replace(_moved(run, RunState.WATCHING, now), cut_off_at=now, ends_at=now + watch_for(stop_s))


def end_if_due(run: Run, now: datetime) -> Run:
    """Return the run, marked over once `ends_at` has passed."""
    due = now >= run.ends_at and next_run_state(run, RunEvent.TIME) is RunState.OVER
    return _moved(run, RunState.OVER, run.ends_at) if due else run


def replaced(run: Run, now: datetime) -> Run:
    """Return the run, over because another began."""
    return _moved(run, RunState.OVER, now) if next_run_state(run, RunEvent.REPLACED) else run


def _moved(run: Run, state: RunState, now: datetime) -> Run:
    return run if state is run.state else replace(run, state=state, changed_at=now)
