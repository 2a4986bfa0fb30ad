"""The two documents of an OIS: agreement (annex 1), and conclusion (annex 2) with its evidence. Source: order cl. 6.

A connected OIS whose conclusion turns negative or is revoked is suspended by the same decision: it must not stay open
for want of a second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, RequirementsUnmet
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.ois.checklist import unmet
from provisioning.lifecycle.ois.reasons import NOT_ACCEDED
from provisioning.lifecycle.ois.steps import Step, take
from provisioning.model.annexes import PROOF_OF_POSSESSION, Requirement, TechnicalRequirements
from provisioning.model.events import JsonValue
from provisioning.model.events.codec_values import JsonObject
from provisioning.model.events.ois import OisChanged, OisResumed, OisSuspended
from provisioning.model.events.papers import (
    OisAgreementAccepted,
    OisAgreementReturned,
    OisAgreementSubmitted,
    OisConcluded,
    OisConclusionRevoked,
    OisEvidenceRecorded,
)
from provisioning.model.ois import ConclusionOutcome, OisRecord, OisState


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The Administrator's finding. `until` is its last day; `requirements` is the checklist it goes by.

    `document` is the SHA-256 of the signed text in hex, None when it is kept elsewhere.
    """

    number: str
    outcome: ConclusionOutcome
    until: date
    requirements: TechnicalRequirements
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found on one requirement. `found` is what the check saw: counts, names, times; never a secret."""

    requirement: str
    requirements_version: str
    passed: bool
    found: Mapping[str, JsonValue]


def submit_agreement(actor: Actor, name: str, version: str, document: str) -> OisRecord:
    """Record a signed agreement; `document` is its SHA-256 in hex. A later one replaces one that waits."""
    return take(actor, name, Step(OisAgreementSubmitted(version=version, document=document)))


def accept_agreement(actor: Actor, name: str, version: str) -> OisRecord:
    """Accept the agreement that waits; `version` says which one was looked at. Raises ActionRefused for another.

    An OIS that was suspended only because it had not acceded works again by the same decision.
    """
    _refuse_other_version(actor, name, version)
    steps = [Step(OisAgreementAccepted(version=version))]
    return take(actor, name, *steps, *_resumption(actor, name, version))


def return_agreement(actor: Actor, name: str, version: str, remarks: str) -> OisRecord:
    """Return the agreement that waits, with remarks; one that is in force stays so."""
    _refuse_other_version(actor, name, version)
    return take(actor, name, Step(OisAgreementReturned(version=version), remarks))


def record_evidence(actor: Actor, name: str, evidence: Evidence) -> OisRecord:
    """Record what was found on one requirement, by a check or a person."""
    recorded = OisEvidenceRecorded(
        requirement=evidence.requirement,
        requirements_version=evidence.requirements_version,
        passed=evidence.passed,
        found=JsonObject.of(evidence.found),
    )
    return take(actor, name, Step(recorded))


def conclude(actor: Actor, name: str, conclusion: Conclusion, remarks: str | None = None) -> OisRecord:
    """Record a conclusion: the first one, or the one that renews it before it runs out.

    A positive one by requirements that want bound tokens (DPoP) makes them required of this OIS by the same decision.
    Any but a negative one names the mandatory requirements that are not met, and a positive one must have none. Raises
    UnknownOis, ActionRefused (RequirementsUnmet among them), CarriedOutLater.
    """
    today = actor.today()
    if conclusion.outcome is ConclusionOutcome.POSITIVE and conclusion.until < today:
        raise ActionRefused(
            f"a conclusion until {conclusion.until} has run out already", remedy="choose a last day that is to come"
        )
    unmet_ids: tuple[str, ...] | None = None
    if conclusion.outcome is not ConclusionOutcome.NEGATIVE:
        with actor.ledger.reader() as reader:
            open_items = unmet(reader, find_ois(reader, name), conclusion.requirements)
        _refuse_unmet(name, conclusion.outcome, open_items)
        unmet_ids = tuple(item.id for item in open_items)
    concluded = OisConcluded(
        number=conclusion.number,
        outcome=conclusion.outcome,
        until=conclusion.until,
        requirements_version=conclusion.requirements.version,
        document=conclusion.document,
        unmet=unmet_ids,
    )
    steps = [Step(concluded, remarks)]
    if conclusion.outcome is ConclusionOutcome.NEGATIVE:
        steps += _suspension(actor, name, f"negative conclusion {conclusion.number}")
    if conclusion.outcome is ConclusionOutcome.POSITIVE:
        steps += _proof(actor, name, conclusion.requirements)
    return take(actor, name, *steps)


def revoke_conclusion(actor: Actor, name: str, reason: str) -> OisRecord:
    """Revoke the conclusion in force; a connected OIS is suspended at once."""
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
    if record.conclusion_outcome is None:
        raise ActionRefused(f"OIS {record.slug} has no conclusion in force", remedy="there is nothing to revoke")
    revoked = Step(OisConclusionRevoked(number=record.conclusion_number), reason)
    return take(actor, name, revoked, *_suspension(actor, name, f"conclusion revoked: {reason}"))


def _refuse_unmet(name: str, outcome: ConclusionOutcome, open_items: Sequence[Requirement]) -> None:
    if outcome is ConclusionOutcome.POSITIVE and open_items:
        raise RequirementsUnmet(
            f"OIS {name}: no positive conclusion, because it is not shown that these are met:"
            f" {', '.join(item.id for item in open_items)}",
            remedy="let the checks run, record what a person found (`provision ois judge`), or conclude with remarks",
        )


def _proof(actor: Actor, name: str, requirements: TechnicalRequirements) -> list[Step]:
    """What an OIS is found to do by the requirements in force, it has to do from then on."""
    item = requirements.item(PROOF_OF_POSSESSION)
    with actor.ledger.reader() as reader:
        is_needless = item is None or not item.mandatory or find_ois(reader, name).proof_required
    why = f"version {requirements.version} of the technical requirements wants bound tokens"
    return [] if is_needless else [Step(OisChanged(proof_required=True), why)]


def _resumption(actor: Actor, name: str, version: str) -> list[Step]:
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
    waits = record.state is OisState.SUSPENDED and record.suspension_reason == NOT_ACCEDED
    if not waits or not record.is_sound(actor.today()):
        return []
    return [Step(OisResumed(), f"it has acceded to version {version} of the agreement")]


def _suspension(actor: Actor, name: str, reason: str) -> list[Step]:
    with actor.ledger.reader() as reader:
        connected = find_ois(reader, name).state is OisState.CONNECTED
    return [Step(OisSuspended(), reason)] if connected else []


def _refuse_other_version(actor: Actor, name: str, version: str) -> None:
    with actor.ledger.reader() as reader:
        record = find_ois(reader, name)
    if record.agreement_submitted != version:
        waits = f"version {record.agreement_submitted} waits" if record.agreement_submitted else "no agreement waits"
        raise ActionRefused(f"OIS {record.slug}: {waits}, not {version}", remedy="look at it again, then decide")
