"""Events of decisions about many accounts at once, and of what one administrator proposes to another one.

Source: order cl. 5, 6, 10, 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from provisioning.model.events.actors import BY_PROVISIONING, ActorKind
from provisioning.model.events.codec import Content
from provisioning.model.events.codec_fields import LackingInOld, WhereGiven
from provisioning.model.events.kinds import EventKind
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import DeactivationReason
from provisioning.model.ois import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivationDecided(Content):
    """One decision ends these accounts. `scope` says how they were chosen.

    `proposal` and `proposed_by` where it approves what another administrator proposed. Source: order cl. 10.
    """

    KIND = EventKind.DECISION_RECORDED
    CLAUSES = ("cl. 10",)
    ACTORS = frozenset({ActorKind.STAFF})

    decision: Literal["deactivation"] = "deactivation"
    scope: str
    accounts: tuple[Username, ...]
    reason: DeactivationReason
    document: str
    date: date
    successors: LackingInOld[tuple[InstitutionId, ...]]
    proposal: WhereGiven[int] = None
    proposed_by: WhereGiven[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatesBelowDecided(Content):
    """An authority gives mandates for these accounts below it, which agreed; its subject is the authority's account."""

    KIND = EventKind.DECISION_RECORDED
    CLAUSES = ("cl. 5",)
    ACTORS = frozenset({ActorKind.AUTHORITY, ActorKind.STAFF})
    OPENS = True

    decision: Literal["mandates-below"] = "mandates-below"
    ois: Slug
    accounts: tuple[Username, ...]
    rights: tuple[str, ...]
    contract_number: str
    contract_date: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationDecided(Content):
    """An institution that was liquidated or reorganised gets another account; its subject is the account before it.

    `generation` is the number of the account that is allowed. Source: order cl. 11.
    """

    KIND = EventKind.DECISION_RECORDED
    CLAUSES = ("cl. 11",)
    ACTORS = frozenset({ActorKind.STAFF})
    OPENS = True

    decision: Literal["generation"] = "generation"
    generation: int
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivationProposed(Content):
    """One administrator proposes to end these accounts; another one decides until `expires_at`."""

    KIND = EventKind.DECISION_PROPOSED
    CLAUSES = ("cl. 10",)
    ACTORS = frozenset({ActorKind.STAFF})

    decision: Literal["deactivation"] = "deactivation"
    scope: str
    accounts: tuple[Username, ...]
    reason: DeactivationReason
    document: str
    date: date
    successors: tuple[InstitutionId, ...]
    expires_at: datetime


class OisStep(StrEnum):
    """What is proposed for an OIS."""

    CONNECTION = "connection"
    TERMINATION = "termination"


@dataclass(frozen=True, slots=True, kw_only=True)
class OisProposed(Content):
    """One administrator proposes to connect an OIS, with these `rights`, or to end its connection for good.

    Another one decides until `expires_at`.
    """

    KIND = EventKind.DECISION_PROPOSED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})

    decision: Literal["ois"] = "ois"
    step: OisStep
    ois: Slug
    rights: WhereGiven[tuple[str, ...]] = None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorProposed(Content):
    """The configuration names a new administrator: those there are decide until `expires_at`."""

    KIND = EventKind.DECISION_PROPOSED
    CLAUSES = ("cl. 2",)
    ACTORS = BY_PROVISIONING

    decision: Literal["administrator"] = "administrator"
    username: str
    email: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSupported(Content):
    """One of several administrators who must approve has approved the proposal with this number."""

    KIND = EventKind.DECISION_RECORDED
    CLAUSES = ("cl. 2",)
    ACTORS = frozenset({ActorKind.STAFF})

    decision: Literal["support"] = "support"
    proposal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalApproved(Content):
    """The proposal with this number is decided as it was proposed; what follows from it is recorded with this."""

    KIND = EventKind.DECISION_RECORDED
    CLAUSES = ("cl. 6",)
    ACTORS = frozenset({ActorKind.STAFF})

    decision: Literal["approval"] = "approval"
    proposal: int
    proposed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRefused(Content):
    """Nothing happens by the proposal with this number."""

    KIND = EventKind.DECISION_REFUSED
    CLAUSES = ("cl. 10",)
    ACTORS = frozenset({ActorKind.STAFF})

    proposal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalExpired(Content):
    """The proposal with this number was not decided on in time."""

    KIND = EventKind.DECISION_EXPIRED
    CLAUSES = ("cl. 10",)
    ACTORS = BY_PROVISIONING

    proposal: int
