"""Guards stop what is too much, by number and by share, and let exactly the named number pass."""

from __future__ import annotations

from provisioning.model.configuration import Guards, Limit
from provisioning.model.identifiers import Username
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import AccountDiff, Verdict
from provisioning.planning.guards import Guard, check_guards
from tests.support.images import alive, dead, image

GUARDS = Guards(creates=Limit(10, 1.0), updates=Limit(10, 0.5), deactivations=Limit(3, 0.1), missing=Limit(3, 0.1))


def names(count: int) -> list[Username]:
    return [Username(f"46-{number:07d}") for number in range(1, count + 1)]


def births(count: int) -> AccountDiff:
    return diff_accounts([alive(name) for name in names(count)], {}, {})


def deaths(count: int) -> AccountDiff:
    alive_now = dict.fromkeys(names(count), Verdict.ALIVE)
    return diff_accounts([dead(name) for name in names(count)], {n: image(n) for n in names(count)}, alive_now)


def test_within_the_limits_nothing_stops() -> None:
    assert check_guards(births(10), 0, GUARDS, {}) == ()
    assert check_guards(deaths(3), 1_000, GUARDS, {}) == ()


def test_over_the_number_stops_and_names_figure_limit_and_remedy() -> None:
    (stop,) = check_guards(births(11), 0, GUARDS, {})
    assert (stop.guard, stop.count) == (Guard.CREATES, 11)
    assert "11" in stop.message
    assert "10" in stop.message
    assert "--allow-creates=11" in stop.remedy


def test_over_the_share_stops_although_the_number_is_small() -> None:
    (stop,) = check_guards(deaths(2), 10, GUARDS, {})
    assert stop.guard is Guard.DEACTIVATIONS


def test_one_account_always_passes_the_share() -> None:
    assert check_guards(deaths(1), 3, GUARDS, {}) == ()


def test_only_the_exact_number_overrides() -> None:
    assert check_guards(births(11), 0, GUARDS, {Guard.CREATES: 11}) == ()
    assert check_guards(births(12), 0, GUARDS, {Guard.CREATES: 11}) != ()
    assert check_guards(births(11), 0, GUARDS, {Guard.CREATES: 12}) != ()


def test_an_empty_checkout_is_stopped_by_what_is_missing() -> None:
    actual = {name: image(name) for name in names(20)}
    nothing = diff_accounts([], actual, dict.fromkeys(actual, Verdict.ALIVE))
    (stop,) = check_guards(nothing, 20, GUARDS, {})
    assert (stop.guard, stop.count) == (Guard.MISSING, 20)


def test_half_a_checkout_is_stopped_too() -> None:
    actual = {name: image(name) for name in names(20)}
    half = diff_accounts([alive(name) for name in names(10)], actual, dict.fromkeys(actual, Verdict.ALIVE))
    assert [stop.guard for stop in check_guards(half, 20, GUARDS, {})] == [Guard.MISSING]
