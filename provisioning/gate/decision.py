"""The gate's decision whether a request may pass. Pure; the same arguments always give the same answer.

Before it come form, signature and claims of the token (`paths`, `tokens`); then the steps below, in this order, and the
first that refuses is the answer. `explain` takes the same steps and stops at none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from provisioning.gate.claims import Claims
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import ProtocolCall
from provisioning.gate.rules import Rule, Rules
from provisioning.gate.verdicts import AccountVerdict, KeyVerdict, MandateVerdict, OisVerdict, Verdicts
from provisioning.model.calendar import kyiv_day
from provisioning.model.identifiers import InstitutionId
from provisioning.model.ois import OisState, mandate_id, ois_client_id
from provisioning.model.records import ApiKeyState
from provisioning.model.rights import RightsInForce
from provisioning.model.sphere import SpherePath, reaches

"""Last days of mandates and conclusions end at midnight there."""

_SETS: Final = 4_096
"""Combinations of sets of rights whose intersection is kept: kinds of institution x OIS x mandates, some megabytes."""

_NOTHING: Final[frozenset[str]] = frozenset()
_HOUR_S: Final = 3600


class Allow(NamedTuple):
    """Permission. `institution` is whose key it is, `sphere` how far that reaches, `rights` what it may do at most;
    `reached` is whose data this request reaches and `right` what it uses.
    """

    institution: InstitutionId
    reached: InstitutionId
    sphere: SpherePath
    right: str
    rights: frozenset[str]


class Deny(NamedTuple):
    """Refusal. `reached` is whose data it would have reached, the key's own institution where that is not clear."""

    reason: Reason
    reached: InstitutionId
    right: str | None = None


class Case(NamedTuple):
    """A request with all that is known for deciding on it. Like the outcomes a tuple: one is made at every request, and
    a frozen dataclass takes twice as long to make. `today` is the day in Kyiv; `is_direct` says that no OIS is used;
    `held` are the rights of the institution: those that token and record both give it; `unreadable` are subjects of
    which an event cannot be read, `differing` those whose stored state is not what the events say; nearly always none.
    """

    claims: Claims
    account: AccountVerdict | None
    key: KeyVerdict | None
    ois: OisVerdict | None
    mandate: MandateVerdict | None
    rule: Rule | None
    target: InstitutionId | None
    target_sphere: SpherePath | None
    now: datetime
    today: date
    is_direct: bool
    held: frozenset[str]
    unreadable: Collection[str] = ()
    differing: Collection[str] = ()

    @property
    def rights(self) -> frozenset[str]:
        """Rights that the request has at most: those that institution, OIS and mandate all have."""
        if self.is_direct:
            return self.held
        ois = self.ois.rights if self.ois else _NOTHING
        return _common(self.held, ois, self.mandate.rights if self.mandate else _NOTHING)

    @property
    def is_within_sphere(self) -> bool:
        """Whether the account may reach what the path names; its own sphere where it names nothing."""
        if self.account is None or self.target is None:
            return self.account is not None
        if self.target_sphere is None:
            return False
        return reaches(self.account.sphere, self.account.is_authority, self.target_sphere)


