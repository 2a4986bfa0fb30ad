"""Four eyes on a deactivation of several accounts: one administrator proposes, another one approves or refuses.

Proposal and answer are events about `realm`, and a proposal's number is its event's. It names the accounts one by one:
what is approved is what was proposed, whatever was added since. Source: order cl. 10, 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.accounts.choosing import select_accounts
from provisioning.lifecycle.accounts.deactivation import (
    Approved,
    Bulk,
    Decided,
    end_accounts,
    refuse_unless_looked_at,
    refuse_unsound,
)
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.model.events import Event, EventKind, NewEvent
from provisioning.model.events.decisions import (
    DeactivationDecided,
    DeactivationProposed,
    ProposalExpired,
    ProposalRefused,
)
from provisioning.model.identifiers import Username
from provisioning.model.institution import Deactivation
from provisioning.model.upkeep import BulkApproval

SUBJECT: Final = "realm"
_ANSWERS: Final = (EventKind.DECISION_RECORDED, EventKind.DECISION_REFUSED, EventKind.DECISION_EXPIRED)


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed bulk deactivation. `answer` is the event that approved, refused or expired it, None
    while it is open.
    """

    number: int
    scope: str
    accounts: tuple[Username, ...]
    why: Deactivation
    proposed_by: str
    at: datetime
    expires_at: datetime
    answer: Event | None = None

    @property
    def state(self) -> ProposalState:
        return ProposalState.OPEN if self.answer is None else _STATES[EventKind(self.answer.kind)]


_STATES: Final = dict(
    zip(_ANSWERS, (ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.EXPIRED), strict=True)
)


def propose(actor: Actor, names: Sequence[str], why: Deactivation, bulk: Bulk, *, lifespan: timedelta) -> Proposal:
    """Record a proposal; nothing ends by it. Raises UnknownAccount, ActionRefused.

    The same accounts are proposed once at a time: asked for again, the proposal that waits is returned.
    """
    with actor.transaction() as transaction:
        selected = select_accounts(transaction, names)
        if not selected.living:
            raise ActionRefused("all of these accounts are deactivated already", remedy="there is nothing to propose")
        refuse_unless_looked_at(selected, bulk)
        refuse_unsound(transaction, selected, why, actor.today())
        for waiting in proposals(transaction):
            if waiting.state is ProposalState.OPEN and set(waiting.accounts) == set(selected.usernames):
                return waiting
        proposed = DeactivationProposed(
            scope=bulk.scope or f"{len(selected.living)} accounts",
            accounts=selected.usernames,
            reason=why.reason,
            document=why.document,
            date=why.date,
            successors=why.successors,
            expires_at=actor.now() + lifespan,
        )
        (event,) = transaction.append([NewEvent(proposed, SUBJECT, actor.name)])
    return _proposal(event, proposed)


def approve(actor: Actor, number: int, expect: int) -> Decided:
    """Decide as proposed; Keycloak's part is left to `provision watch`. `expect` is the exact number that still lives.

    Raises ActionRefused for one's own proposal, for one that is settled or over, and for another number.
    """
    expire_proposals(actor)
    with actor.transaction() as transaction:
        proposal = find_proposal(transaction, number)
        _refuse_unless_open(proposal)
        if proposal.proposed_by == actor.name:
            raise ActionRefused(
                "nobody approves what they proposed themselves",
                remedy="another administrator must approve it at the desk",
            )
        selected = select_accounts(transaction, proposal.accounts)
        if not selected.living:
            raise ActionRefused("all of these accounts are deactivated already", remedy="refuse the proposal")
        refuse_unless_looked_at(selected, Bulk(expect=expect, approval=BulkApproval.SINGLE))
        approved = Approved(number, proposal.proposed_by)
        return end_accounts(actor, transaction, selected, proposal.why, proposal.scope, approved)


def refuse(actor: Actor, number: int, reason: str) -> Proposal:
    """Decide that nothing ends, and why; the proposer may do so too. Raises ActionRefused."""
    expire_proposals(actor)
    with actor.transaction() as transaction:
        proposal = find_proposal(transaction, number)
        _refuse_unless_open(proposal)
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


def proposals(reader: LedgerReader) -> tuple[Proposal, ...]:
    """Return every proposal with what became of it, oldest first."""
    kinds = (EventKind.DECISION_PROPOSED, *_ANSWERS)
    found: dict[int, Proposal] = {}
    for event in reader.events(subject=SUBJECT, kinds=kinds):
        match event.content:
            case DeactivationProposed() as proposed:
                found[event.seq] = _proposal(event, proposed)
            case (
                DeactivationDecided(proposal=number)
                | ProposalRefused(proposal=number)
                | ProposalExpired(proposal=number)
            ) if number in found and found[number].answer is None:
                found[number] = replace(found[number], answer=event)
    return tuple(found.values())


def open_proposals(reader: LedgerReader, now: datetime) -> tuple[Proposal, ...]:
    """Return the proposals that wait for a decision, oldest first; one whose time has passed is left out before that is
    recorded.
    """
    return tuple(p for p in proposals(reader) if p.state is ProposalState.OPEN and p.expires_at > now)


def find_proposal(reader: LedgerReader, number: int) -> Proposal:
    """Return the proposal with this number. Raises ActionRefused."""
    found = next((proposal for proposal in proposals(reader) if proposal.number == number), None)
    if found is None:
        raise ActionRefused(f"there is no proposal {number}", remedy="the desk lists those that wait")
    return found


def _overdue(reader: LedgerReader, now: datetime) -> list[Proposal]:
    return [p for p in proposals(reader) if p.state is ProposalState.OPEN and p.expires_at <= now]


def _refuse_unless_open(proposal: Proposal) -> None:
    if proposal.state is not ProposalState.OPEN:
        raise ActionRefused(
            f"proposal {proposal.number} is {proposal.state} already", remedy="propose it again if it is still needed"
        )


def _proposal(event: Event, proposed: DeactivationProposed) -> Proposal:
    return Proposal(
        number=event.seq,
        scope=proposed.scope,
        accounts=proposed.accounts,
        why=Deactivation(proposed.reason, proposed.document, proposed.date, proposed.successors),
        proposed_by=event.actor,
        at=event.at,
        expires_at=proposed.expires_at,
    )
