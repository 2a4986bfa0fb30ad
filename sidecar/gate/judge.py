"""One request from the proxy to its outcome: form, token, freshness, limits, decision, in this order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from provisioning.gate.claims import Claims
from provisioning.gate.decision import Allow, Deny, decide
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import read_target
from provisioning.model.identifiers import InstitutionId
from sidecar.gate.follower import Follower
from sidecar.gate.limits import RateLimits
from sidecar.gate.rulebook import Rulebook
from sidecar.gate.verified import VerifiedTokens

RETRY_AFTER_S: Final = 2
"""After a 503. The gate is fresh again within a second of the ledger's return."""


class Refused(NamedTuple):
    """A refusal with its reason. `claims` are those of a good token, None without one."""

    reason: Reason
    claims: Claims | None = None
    reached: InstitutionId | None = None
    right: str | None = None
    retry_after_s: int | None = None


class Passed(NamedTuple):
    """A request that may pass, and on whose behalf."""

    allow: Allow
    claims: Claims


class Judge:
    """Decides on requests by token, ledger and routes. Safe to share between threads. `clock` gives aware UTC times."""

    def __init__(
        self,
        tokens: VerifiedTokens,
        limits: RateLimits,
        follower: Follower,
        rulebook: Rulebook,
        clock: Callable[[], datetime],
    ) -> None:
        self._tokens = tokens
        self._limits = limits
        self._follower = follower
        self._rulebook = rulebook
        self._clock = clock

    def judge(self, method: str, target: str, authorization: str | None) -> Passed | Refused:
        """Decide on a request as the proxy reports it."""
        asked = read_target(method, target)
        if isinstance(asked, Reason):
            return Refused(asked)
        now = self._clock()
        claims = self._tokens.claims(authorization, now.timestamp())
        if isinstance(claims, Reason):
            unavailable = claims is Reason.SIGNING_KEYS_UNAVAILABLE
            return Refused(claims, retry_after_s=RETRY_AFTER_S if unavailable else None)
        verdicts, rules, policy = self._follower.fresh(), self._rulebook.rules, self._rulebook.policy
        if verdicts is None or rules is None or policy is None:
            return Refused(Reason.GATE_STALE, claims, retry_after_s=RETRY_AFTER_S)
        wait_s = self._limits.take(policy, claims.institution, claims.ois)
        if wait_s is not None:
            return Refused(Reason.TOO_MANY_REQUESTS, claims, claims.institution, retry_after_s=wait_s)
        decided = decide(asked, claims, verdicts, rules, now)
        if isinstance(decided, Deny):
            return Refused(decided.reason, claims, decided.reached, decided.right)
        return Passed(decided, claims)
