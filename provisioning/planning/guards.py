"""Limits on how much one apply may change. Each names the figure, the limit and the way to allow it.

A limit holds by number and by share of what exists; it is overridden by the exact number, so that a second, larger
surprise is stopped again. Source: order cl. 11, 12 (an empty checkout must not end accounts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.configuration import Guards, Limit
from provisioning.planning.changes import AccountDiff, CreateAccount, DeactivateAccount, UpdateAccount


class Guard(StrEnum):
    """What a guard counts. The value is the name of the option `--allow-<value>=N`."""

    CREATES = "creates"
    UPDATES = "updates"
    DEACTIVATIONS = "deactivations"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class GuardStop:
    """A guard that a plan runs into, with figure and limit."""

    guard: Guard
    count: int
    existing: int
    limit: Limit

    @property
    def message(self) -> str:
        share = f" and {self.limit.share:.0%} of {self.existing}" if self.existing else ""
        return f"{self.count} {_WORDS[self.guard]}, over the limit of {self.limit.number}{share} in realm.yaml"

    @property
    def remedy(self) -> str:
        return f"look at the plan; if it is right, repeat with --allow-{self.guard}={self.count}"


_WORDS: Mapping[Guard, str] = {
    Guard.CREATES: "accounts would be created",
    Guard.UPDATES: "accounts would be changed",
    Guard.DEACTIVATIONS: "accounts would be deactivated",
    Guard.MISSING: "existing accounts are named in no file (an empty or partial checkout?)",
}


def count_guarded(diff: AccountDiff) -> dict[Guard, int]:
    """Count what each guard limits in a difference."""
    return {
        Guard.CREATES: sum(isinstance(change, CreateAccount) for change in diff.changes),
        Guard.UPDATES: sum(isinstance(change, UpdateAccount) for change in diff.changes),
        Guard.DEACTIVATIONS: sum(isinstance(change, DeactivateAccount) for change in diff.changes),
        Guard.MISSING: len(diff.unlisted),
    }


def check_guards(
    diff: AccountDiff, existing: int, guards: Guards, allowed: Mapping[Guard, int]
) -> tuple[GuardStop, ...]:
    """Return the guards that stop this difference. `existing` is how many accounts there are now; `allowed` the exact
    overrides.

    The share is not applied to creates, nor to anything while there are no accounts: the first fill is all new.
    """
    limits = {
        Guard.CREATES: guards.creates,
        Guard.UPDATES: guards.updates,
        Guard.DEACTIVATIONS: guards.deactivations,
        Guard.MISSING: guards.missing,
    }
    counted = count_guarded(diff)
    found = (stop_of(guard, count, existing, limits[guard]) for guard, count in counted.items())
    return tuple(stop for stop in found if stop is not None and allowed.get(stop.guard) != stop.count)


def stop_of(guard: Guard, count: int, existing: int, limit: Limit) -> GuardStop | None:
    """Return the guard's stop when `count` is over the limit, by number or by share of `existing`; None within both."""
    by_share = guard is not Guard.CREATES and existing > 0 and count > limit.share * existing
    return GuardStop(guard, count, existing, limit) if count > limit.number or (by_share and count > 1) else None
