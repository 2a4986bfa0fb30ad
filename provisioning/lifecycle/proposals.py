"""Four eyes: what one administrator proposes another one approves or refuses, and after a while it expires.

Proposal and answer are events about `realm`, and a proposal's number is its event's. What is proposed is the event's
content; its use case records what follows from an approval. Source: order cl. 6, 10, 12; decisions 21 and 32.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.model.events import Event, EventKind, NewEvent
from provisioning.model.events.decisions import (
    AdministratorProposed,
    DeactivationDecided,
    DeactivationProposed,
    OisProposed,
    ProposalApproved,
    ProposalExpired,
    ProposalRefused,
    ProposalSupported,
)

SUBJECT: Final = "realm"
_ANSWERS: Final = (EventKind.DECISION_RECORDED, EventKind.DECISION_REFUSED, EventKind.DECISION_EXPIRED)

Proposed = DeactivationProposed | OisProposed | AdministratorProposed
C = TypeVar("C", bound=Proposed)


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


_STATES: Final = dict(
    zip(_ANSWERS, (ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.EXPIRED), strict=True)
)


@dataclass(frozen=True, slots=True)
class Proposal(Generic[C]):
    """A proposed decision, and why. `answer` is the event that approved, refused or expired it, None while it is
    open; `supporters` have approved it where several must.
    """

    number: int
    proposed: C
    proposed_by: str
    at: datetime
    reason: str | None = None
    answer: Event | None = None
    supporters: tuple[str, ...] = ()

    @property
    def state(self) -> ProposalState:
        return ProposalState.OPEN if self.answer is None else _STATES[EventKind(self.answer.kind)]

    @property
    def expires_at(self) -> datetime:
        return self.proposed.expires_at

    def is_open(self, now: datetime) -> bool:
        """Return whether it waits for an answer; one whose time has passed does not, before that is recorded."""
        return self.state is ProposalState.OPEN and self.expires_at > now


def record_proposal(actor: Actor, transaction: LedgerTransaction, content: C, reason: str | None = None) -> Proposal[C]:
    """Record a proposal; nothing happens by it."""
    (event,) = transaction.append([NewEvent(content, SUBJECT, actor.name, reason)])
    return _proposal(event, content)


def answerable(actor: Actor, transaction: LedgerTransaction, number: int, kind: type[C]) -> Proposal[C]:
    """Return the proposal that this administrator may approve. Raises ActionRefused for one's own, and a settled one.

    `expire_proposals` comes first, in a transaction of its own.
    """
    proposal = find_open(transaction, number, kind)
    if proposal.proposed_by == actor.name:
        raise ActionRefused(
            "nobody approves what they proposed themselves",
            remedy="another administrator must approve it at the desk",
        )
    return proposal


def approval(actor: Actor, proposal: Proposal[C]) -> NewEvent:
    """Return the event that approves a proposal, to be recorded with what follows from it."""
    return NewEvent(ProposalApproved(proposal=proposal.number, proposed_by=proposal.proposed_by), SUBJECT, actor.name)


def refuse(actor: Actor, number: int, reason: str, kind: type[C]) -> Proposal[C]:
    """Decide that nothing happens, and why; the proposer may do so too. Raises ActionRefused."""
    expire_proposals(actor)
    with actor.transaction() as transaction:
        proposal = find_open(transaction, number, kind)
        words = " ".join(reason.split())
        transaction.append([NewEvent(ProposalRefused(proposal=number), SUBJECT, actor.name, words or None)])
    return proposal


def expire_proposals(actor: Actor) -> int:
    """Record the end of proposals that were not decided on in time; return how many. Safe to repeat."""
    with actor.ledger.reader() as reader:
        if not _overdue(reader, actor.now()):
            return 0
    with actor.transaction() as transaction:
        overdue = transaction.readable(_overdue(transaction, actor.now()), lambda proposal: SUBJECT)
        transaction.append([NewEvent(ProposalExpired(proposal=one.number), SUBJECT, actor.name) for one in overdue])
    return len(overdue)


def proposals(reader: LedgerReader, kind: type[C]) -> tuple[Proposal[C], ...]:
    """Return every proposal of this type with what became of it, oldest first."""
    found = _all(reader).values()
    return tuple(one for one in found if isinstance(one.proposed, kind))  # type: ignore[misc]  # narrowed by what is proposed


def open_proposals(reader: LedgerReader, now: datetime, kind: type[C]) -> tuple[Proposal[C], ...]:
    """Return the proposals of this type that wait for a decision, oldest first."""
    return tuple(one for one in proposals(reader, kind) if one.is_open(now))


def find_open(reader: LedgerReader, number: int, kind: type[C]) -> Proposal[C]:
    """Return the proposal with this number. Raises ActionRefused when there is none, or it is settled already."""
    found = next((proposal for proposal in proposals(reader, kind) if proposal.number == number), None)
    if found is None:
        raise ActionRefused(f"there is no proposal {number}", remedy="the desk lists those that wait")
    if found.state is not ProposalState.OPEN:
        raise ActionRefused(f"proposal {number} is {found.state} already", remedy="propose it again if still needed")
    return found


def _all(reader: LedgerReader) -> dict[int, Proposal[Proposed]]:
    found: dict[int, Proposal[Proposed]] = {}
    for event in reader.events(subject=SUBJECT, kinds=(EventKind.DECISION_PROPOSED, *_ANSWERS)):
        match event.content:
            case DeactivationProposed() | OisProposed() | AdministratorProposed() as proposed:
                found[event.seq] = _proposal(event, proposed)
            case ProposalSupported(proposal=number) if number in found:
                known = found[number]
                found[number] = replace(known, supporters=(*known.supporters, event.actor))
            case (
                DeactivationDecided(proposal=number)
                | ProposalApproved(proposal=number)
                | ProposalRefused(proposal=number)
                | ProposalExpired(proposal=number)
            ) if number in found and found[number].answer is None:
                found[number] = replace(found[number], answer=event)
    return found


def _overdue(reader: LedgerReader, now: datetime) -> list[Proposal[Proposed]]:
    return [p for p in _all(reader).values() if p.state is ProposalState.OPEN and p.expires_at <= now]


def _proposal(event: Event, content: C) -> Proposal[C]:
    return Proposal(event.seq, content, event.actor, event.at, event.reason)
