"""Four eyes on a deactivation of several accounts: one administrator proposes, another one approves or refuses.

Proposal and answer are events about `realm`, and a proposal's number is its event's. It names the accounts one by one:
what is approved is what was proposed, whatever was added since. Source: order cl. 10, 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.accounts.choosing import select_accounts
from provisioning.lifecycle.accounts.deactivation import (
    Bulk,
    Decided,
    decision_data,
    end_accounts,
    refuse_unless_looked_at,
    refuse_unsound,
)
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.model.events import Event, EventKind, JsonValue, NewEvent, format_time, parse_time
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import Deactivation, DeactivationReason
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
        return ProposalState.OPEN if self.answer is None else _STATES[self.answer.kind]


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
        data: dict[str, JsonValue] = {
            "decision": "deactivation",
            **decision_data(bulk.scope or f"{len(selected.living)} accounts", selected, why),
            "expires_at": format_time(actor.now() + lifespan),
        }
        (event,) = transaction.append([NewEvent(EventKind.DECISION_PROPOSED, SUBJECT, actor.name, "cl. 10", data)])
    return _proposal(event)


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
        approved: dict[str, JsonValue] = {"proposal": number, "proposed_by": proposal.proposed_by}
        return end_accounts(actor, transaction, selected, proposal.why, proposal.scope, approved)


def refuse(actor: Actor, number: int, reason: str) -> Proposal:
    """Decide that nothing ends, and why; the proposer may do so too. Raises ActionRefused."""
    expire_proposals(actor)
    with actor.transaction() as transaction:
        proposal = find_proposal(transaction, number)
        _refuse_unless_open(proposal)
        data: dict[str, JsonValue] = {"proposal": number}
        words = " ".join(reason.split())
        transaction.append([NewEvent(EventKind.DECISION_REFUSED, SUBJECT, actor.name, "cl. 10", data, words or None)])
    return proposal


def expire_proposals(actor: Actor) -> int:
    """Record the end of proposals that were not decided on in time; return how many. Safe to repeat."""
    with actor.ledger.reader() as reader:
        if not _overdue(reader, actor.now()):
            return 0
    with actor.transaction() as transaction:
        overdue = _overdue(transaction, actor.now())
        transaction.append(
            [
                NewEvent(EventKind.DECISION_EXPIRED, SUBJECT, actor.name, "cl. 10", {"proposal": proposal.number})
                for proposal in overdue
            ]
        )
    return len(overdue)


def proposals(reader: LedgerReader) -> tuple[Proposal, ...]:
    """Return every proposal with what became of it, oldest first."""
    kinds = (EventKind.DECISION_PROPOSED, *_ANSWERS)
    proposed: dict[int, Event] = {}
    answers: dict[int, Event] = {}
    for event in reader.events(subject=SUBJECT, kinds=kinds):
        if event.kind is EventKind.DECISION_PROPOSED:
            proposed[event.seq] = event
        elif isinstance(number := event.data.get("proposal"), int):
            answers.setdefault(number, event)
    return tuple(_proposal(event, answers.get(number)) for number, event in proposed.items())


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


def _proposal(event: Event, answer: Event | None = None) -> Proposal:
    data = event.data
    accounts, successors = data["accounts"], data["successors"]
    listed = accounts if isinstance(accounts, Sequence) else ()
    heirs = successors if isinstance(successors, Sequence) else ()
    return Proposal(
        number=event.seq,
        scope=str(data["scope"]),
        accounts=tuple(Username(str(name)) for name in listed),
        why=Deactivation(
            DeactivationReason(str(data["reason"])),
            str(data["document"]),
            date.fromisoformat(str(data["date"])),
            tuple(InstitutionId(str(heir)) for heir in heirs),
        ),
        proposed_by=event.actor,
        at=event.at,
        expires_at=parse_time(str(data["expires_at"])),
        answer=answer,
    )
