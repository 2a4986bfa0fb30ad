"""Token buckets: no more than their size and rate, and nobody pays for another's flood."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provisioning.model.configuration import GatePolicy, Rate
from sidecar.gate.limits import RateLimits

POLICY = GatePolicy(ois=Rate(10, 20), institution=Rate(2, 5), keep_days=1)


class Clock:
    """Monotonic seconds, moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    limits = RateLimits(clock)
    assert [limits.take(POLICY, "a", None) for _ in range(6)] == [None] * 5 + [1]
    clock.now += 0.51
    assert [limits.take(POLICY, "a", None) for _ in range(2)] == [None, 1]
    clock.now += 1000
    assert [limits.take(POLICY, "a", None) for _ in range(6)] == [None] * 5 + [1]


def test_an_institution_that_floods_leaves_its_ois_to_others() -> None:
    limits = RateLimits(Clock())
    for _ in range(1000):
        limits.take(POLICY, "flooding", "ois")
    assert [limits.take(POLICY, "quiet", "ois") for _ in range(5)] == [None] * 5


def test_an_ois_that_is_over_its_rate_costs_institutions_nothing_of_their_own() -> None:
    limits = RateLimits(Clock())
    for number in range(20):
        assert limits.take(POLICY, f"i{number}", "ois") is None
    assert limits.take(POLICY, "another", "ois") == 1
    assert [limits.take(POLICY, "another", "other-ois") for _ in range(5)] == [None] * 5


@given(st.lists(st.floats(0, 3), max_size=60))
def test_in_no_stretch_of_time_more_passes_than_burst_and_rate_allow(pauses: list[float]) -> None:
    clock = Clock()
    limits = RateLimits(clock)
    passed = []
    for pause in pauses:
        clock.now += pause
        if limits.take(POLICY, "a", None) is None:
            passed.append(clock.now)
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= 5 + 2 * (passed[last] - start) + 1e-6


def test_full_buckets_do_not_pile_up() -> None:
    clock = Clock()
    limits = RateLimits(clock)
    for number in range(250_000):
        limits.take(POLICY, str(number), None)
        clock.now += 0.001
    assert len(limits) <= 100_000