def case_of(asked: ProtocolCall, claims: Claims, verdicts: Verdicts, rules: Rules, now: datetime) -> Case:
    """Look up the verdicts and the rule that the steps need."""
    rule = rules.find(asked.method, asked.segments)
    target = None if rule is None or rule.at is None else InstitutionId(asked.segments[rule.at])
    ois, username = claims.ois, claims.username
    account = verdicts.accounts.get(username)
    return Case(
        claims,
        account,
        verdicts.keys.get(claims.key),
        None if ois is None else verdicts.ois.get(ois),
        None if ois is None else verdicts.mandates.get((username, ois)),
        rule,
        target,
        None if target is None else verdicts.spheres.get(target),
        now,
        _day_in_kyiv(int(now.timestamp()) // _HOUR_S),
        claims.is_direct,
        claims.rights if account is None else _held(claims, account, verdicts.rights),
        verdicts.unreadable,
        verdicts.differing,
    )


class Step(StrEnum):
    """The steps of a decision, in order."""

    ACCOUNT = "account"
    KEY = "API key"
    CLIENT = "OIS"
    MANDATE = "mandate"
    ROUTE = "route"
    RIGHT = "right"
    SPHERE = "sphere"


def decide(asked: ProtocolCall, claims: Claims, verdicts: Verdicts, rules: Rules, now: datetime) -> Allow | Deny:
    """Decide on a request with a verified token. Source: order cl. 3, 5, 6, 7, 8."""
    case = case_of(asked, claims, verdicts, rules, now)
    for check in _CHECKS:
        reason = check(case)
        if reason is not None:
            return Deny(reason, _concerned(case), case.rule.right if case.rule else None)
    return _allow(case)


def examine(case: Case) -> Iterator[tuple[Step, Reason | None]]:
    """Yield every step with its result, for a diagnosis. Source: order cl. 9."""
    for step, check in STEPS:
        yield step, check(case)


def _allow(case: Case) -> Allow:
    assert case.account is not None and case.rule is not None  # noqa: S101  # The steps have seen to it.
    own = case.account.institution
    return Allow(own, case.target or own, case.account.sphere, case.rule.right, case.rights)


@lru_cache(8)
def _day_in_kyiv(hour: int) -> date:
    """The day there in an hour since the epoch: midnight in Kyiv is always on the hour."""
    return kyiv_day(datetime.fromtimestamp(hour * _HOUR_S, UTC))


def _held(claims: Claims, account: AccountVerdict, rights: RightsInForce) -> frozenset[str]:
    """Return the rights that token and record both give. The token's, where the record says nothing of that kind:
    a ledger in which no apply recorded rights yet.
    """
    recorded = rights.of(account.institution, account.kind)
    return claims.rights if recorded is None else _common(claims.rights, recorded, recorded)


@lru_cache(_SETS)
def _common(one: frozenset[str], other: frozenset[str], third: frozenset[str]) -> frozenset[str]:
    """Rights that are in all three. Few sets of rights exist, and the same ones meet at every request."""
    return one & other & third


def _concerned(case: Case) -> InstitutionId:
    if case.target is not None and case.is_within_sphere:
        return case.target
    return case.claims.institution


def _unsound(case: Case, subject: str) -> Reason | None:
    if case.unreadable and subject in case.unreadable:
        return Reason.RECORD_UNREADABLE
    return Reason.RECORD_DIFFERS if case.differing and subject in case.differing else None


def _account(case: Case) -> Reason | None:
    unsound = _unsound(case, case.claims.username)
    if unsound is not None:
        return unsound
    if case.account is None:
        return Reason.ACCOUNT_UNKNOWN
    if case.account.institution != case.claims.institution:
        return Reason.TOKEN_CLAIMS
    return Reason.ACCOUNT_DEACTIVATED if case.account.is_deactivated else None


def _key(case: Case) -> Reason | None:
    unsound = _unsound(case, case.claims.key)
    if unsound is not None:
        return unsound
    if case.key is None:
        return Reason.KEY_UNKNOWN
    if case.key.ends_at is not None and case.now >= case.key.ends_at:
        return _KEY_REFUSALS.get(case.key.state, Reason.KEY_RETIRED)
    return _KEY_REFUSALS.get(case.key.state)


def _client(case: Case) -> Reason | None:
    if case.is_direct:
        return None if case.account is not None and case.account.direct_use else Reason.DIRECT_USE_OFF
    if case.claims.ois is None:
        return Reason.CLIENT_UNKNOWN
    unsound = _unsound(case, ois_client_id(case.claims.ois)) if case.unreadable or case.differing else None
    if unsound is not None:
        return unsound
    return Reason.OIS_UNKNOWN if case.ois is None else _ois(case, case.ois)


def _ois(case: Case, ois: OisVerdict) -> Reason | None:
    if ois.state is not OisState.CONNECTED:
        return _OIS_REFUSALS.get(ois.state, Reason.OIS_NOT_CONNECTED)
    if ois.until is None:
        return Reason.OIS_NOT_CONNECTED
    if case.today > ois.until:
        return Reason.OIS_CONCLUSION_EXPIRED
    return Reason.PROOF_REQUIRED if ois.proof_required and case.claims.bound_to is None else None


def _mandate(case: Case) -> Reason | None:
    if case.is_direct:
        return None
    if case.mandate is None:
        return Reason.MANDATE_MISSING
    if case.differing and _mandate_name(case, case.mandate) in case.differing:
        return Reason.RECORD_DIFFERS
    if case.mandate.is_withdrawn:
        return Reason.MANDATE_WITHDRAWN
    return Reason.MANDATE_EXPIRED if case.mandate.until is not None and case.today > case.mandate.until else None


def _mandate_name(case: Case, mandate: MandateVerdict) -> str:
    """The mandate's id; empty for a row without a number, which no event has made."""
    ois, number = case.claims.ois, mandate.number
    return "" if ois is None or number < 1 else mandate_id(case.claims.username, ois, number)


def _route(case: Case) -> Reason | None:
    return Reason.NO_ROUTE if case.rule is None else None


def _right(case: Case) -> Reason | None:
    """The institution's rights come last: those of an exchanged token are cut down to the OIS's already."""
    right = None if case.rule is None else case.rule.right
    if not case.is_direct:
        if case.ois is None or right not in case.ois.rights:
            return Reason.RIGHT_NOT_OF_OIS
        if case.mandate is None or right not in case.mandate.rights:
            return Reason.RIGHT_NOT_IN_MANDATE
    return None if right in case.held else Reason.RIGHT_NOT_OF_INSTITUTION


def _sphere(case: Case) -> Reason | None:
    return None if case.is_within_sphere else Reason.OUTSIDE_SPHERE


_KEY_REFUSALS: Final = {
    ApiKeyState.BORN: Reason.KEY_NOT_REVEALED,
    ApiKeyState.CUT_OFF: Reason.KEY_CUT_OFF,
    ApiKeyState.RETIRED: Reason.KEY_RETIRED,
}

_OIS_REFUSALS: Final = {
    OisState.SUSPENDED: Reason.OIS_SUSPENDED,
    OisState.REJECTED: Reason.OIS_ENDED,
    OisState.TERMINATED: Reason.OIS_ENDED,
}

STEPS: Final[tuple[tuple[Step, Callable[[Case], Reason | None]], ...]] = (
    (Step.ACCOUNT, _account),
    (Step.KEY, _key),
    (Step.CLIENT, _client),
    (Step.MANDATE, _mandate),
    (Step.ROUTE, _route),
    (Step.RIGHT, _right),
    (Step.SPHERE, _sphere),
)

_CHECKS: Final = tuple(check for _, check in STEPS)
