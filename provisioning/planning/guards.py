"""Limits on how much one apply may change. Each names the figure, the limit and the way to allow it.

A limit holds by number and by share of what exists; it is overridden by the exact number, so that a second, larger
surprise is stopped again. Deactivations are final, so that each apply asks for their exact number, or for a plan that
was saved and looked at. Source: order cl. 10, 11, 12 (an empty checkout must not end accounts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.configuration import Guards, Limit
from provisioning.planning.changes import AccountDiff, CreateAccount, DeactivateAccount, UpdateAccount
from provisioning.planning.moves import Move


class Guard(StrEnum):
    """What a guard counts. The value is the name of the option `--allow-<value>=N`."""

    CREATES = "creates"
    UPDATES = "updates"
    MOVES = "moves"
    DEACTIVATIONS = "deactivations"
    MISSING = "missing"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class GuardStop:
    """A guard that a plan runs into. `asks`: the limit is kept, but what is final needs its exact number."""

    guard: Guard
    count: int
    existing: int
    limit: Limit
    asks: bool = False

    @property
    def message(self) -> str:
        if self.asks:
            return f"{self.count} {_WORDS[self.guard]}, which is final: every apply asks for the exact number"
        share = f" and {self.limit.share:.0%} of {self.existing}" if self.existing else ""
        return f"{self.count} {_WORDS[self.guard]}, over the limit of {self.limit.number}{share} in realm.yaml"

    @property
    def remedy(self) -> str:
        saved = ", or save the plan with `provision plan --out FILE` and apply that" if self.asks else ""
        return f"look at the plan; if it is right, repeat with --allow-{self.guard}={self.count}{saved}"


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of something that is guarded, and how many there are of what its share is of."""

    count: int
    existing: int


_WORDS: Mapping[Guard, str] = {
    Guard.CREATES: "accounts would be created",
    Guard.UPDATES: "accounts would be changed",
    Guard.MOVES: "accounts would come under another authority",
    Guard.DEACTIVATIONS: "accounts would be deactivated",
    Guard.MISSING: "existing accounts are named in no file (an empty or partial checkout?)",
    Guard.STAFF: "people of the Administrator are named in staff.yaml no more, and their access would end",
}


def count_guarded(diff: AccountDiff, existing: int, moves: Iterable[Move], staff: Counted) -> dict[Guard, Counted]:
    """Count each guarded thing of a plan. Closing again what is on record as over counts as nothing: it is decided."""
    counts = {
        Guard.CREATES: sum(isinstance(change, CreateAccount) for change in diff.changes),
        Guard.UPDATES: sum(isinstance(change, UpdateAccount) for change in diff.changes),
        Guard.MOVES: sum(move.accounts for move in moves),
        Guard.DEACTIVATIONS: sum(isinstance(change, DeactivateAccount) and not change.again for change in diff.changes),
        Guard.MISSING: len(diff.unlisted),
    }
    return {**{guard: Counted(count, existing) for guard, count in counts.items()}, Guard.STAFF: staff}


def check_guards(
    counted: Mapping[Guard, Counted], guards: Guards, allowed: Mapping[Guard, int]
) -> tuple[GuardStop, ...]:
    """Return the guards that stop a plan with these counts; `allowed` are the exact overrides.

    The share is not applied to creates, nor to anything while there are no accounts: the first fill is all new.
    """
    found = (_stop(guard, of, guards.of(guard.value)) for guard, of in counted.items())
    return tuple(stop for stop in found if stop is not None and allowed.get(stop.guard) != stop.count)


def stop_of(guard: Guard, count: int, existing: int, limit: Limit) -> GuardStop | None:
    """Return the guard's stop when `count` is over the limit, by number or by share of `existing`; None within both."""
    by_share = guard is not Guard.CREATES and existing > 0 and count > limit.share * existing
    return GuardStop(guard, count, existing, limit) if count > limit.number or (by_share and count > 1) else None


def _stop(guard: Guard, of: Counted, limit: Limit) -> GuardStop | None:
    stop = stop_of(guard, of.count, of.existing, limit)
    if stop is None and guard is Guard.DEACTIVATIONS and of.count:
        return GuardStop(guard, of.count, of.existing, limit, asks=True)
    return stop
