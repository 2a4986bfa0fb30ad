"""When an API key ends by its age and when its owner is told: never without a warning, each warning once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.model.identifiers import ClientId, Username
from provisioning.model.key_ageing import end_by_age, warning_step
from provisioning.model.records import ApiKeyRecord, ApiKeyState
from provisioning.model.upkeep import ApiKeyPolicy

DAY = timedelta(days=1)
SHOWN = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = ApiKeyPolicy(max_age=365 * DAY)
KEY = ApiKeyRecord(
    ClientId("api-46-0000001-k1"), Username("46-0000001"), 1, ApiKeyState.REVEALED, SHOWN - DAY, revealed_at=SHOWN
)


@pytest.mark.parametrize(
    ("age", "end"),
    [
        (300, None),
        (334, None),
        (335, 365),
        (350, 380),  # Nothing ran for two weeks: the owner still gets thirty days.
        (1_000, 1_030),  # The policy is new.
    ],
)
def test_the_end_is_planned_with_the_longest_warnings_time_left(age: int, end: int | None) -> None:
    found = end_by_age(KEY, POLICY, SHOWN + age * DAY)
    assert found == (None if end is None else SHOWN + end * DAY)


@pytest.mark.parametrize(
    "key",
    [
        replace(KEY, state=ApiKeyState.BORN, revealed_at=None),
        replace(KEY, state=ApiKeyState.CUT_OFF),
        replace(KEY, state=ApiKeyState.RETIRED),
        replace(KEY, ends_at=SHOWN + 400 * DAY),
    ],
    ids=["nobody has seen it", "cut off", "retired", "its end is planned"],
)
def test_such_a_key_gets_no_end_however_old(key: ApiKeyRecord) -> None:
    assert end_by_age(key, POLICY, SHOWN + 5_000 * DAY) is None


def test_without_a_greatest_age_no_key_ends() -> None:
    assert end_by_age(KEY, ApiKeyPolicy(max_age=None), SHOWN + 5_000 * DAY) is None


@pytest.mark.parametrize(
    ("left", "step"), [(31, None), (30, 30), (15, 30), (14, 14), (4, 14), (3, 3), (0.1, 3), (0, None), (-1, None)]
)
def test_of_the_warnings_the_shortest_that_is_due_is_given(left: float, step: int | None) -> None:
    found = warning_step(SHOWN + left * DAY, POLICY, SHOWN)
    assert found == (None if step is None else step * DAY)


@given(
    st.integers(31, 3_650),
    st.lists(st.integers(1, 30), min_size=1, max_size=6),
    st.timedeltas(timedelta(0), 5_000 * DAY),
)
def test_whatever_the_policy_the_first_warning_comes_before_the_end(
    days: int, steps: list[int], age: timedelta
) -> None:
    policy = ApiKeyPolicy(max_age=days * DAY, warn_before=tuple(step * DAY for step in steps))
    now = SHOWN + age
    end = end_by_age(KEY, policy, now)
    if end is not None:
        assert end - now >= max(policy.warn_before)
        assert end >= SHOWN + days * DAY
        assert warning_step(end, policy, end - max(policy.warn_before)) == max(policy.warn_before)
