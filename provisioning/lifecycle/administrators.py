"""Administrators on record: read, recorded by an apply, and new ones approved at the desk by those there are.

A new administrator of `staff.yaml` is proposed by the apply that meets the name. Source: order cl. 2, 12; decision 32.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.proposals import (
    SUBJECT,
    Proposal,
    ProposalState,
    approval,
    expire_proposals,
    find_open,
    proposals,
    record_proposal,
)
from provisioning.model.events import NewEvent
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.decisions import AdministratorProposed, ProposalSupported
from provisioning.model.events.realm import AdministratorsChanged
from provisioning.planning.administrators import Administrators, Admission, Candidate

FIRST: Final = "administrators were taken as the configuration names them: there was nobody to approve them"
"""What an alarm says when a ledger without administrators gets its first."""

LIFESPAN: Final = timedelta(days=30)
"""How long a proposal waits; refused, it is not made again for as long."""

_STAFF: Final = "staff:"


def read_administrators(reader: LedgerReader) -> Administrators:
    """Read who is an administrator, who was approved since, and who was proposed."""
    last = reader.last_told(SUBJECT, AdministratorsChanged)
    changed_at, current = (0, frozenset[str]()) if last is None else (last[0], frozenset(last[1].administrators))
    made = proposals(reader, AdministratorProposed)
    return Administrators(
        current,
        # An approval counts once: who was an administrator in between and is one no more is proposed anew.
        frozenset(_candidate(one) for one in made if one.answer is not None and _is_approved_since(one, changed_at)),
        frozenset(_candidate(one) for one in made if one.state in (ProposalState.OPEN, ProposalState.REFUSED)),
    )


def record_administrators(actor: Actor, admission: Admission) -> None:
    """Record who is an administrator from now on, and propose those who wait. Safe to repeat."""
    if not (admission.is_changed or admission.to_propose):
        return
    expire_proposals(actor)
    with actor.transaction() as transaction:
        if admission.is_changed:
            names = tuple(sorted(admission.administrators))
            transaction.append([NewEvent(AdministratorsChanged(administrators=names), SUBJECT, actor.name)])
        if admission.is_first:
            transaction.append([NewEvent(AlarmRaised(what=FIRST), SUBJECT, actor.name, clause="cl. 3")])
        for member in admission.to_propose:
            proposed = AdministratorProposed(
                username=member.username, email=member.email.lower(), expires_at=actor.now() + LIFESPAN
            )
            record_proposal(actor, transaction, proposed)


def support(actor: Actor, number: int) -> bool:
    """Approve a new administrator; return whether that was the last approval needed.

    Who applied the file may approve too: a name at the command line proves no person. Raises ActionRefused for an
    actor who is no administrator on record or is the one proposed, and for a proposal that is settled or over.
    """
    expire_proposals(actor)
    with actor.transaction() as transaction:
        proposal = find_open(transaction, number, AdministratorProposed)
        known = read_administrators(transaction)
        name = actor.name.removeprefix(_STAFF)
        if name not in known.current or name == proposal.proposed.username:
            raise ActionRefused(
                f"{name} is no administrator on record who could approve {proposal.proposed.username}",
                remedy="an administrator who is on record approves it at the desk",
            )
        if actor.name not in proposal.supporters:
            transaction.append([NewEvent(ProposalSupported(proposal=number), SUBJECT, actor.name)])
        others = {*proposal.supporters, actor.name}
        counted = {one for one in others if one.removeprefix(_STAFF) in known.current}
        is_approved = len(counted) >= known.needed
        if is_approved:
            transaction.append([approval(actor, proposal)])
    return is_approved


def _candidate(proposal: Proposal[AdministratorProposed]) -> Candidate:
    return proposal.proposed.username, proposal.proposed.email


def _is_approved_since(proposal: Proposal[AdministratorProposed], changed_at: int) -> bool:
    is_approved = proposal.state is ProposalState.APPROVED
    return is_approved and proposal.answer is not None and proposal.answer.seq > changed_at
