"""What a self-test shows: one judgement of each automatic requirement that needs the sandbox. Pure.

Judged from what the sandbox saw alone; the same observations always give the same judgements, so a report can be
computed again and compared with the hash in the ledger. Source: order cl. 6, annex 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from provisioning.model.annexes import Check
from provisioning.model.events import JsonValue, format_time
from provisioning.model.self_test import CALLS, Observation, Run

IN_FLIGHT: Final = timedelta(seconds=0.5)
"""A call that was under way when the answer before it came is not held against anybody."""

NEARLY_OVER: Final = timedelta(seconds=60)
"""A token with less than this left may be replaced."""

_UNAUTHORIZED: Final = 401
_TOO_MANY: Final = 429


class SelfTestFault(StrEnum):
    """Why a check is not met; `wording` has the words."""

    NO_CALLS = "self-test-no-calls"
    TOO_FEW_CALLS = "self-test-too-few-calls"
    TOKEN_PER_CALL = "self-test-token-per-call"  # noqa: S105 - the name of a fault
    CALLED_TOO_EARLY = "self-test-called-too-early"
    DID_NOT_COME_BACK = "self-test-did-not-come-back"
    NOT_LIMITED = "self-test-not-limited"
    NOT_CUT_OFF = "self-test-not-cut-off"
    NOT_WATCHED = "self-test-not-watched"
    DID_NOT_NOTICE = "self-test-did-not-notice"
    WENT_ON = "self-test-went-on"
    TOKEN_IN_URL = "self-test-token-in-url"  # noqa: S105 - the name of a fault


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found on one check. `found` holds counts and times, never a secret."""

    check: Check
    faults: tuple[SelfTestFault, ...]
    found: dict[str, JsonValue] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not self.faults


def judge(run: Run, seen: Sequence[Observation], stop_s: int) -> tuple[Judgement, ...]:
    """Judge a run that is over, from its requests in order. `stop_s`: how soon after a cut-off it stops."""
    return (
        _identity(Check.PRIVATE_KEY_JWT, seen),
        _identity(Check.EXCHANGE, seen),
        _token_reuse(run, seen),
        _retry_after(run, seen),
        _cut_off(run, seen, timedelta(seconds=stop_s)),
        _token_in_url(seen),
    )


def _identity(check: Check, seen: Sequence[Observation]) -> Judgement:
    """A call passed with a token that was exchanged, which the OIS's client gets for signed assertions alone."""
    passed = sum(1 for one in seen if one.passed)
    return Judgement(check, () if passed else (SelfTestFault.NO_CALLS,), {"calls": passed})


def _token_reuse(run: Run, seen: Sequence[Observation]) -> Judgement:
    """A new token only where the one before was nearly over or was not taken."""
    working = [one for one in seen if run.cut_off_at is None or one.at < run.cut_off_at]
    passed = sum(1 for one in working if one.passed)
    early = sum(1 for before, after in pairwise(working) if after.token != before.token and not _worn(before, after))
    found: dict[str, JsonValue] = {"calls": passed, "tokens": len({one.token for one in working}), "early": early}
    faults = [SelfTestFault.TOO_FEW_CALLS] if passed < CALLS else []
    return Judgement(Check.TOKEN_REUSE, (*faults, *([SelfTestFault.TOKEN_PER_CALL] if early else [])), found)


def _worn(before: Observation, after: Observation) -> bool:
    return before.status == _UNAUTHORIZED or after.at >= before.token_ends_at - NEARLY_OVER


def _retry_after(run: Run, seen: Sequence[Observation]) -> Judgement:
    """After the first 429 nothing until Retry-After is over, and then a call."""
    first = next((one for one in seen if one.status == _TOO_MANY), None)
    if first is None or run.limited_until is None:
        return Judgement(Check.RETRY_AFTER, (SelfTestFault.NOT_LIMITED,))
    until = run.limited_until
    later = [one for one in seen if one.at > first.at + IN_FLIGHT]
    early = sum(1 for one in later if one.at < until)
    back = next((one for one in later if one.at >= until), None)
    waited: JsonValue = None if back is None else round((back.at - first.at).total_seconds())
    faults = [SelfTestFault.CALLED_TOO_EARLY] if early else []
    faults += [SelfTestFault.DID_NOT_COME_BACK] if back is None else []
    return Judgement(Check.RETRY_AFTER, tuple(faults), {"early": early, "waited_s": waited})


def _cut_off(run: Run, seen: Sequence[Observation], stop: timedelta) -> Judgement:
    """Calls after the cut-off: at least one, which tells the OIS of it, and none once its time to stop is over."""
    at = run.cut_off_at
    if at is None:
        return Judgement(Check.CUT_OFF, (SelfTestFault.NOT_CUT_OFF,))
    after = [one for one in seen if one.at >= at and not one.passed]
    late = [one for one in after if one.at > at + stop]
    watched_s = round((run.changed_at - at).total_seconds())
    last: JsonValue = round((after[-1].at - at).total_seconds()) if after else None
    faults = [] if run.changed_at > at + stop else [SelfTestFault.NOT_WATCHED]
    faults += [] if after else [SelfTestFault.DID_NOT_NOTICE]
    faults += [SelfTestFault.WENT_ON] if late else []
    found: dict[str, JsonValue] = {
        "cut_off_at": format_time(at),
        "calls_after": len(after),
        "last_after_s": last,
        "stop_s": round(stop.total_seconds()),
        "watched_s": watched_s,
    }
    return Judgement(Check.CUT_OFF, tuple(faults), found)


def _token_in_url(seen: Sequence[Observation]) -> Judgement:
    exposed = sum(1 for one in seen if one.token_in_url)
    faults = [SelfTestFault.TOKEN_IN_URL] if exposed else [] if seen else [SelfTestFault.NO_CALLS]
    return Judgement(Check.TOKEN_IN_URL, tuple(faults), {"calls": len(seen), "exposed": exposed})
