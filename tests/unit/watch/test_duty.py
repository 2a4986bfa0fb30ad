"""When a duty is done again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.watch.duty import FIRST_RETRY, LONGEST_WAIT, SHORTEST_LONG_WAIT, wait_after

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def test_a_duty_that_works_keeps_its_interval() -> None:
    assert wait_after(DAY, 0) == DAY


@pytest.mark.parametrize(
    ("every", "waits"),
    [
        (SECOND, [5, 10, 20, 30, 30]),
        (DAY, [5, 10, 20, 40, 80, 160, 300, 300]),
        (MINUTE, [5, 10, 20, 40, 60, 60]),
    ],
)
def test_failures_in_a_row_wait_twice_as_long_up_to_a_bound(every: timedelta, waits: list[int]) -> None:
    found = [wait_after(every, failures).total_seconds() for failures in range(1, len(waits) + 1)]
    assert found == waits


@given(st.timedeltas(SECOND, 30 * DAY), st.integers(1, 10_000))
def test_a_wait_after_failures_is_bounded_for_every_interval(every: timedelta, failures: int) -> None:
    assert FIRST_RETRY <= wait_after(every, failures) <= LONGEST_WAIT
    assert wait_after(every, failures) <= max(every, SHORTEST_LONG_WAIT)
