"""Events of the two documents of an OIS: agreement, and conclusion with its evidence. Source: order cl. 6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from provisioning.model.events.actors import ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import WhereGiven
from provisioning.model.events.codec_values import JsonObject
from provisioning.model.events.kinds import EventKind
from provisioning.model.ois import ConclusionOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OisAgreementSubmitted(Content):
    """A signed agreement was handed in; `document` is its SHA-256 in hex."""

    KIND = EventKind.OIS_AGREEMENT_SUBMITTED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.APPLICANT, ActorKind.OPERATOR})

    version: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OisAgreementAccepted(Content):
    """The agreement that waited is in force."""

    KIND = EventKind.OIS_AGREEMENT_ACCEPTED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})
    OPENS = True

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OisAgreementReturned(Content):
    """The agreement that waited is returned; the event's reason holds the remarks."""

    KIND = EventKind.OIS_AGREEMENT_RETURNED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OisEvidenceRecorded(Content):
    """What a check or a person found on one technical requirement; `found` never holds a secret."""

    KIND = EventKind.OIS_EVIDENCE_RECORDED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.APPLICANT, ActorKind.OPERATOR, ActorKind.STAFF, ActorKind.SANDBOX})

    requirement: str
    requirements_version: str
    passed: bool
    found: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class OisConcluded(Content):
    """The Administrator's conclusion; `document` is the SHA-256 of the signed text, null when it is kept elsewhere.

    `unmet` are the mandatory requirements that are not shown to be met; a negative conclusion names none.
    """

    KIND = EventKind.OIS_CONCLUDED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})

    number: str
    outcome: ConclusionOutcome
    until: date
    requirements_version: str
    document: str | None
    unmet: WhereGiven[tuple[str, ...]] = None

    @property
    def opens(self) -> bool:
        """Return whether the conclusion is positive."""
        return self.outcome is ConclusionOutcome.POSITIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class OisConclusionRevoked(Content):
    """The conclusion in force is revoked."""

    KIND = EventKind.OIS_CONCLUSION_REVOKED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})

    number: str | None
