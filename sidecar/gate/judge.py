"""One request from the proxy to its outcome: form, token, proof, freshness, limits, decision, in this order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from provisioning.gate.claims import Claims
from provisioning.gate.decision import Allow, Deny, decide
from provisioning.gate.proofs import ProvenCall
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import Credentials, read_authorization, read_target
from provisioning.model.identifiers import InstitutionId
from sidecar.doors.possession import Possession
from sidecar.gate.follower import Follower
from sidecar.gate.limits import RateLimits
from sidecar.gate.rulebook import Rulebook
from sidecar.gate.verified import VerifiedTokens

RETRY_AFTER_S: Final = 2
"""After a 503. The gate is fresh again within a second of the ledger's return."""


_COMES_BACK: Final = frozenset((Reason.SIGNING_KEYS_UNAVAILABLE, Reason.TOO_MANY_REQUESTS))
"""Refusals that time alone mends: the realm's keys are had again, a node has forgotten proofs that ran out."""


class Question(NamedTuple):
    """A request as the proxy reports it: method, target, and the headers `Authorization` and `DPoP`."""

    method: str
    target: str
    authorization: str | None
    proof: str | None = None


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
        possession: Possession,
        clock: Callable[[], datetime],
    ) -> None:
        self._tokens = tokens
        self._limits = limits
        self._follower = follower
        self._rulebook = rulebook
        self._possession = possession
        self._clock = clock

    def judge(self, question: Question) -> Passed | Refused:
        """Decide on a request as the proxy reports it."""
        asked = read_target(question.method, question.target)
        if isinstance(asked, Reason):
            return Refused(asked)
        now = self._clock()
        claims = self._holder(question, now.timestamp())
        if isinstance(claims, Refused):
            return claims
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

    def _holder(self, question: Question, now_s: float) -> Claims | Refused:
        """Who holds the token, and its key where it is bound to one. Limits come later: no thief uses them up."""
        claims = self._tokens.claims(question.authorization, now_s)
        if isinstance(claims, Reason):
            return _refused(claims)
        given = None if claims.bound_to is None else read_authorization(question.authorization)
        if claims.bound_to is None or not isinstance(given, Credentials):
            return claims
        call = ProvenCall(question.method, question.target, given.token, claims.bound_to)
        unproven = self._possession.refusal(call, question.proof, now_s)
        return claims if unproven is None else _refused(unproven, claims)


def _refused(reason: Reason, claims: Claims | None = None) -> Refused:
    """Of a request that did not come as far as the decision."""
    return Refused(reason, claims, retry_after_s=RETRY_AFTER_S if reason in _COMES_BACK else None)
