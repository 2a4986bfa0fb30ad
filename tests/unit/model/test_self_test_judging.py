"""What a self-test shows, from invented observations: each fault is found by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from provisioning.model.annexes import Check
from provisioning.model.self_test import Observation, Run, RunState
from provisioning.model.self_test_judging import SelfTestFault, judge
from tests.unit.model.test_self_test import NOON, RUN

STOP_S = 60
CUT_AT = 20.0
LIMITED_UNTIL = 8.0


def at(seconds: float, reason: str | None = None, **changes: object) -> Observation:
    """A request of that many seconds after noon."""
    status = {None: 200, "too-many-requests": 429, "token-expired": 401}.get(reason, 403)
    seen = Observation(
        number=0,
        at=NOON + timedelta(seconds=seconds),
        method="GET",
        path="/v1/institutions",
        status=status,
        reason=reason,
        token="1",
        token_ends_at=NOON + timedelta(minutes=5),
        token_in_url=False,
    )
    return replace(seen, **changes)  # type: ignore[arg-type]  # fields of it


CALLS = [at(second) for second in range(5)]
LIMITED = at(5, "too-many-requests")
AFTER = [at(8.1), at(9)]
NOTICED = at(21, "key-cut-off")
GOOD = [*CALLS, LIMITED, *AFTER, NOTICED]

OVER: Run = replace(
    RUN,
    state=RunState.OVER,
    limited_until=NOON + timedelta(seconds=LIMITED_UNTIL),
    cut_off_at=NOON + timedelta(seconds=CUT_AT),
    changed_at=NOON + timedelta(seconds=CUT_AT + 75),
)


def faults(seen: Iterable[Observation], run: Run = OVER) -> dict[Check, tuple[SelfTestFault, ...]]:
    """What is held against each check; those that are met are left out."""
    return {judgement.check: judgement.faults for judgement in judge(run, list(seen), STOP_S) if not judgement.passed}


def test_who_does_everything_right_meets_everything_and_the_same_run_gives_the_same_findings() -> None:
    assert faults(GOOD) == {}
    assert judge(OVER, GOOD, STOP_S) == judge(OVER, list(GOOD), STOP_S)
    assert {judgement.check for judgement in judge(OVER, GOOD, STOP_S)} == set(Check) - {
        Check.TLS,
        Check.JWKS,
        Check.KEY_STRENGTH,
    }


def test_a_run_without_calls_shows_nothing() -> None:
    found = faults([], replace(OVER, limited_until=None, cut_off_at=None))
    assert found == {
        Check.PRIVATE_KEY_JWT: (SelfTestFault.NO_CALLS,),
        Check.EXCHANGE: (SelfTestFault.NO_CALLS,),
        Check.TOKEN_REUSE: (SelfTestFault.TOO_FEW_CALLS,),
        Check.RETRY_AFTER: (SelfTestFault.NOT_LIMITED,),
        Check.CUT_OFF: (SelfTestFault.NOT_CUT_OFF,),
        Check.TOKEN_IN_URL: (SelfTestFault.NO_CALLS,),
    }


def test_a_token_for_every_call_is_found() -> None:
    seen = [replace(one, token=str(number)) for number, one in enumerate(GOOD)]
    assert faults(seen) == {Check.TOKEN_REUSE: (SelfTestFault.TOKEN_PER_CALL,)}


@pytest.mark.parametrize(
    "before",
    [
        [replace(one, token_ends_at=NOON + timedelta(seconds=62)) for one in CALLS[:3]],
        [*CALLS[:2], at(2, "token-expired")],
    ],
    ids=["it was nearly over", "it was not taken"],
)
def test_a_new_token_is_right_when_the_one_before_is_used_up(before: list[Observation]) -> None:
    rest = [replace(one, token="2") for one in (at(3), at(4), at(4.5), LIMITED, *AFTER, NOTICED)]
    assert faults([*before, *rest]) == {}


def test_a_call_before_the_time_is_over_is_found_and_one_that_was_under_way_is_not() -> None:
    assert faults([*CALLS, LIMITED, at(5.3, "too-many-requests"), *AFTER, NOTICED]) == {}
    early = [*CALLS, LIMITED, at(6.5, "too-many-requests"), *AFTER, NOTICED]
    assert faults(early) == {Check.RETRY_AFTER: (SelfTestFault.CALLED_TOO_EARLY,)}


def test_who_never_comes_back_has_not_waited_but_given_up() -> None:
    found = faults([*CALLS, LIMITED], replace(OVER, cut_off_at=None))
    assert found[Check.RETRY_AFTER] == (SelfTestFault.DID_NOT_COME_BACK,)


@pytest.mark.parametrize(("last", "found"), [(59.9, ()), (60.1, (SelfTestFault.WENT_ON,))])
def test_the_last_call_comes_within_a_minute_after_the_cut_off(last: float, found: tuple[SelfTestFault, ...]) -> None:
    seen = [*GOOD, at(CUT_AT + last, "key-cut-off")]
    assert faults(seen).get(Check.CUT_OFF, ()) == found


def test_who_never_learns_of_the_cut_off_has_shown_nothing() -> None:
    assert faults(GOOD[:-1]) == {Check.CUT_OFF: (SelfTestFault.DID_NOT_NOTICE,)}


def test_a_run_that_was_replaced_before_the_minute_was_over_has_shown_nothing() -> None:
    early = replace(OVER, changed_at=NOON + timedelta(seconds=CUT_AT + 30))
    assert faults(GOOD, early) == {Check.CUT_OFF: (SelfTestFault.NOT_WATCHED,)}


def test_a_token_in_an_address_is_found() -> None:
    assert faults([replace(GOOD[0], token_in_url=True), *GOOD[1:]]) == {
        Check.TOKEN_IN_URL: (SelfTestFault.TOKEN_IN_URL,)
    }
