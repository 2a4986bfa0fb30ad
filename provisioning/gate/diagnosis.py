"""Why a request passes or not: every check with its result, for people who have to say what to do. Pure.

Takes the decision's own steps (`decision.examine`), so it cannot say otherwise than the gate. Source: order cl. 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from provisioning.gate.claims import AS_REQUIRED, Claims
from provisioning.gate.decision import Case, Step, case_of, examine
from provisioning.gate.paths import Segments
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import ProtocolCall
from provisioning.gate.rules import Rules
from provisioning.gate.tokens import Header, SigningKey, read_header, unverified_claims, verify
from provisioning.gate.verdicts import Verdicts
from provisioning.model.identifiers import ClientId, InstitutionId, Username
from provisioning.model.ois import Slug, ois_client_id
from provisioning.model.text import Text

_NO_NOTE: Final = Text(uk="", en="")
_NO_KEYCLOAK: Final = Text(
    uk="Keycloak не відповідає; решту не перевірено", en="Keycloak does not answer; the rest is unverified"
)
_UNVERIFIED: Final = Text(uk="решту не перевірено", en="the rest is unverified")
_OF_THE_TOKEN: Final = Text(uk="Токен", en="the token")
_NEEDS_A_REQUEST: Final = (Step.ROUTE, Step.RIGHT, Step.SPHERE)


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """Result of one check. `reason` is None when it passes; `note` names what was looked at."""

    check: str
    reason: Reason | None
    note: Text = _NO_NOTE


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks on one token, or on one way of using an account's key. The gate answers with the first refusal."""

    about: Text
    steps: tuple[CheckedStep, ...]

    @property
    def refusal(self) -> Reason | None:
        return next((step.reason for step in self.steps if step.reason is not None), None)


@dataclass(frozen=True, slots=True)
class Known:
    """Facts that the checks look at. `keys` is None when the realm's keys could not be had."""

    verdicts: Verdicts
    rules: Rules
    keys: Mapping[str, SigningKey] | None
    issuer: str
    now: datetime


def diagnose_token(token: str, asked: ProtocolCall | Reason | None, known: Known) -> Diagnosis:
    """Return every check on a token, and on a call with it if there is one. The token itself is not in the answer."""
    header = read_header(token)
    if isinstance(header, Reason):
        return Diagnosis(_OF_THE_TOKEN, (CheckedStep("form", header),))
    form = CheckedStep(
        "form", None, Text(uk=f"{header.algorithm}, ключ {header.kid}", en=f"{header.algorithm}, key {header.kid}")
    )
    steps = [form, *_verification(token, header, known)]
    claims = unverified_claims(token)
    if claims is None:
        return Diagnosis(_OF_THE_TOKEN, (*steps, CheckedStep("claims", Reason.TOKEN_CLAIMS)))
    until = f"{datetime.fromtimestamp(claims.expires_at, UTC):%Y-%m-%d %H:%M:%S} UTC"
    who = Text(
        uk=f"{claims.username} через {claims.client}, до {until}",
        en=f"{claims.username} by {claims.client}, until {until}",
    )
    steps.append(CheckedStep("claims", None, who))
    return Diagnosis(_OF_THE_TOKEN, (*steps, *diagnose_claims(claims, asked, known)))


def diagnose_claims(claims: Claims, asked: ProtocolCall | Reason | None, known: Known) -> Iterator[CheckedStep]:
    """Yield the steps of the decision; those that need a request only when there is one."""
    if isinstance(asked, Reason):
        yield CheckedStep("request", asked)
    request = asked if isinstance(asked, ProtocolCall) else None
    case = case_of(request or ProtocolCall("", Segments(())), claims, known.verdicts, known.rules, known.now)
    for step, reason in examine(case):
        if request is not None or step not in _NEEDS_A_REQUEST:
            yield CheckedStep(step.value, reason, _NOTES[step](case))


def diagnose_ois(slug: Slug, known: Known) -> Diagnosis:
    """Return the gate's check of an OIS itself, whatever account it works for."""
    client, nobody = ois_client_id(slug), Username("")
    claims = Claims("", "", client, slug, ClientId(""), nobody, InstitutionId(""), frozenset(), 0, AS_REQUIRED)
    of_ois = (step for step in diagnose_claims(claims, None, known) if step.check == Step.CLIENT)
    return Diagnosis(_same(client), tuple(of_ois))


def _verification(token: str, header: Header, known: Known) -> Iterator[CheckedStep]:
    if known.keys is None:
        yield CheckedStep("signature", Reason.SIGNING_KEYS_UNAVAILABLE, _NO_KEYCLOAK)
        return
    key = known.keys.get(header.kid)
    found = Reason.TOKEN_SIGNATURE if key is None else verify(token, header, key, known.issuer, known.now.timestamp())
    if found is Reason.TOKEN_SIGNATURE:
        yield CheckedStep("signature", found, _UNVERIFIED)
        return
    yield CheckedStep("signature", None, _same(known.issuer))
    yield CheckedStep("token", found if isinstance(found, Reason) else None)


def _same(text: str) -> Text:
    """Names read alike in both languages."""
    return Text(uk=text, en=text)


def _account_note(case: Case) -> Text:
    name, sphere = case.claims.username, case.account.sphere if case.account else None
    return Text(uk=f"{name}, сфера {sphere}", en=f"{name}, sphere {sphere}") if sphere else _same(name)


def _client_note(case: Case) -> Text:
    return Text(uk="без ОІС", en="direct use") if case.claims.is_direct else _same(case.claims.client)


def _mandate_note(case: Case) -> Text:
    if case.claims.is_direct:
        return Text(uk="не потрібне", en="not needed")
    if case.mandate is None:
        return _NO_NOTE
    number, until, rights = case.mandate.number, case.mandate.until, " ".join(sorted(case.mandate.rights))
    end = Text(uk=f"до {until}", en=f"until {until}") if until else Text(uk="без кінцевої дати", en="without an end")
    return Text(uk=f"номер {number}, {end.uk}: {rights}", en=f"number {number}, {end.en}: {rights}")


def _sphere_note(case: Case) -> Text:
    if case.target is None:
        return _NO_NOTE
    if case.target_sphere is None:
        return Text(uk=f"{case.target}, місце невідоме", en=f"{case.target} at no known place")
    return Text(uk=f"{case.target}, місце {case.target_sphere}", en=f"{case.target} at {case.target_sphere}")


_NOTES: Final[Mapping[Step, Callable[[Case], Text]]] = {
    Step.ACCOUNT: _account_note,
    Step.KEY: lambda case: _same(f"{case.claims.key}{f', {case.key.state}' if case.key else ''}"),
    Step.CLIENT: _client_note,
    Step.MANDATE: _mandate_note,
    Step.ROUTE: lambda case: _same(f"{case.rule.method} {case.rule.template}") if case.rule else _NO_NOTE,
    Step.RIGHT: lambda case: _same(case.rule.right) if case.rule else _NO_NOTE,
    Step.SPHERE: _sphere_note,
}
