"""Why a request passes or not: every check with its outcome, for people who have to tell somebody what to do. Pure.

Takes the decision's own steps (`decision.examine`), so it cannot say otherwise than the gate. Source: order cl. 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from .claims import Claims
from .decision import Case, Step, case_of, examine
from .paths import Segments
from .reasons import Reason
from .requests import Asked
from .rules import Rules
from .tokens import Header, SigningKey, read_header, unverified_claims, verify
from .verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `reason` is None when it passes; `note` names what was looked at."""

    check: str
    reason: Reason | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks on one token, or on one way of using an account's key. The gate answers with the first refusal."""

    about: str
    findings: tuple[Finding, ...]

    @property
    def refusal(self) -> Reason | None:
        return next((finding.reason for finding in self.findings if finding.reason is not None), None)


@dataclass(frozen=True, slots=True)
class Known:
    """What the checks look at. `keys` is None when the realm's keys could not be had."""

    verdicts: Verdicts
    rules: Rules
    keys: Mapping[str, SigningKey] | None
    issuer: str
    now: datetime


def diagnose_token(token: str, asked: Asked | Reason | None, known: Known) -> Diagnosis:
    """Every check on a token, and on a request with it if there is one. The token itself is not in the answer."""
    header = read_header(token)
    if isinstance(header, Reason):
        return Diagnosis("the token", (Finding("form", header),))
    findings = [Finding("form", None, f"{header.algorithm}, key {header.kid}"), *_verification(token, header, known)]
    claims = unverified_claims(token)
    if claims is None:
        return Diagnosis("the token", (*findings, Finding("claims", Reason.TOKEN_CLAIMS)))
    until = datetime.fromtimestamp(claims.expires_at, UTC)
    findings.append(
        Finding("claims", None, f"{claims.username} by {claims.client}, until {until:%Y-%m-%d %H:%M:%S} UTC")
    )
    return Diagnosis("the token", (*findings, *diagnose_claims(claims, asked, known)))


def diagnose_claims(claims: Claims, asked: Asked | Reason | None, known: Known) -> Iterator[Finding]:
    """The steps of the decision; those that need a request only when there is one."""
    if isinstance(asked, Reason):
        yield Finding("request", asked)
    request = asked if isinstance(asked, Asked) else None
    case = case_of(request or Asked("", Segments(())), claims, known.verdicts, known.rules, known.now)
    for step, reason in examine(case):
        if request is None and step in (Step.ROUTE, Step.RIGHT, Step.SPHERE):
            continue
        yield Finding(step.value, reason, _NOTES[step](case))


def _verification(token: str, header: Header, known: Known) -> Iterator[Finding]:
    if known.keys is None:
        yield Finding("signature", Reason.SIGNING_KEYS_UNAVAILABLE, "Keycloak does not answer; the rest is unverified")
        return
    key = known.keys.get(header.kid)
    found = Reason.TOKEN_SIGNATURE if key is None else verify(token, header, key, known.issuer, known.now.timestamp())
    if found is Reason.TOKEN_SIGNATURE:
        yield Finding("signature", found, "the rest is unverified")
        return
    yield Finding("signature", None, known.issuer)
    yield Finding("token", found if isinstance(found, Reason) else None)


def _mandate_note(case: Case) -> str:
    if case.claims.is_direct or case.mandate is None:
        return "not needed" if case.claims.is_direct else ""
    until = f"until {case.mandate.until}" if case.mandate.until else "without an end"
    return f"number {case.mandate.number}, {until}: {' '.join(sorted(case.mandate.rights))}"


_NOTES: Final[Mapping[Step, Callable[[Case], str]]] = {
    Step.ACCOUNT: lambda case: f"{case.claims.username}{f', sphere {case.account.sphere}' if case.account else ''}",
    Step.KEY: lambda case: f"{case.claims.key}{f', {case.key.state}' if case.key else ''}",
    Step.CLIENT: lambda case: "direct use" if case.claims.is_direct else case.claims.client,
    Step.MANDATE: _mandate_note,
    Step.ROUTE: lambda case: f"{case.rule.method} {case.rule.template}" if case.rule else "",
    Step.RIGHT: lambda case: case.rule.right if case.rule else "",
    Step.SPHERE: lambda case: f"{case.target} at {case.target_sphere or 'no known place'}" if case.target else "",
}
