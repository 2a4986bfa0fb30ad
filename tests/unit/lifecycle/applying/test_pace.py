"""Less at a time when Keycloak struggles, and never more than what was measured best."""

from __future__ import annotations

from provisioning.lifecycle.applying.pace import BATCH, SMALLEST_BATCH, WORKERS, Pace


def test_it_starts_at_the_measured_best_and_stays_there_while_all_is_well() -> None:
    pace = Pace()
    for _ in range(100):
        pace.went_well(1.0, BATCH)
    assert (pace.workers, pace.batch) == (WORKERS, BATCH)


def test_a_busy_keycloak_gets_half_as_much_and_never_nothing() -> None:
    pace = Pace()
    pace.went_badly()
    assert (pace.workers, pace.batch) == (WORKERS // 2, BATCH // 2)
    for _ in range(20):
        pace.went_badly()
    assert (pace.workers, pace.batch) == (1, SMALLEST_BATCH)


def test_it_comes_back_step_by_step() -> None:
    pace = Pace()
    for _ in range(20):
        pace.went_badly()
    seen = []
    for _ in range(100):
        pace.went_well(0.05 * pace.batch, pace.batch)
        seen.append((pace.workers, pace.batch))
    assert seen == sorted(seen)
    assert seen[-1] == (WORKERS, BATCH)


def test_calls_that_get_slow_get_smaller() -> None:
    pace = Pace()
    pace.went_well(1.0, BATCH)
    pace.went_well(10.0, BATCH)
    assert pace.batch == BATCH // 2
