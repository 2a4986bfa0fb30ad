"""Guards stop what is too much, by number and by share, and let exactly the named number pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import pytest

from provisioning.model.configuration import Guards, Limit
from provisioning.model.identifiers import Username
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import AccountDiff, Verdict
from provisioning.planning.guards import Counted, Guard, GuardStop, check_guards, count_guarded
from provisioning.planning.moves import moves_of
from provisioning.planning.plan import Plan
from tests.support.images import ATTRIBUTES, USERNAME, alive, dead, image

GUARDS = Guards(
    creates=Limit(10, 1.0),
    updates=Limit(10, 0.5),
    deactivations=Limit(3, 0.1),
    missing=Limit(3, 0.1),
    moves=Limit(3, 0.5),
    staff=Limit(1, 0.5),
)
NOBODY = Counted(0, 2)


def stops(
    diff: AccountDiff, existing: int, allowed: Mapping[Guard, int] | None = None, staff: Counted = NOBODY
) -> tuple[GuardStop, ...]:
    counted = count_guarded(diff, existing, moves_of(diff.changes, {}), staff)
    return check_guards(counted, GUARDS, allowed or {})


def names(count: int) -> list[Username]:
    return [Username(f"46-{number:07d}") for number in range(1, count + 1)]


def births(count: int) -> AccountDiff:
    return diff_accounts([alive(name) for name in names(count)], {}, {})


def deaths(count: int) -> AccountDiff:
    alive_now = dict.fromkeys(names(count), Verdict.ALIVE)
    return diff_accounts([dead(name) for name in names(count)], {n: image(n) for n in names(count)}, alive_now)


def changed(count: int) -> AccountDiff:
    alive_now = dict.fromkeys(names(count), Verdict.ALIVE)
    actual = {name: image(name, email="old@example.com") for name in names(count)}
    return diff_accounts([alive(name) for name in names(count)], actual, alive_now)


def moved(count: int) -> AccountDiff:
    alive_now = dict.fromkeys(names(count), Verdict.ALIVE)
    elsewhere = {**ATTRIBUTES, "sphere": "/00-0000001/46-0000099/46-0000001"}
    actual = {name: image(name, attributes=elsewhere) for name in names(count)}
    return diff_accounts([alive(name) for name in names(count)], actual, alive_now)


def test_within_the_limits_nothing_stops() -> None:
    assert stops(births(10), 0) == ()
    assert stops(changed(4), 20) == ()
    assert stops(moved(3), 20) == ()
    assert stops(deaths(0), 20, staff=Counted(1, 2)) == ()


def test_over_the_number_stops_and_names_figure_limit_and_remedy() -> None:
    (stop,) = stops(births(11), 0)
    assert (stop.guard, stop.count) == (Guard.CREATES, 11)
    assert "11" in stop.message
    assert "10" in stop.message
    assert "--allow-creates=11" in stop.remedy


def test_over_the_share_stops_although_the_number_is_small() -> None:
    (stop,) = stops(changed(4), 6)
    assert (stop.guard, stop.count) == (Guard.UPDATES, 4)
    assert not stops(changed(3), 6)


def test_one_account_always_passes_the_share() -> None:
    assert stops(moved(1), 1) == ()
    assert stops(deaths(0), 3, staff=Counted(1, 1)) == ()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 50])
def test_every_deactivation_asks_for_the_exact_number(count: int) -> None:
    (stop,) = stops(deaths(count), 1_000)
    assert (stop.guard, stop.count, stop.asks) == (Guard.DEACTIVATIONS, count, count <= 3)
    assert f"--allow-deactivations={count}" in stop.remedy
    assert ("--out" in stop.remedy) is stop.asks, "beyond the limit a saved plan is not enough"
    assert stops(deaths(count), 1_000, {Guard.DEACTIVATIONS: count}) == ()
    assert stops(deaths(count), 1_000, {Guard.DEACTIVATIONS: count + 1}) == (stop,)


def test_what_is_dead_on_record_or_born_dead_asks_for_nothing() -> None:
    on_record = diff_accounts([dead()], {USERNAME: image()}, {USERNAME: Verdict.DEAD})
    born = diff_accounts([dead(name) for name in names(8)], {}, {})
    assert len(on_record.changes) == 1 and len(born.changes) == 8
    assert stops(on_record, 1) == stops(born, 1) == ()


def test_a_plan_that_was_saved_asks_no_more_unless_it_is_over_the_limit() -> None:
    for count, left in ((3, ()), (4, (Guard.DEACTIVATIONS,))):
        diff = deaths(count)
        plan = Plan((), diff, stops(diff, 1_000), 1_000)
        assert tuple(stop.guard for stop in plan.reviewed().stops) == left
        assert plan.reviewed().checksum == plan.checksum


def test_moves_are_guarded_and_count_as_changes_too() -> None:
    found = {stop.guard: stop.count for stop in stops(moved(11), 1_000)}
    assert found == {Guard.UPDATES: 11, Guard.MOVES: 11}
    assert stops(moved(11), 1_000, {Guard.UPDATES: 11, Guard.MOVES: 11}) == ()


def test_people_who_are_staff_no_more_are_guarded() -> None:
    (stop,) = stops(deaths(0), 1_000, staff=Counted(2, 3))
    assert (stop.guard, stop.count) == (Guard.STAFF, 2) and "--allow-staff=2" in stop.remedy
    assert stops(deaths(0), 1_000, {Guard.STAFF: 2}, staff=Counted(2, 3)) == ()


def test_every_guard_has_a_limit_of_its_name() -> None:
    assert {field.name for field in fields(Guards)} == set(Guard)


def test_only_the_exact_number_overrides() -> None:
    assert stops(births(11), 0, {Guard.CREATES: 11}) == ()
    assert stops(births(12), 0, {Guard.CREATES: 11}) != ()
    assert stops(births(11), 0, {Guard.CREATES: 12}) != ()


def test_an_empty_checkout_is_stopped_by_what_is_missing() -> None:
    actual = {name: image(name) for name in names(20)}
    nothing = diff_accounts([], actual, dict.fromkeys(actual, Verdict.ALIVE))
    (stop,) = stops(nothing, 20)
    assert (stop.guard, stop.count) == (Guard.MISSING, 20)


def test_half_a_checkout_is_stopped_too() -> None:
    actual = {name: image(name) for name in names(20)}
    half = diff_accounts([alive(name) for name in names(10)], actual, dict.fromkeys(actual, Verdict.ALIVE))
    assert [stop.guard for stop in stops(half, 20)] == [Guard.MISSING]
