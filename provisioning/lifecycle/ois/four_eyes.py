"""Four eyes on the connection of an OIS and on its end: one administrator proposes, another one approves at the desk.

A proposal names the OIS, the step and the rights; what is approved is what was proposed. Whether the step is possible
is asked when it is proposed and again when it is approved. Source: order cl. 6, decision 32.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_ois, refuse_unless_possible
from provisioning.lifecycle.ois.connection import granted, record_connection, record_termination
from provisioning.lifecycle.ois.steps import finish
from provisioning.lifecycle.proposals import (
    Proposal,
    answerable,
    approval,
    expire_proposals,
    find_open,
    open_proposals,
    record_proposal,
)
from provisioning.lifecycle.proposals import refuse as refuse_proposal
from provisioning.model.events import EventKind
from provisioning.model.events.decisions import OisProposed, OisStep
from provisioning.model.ois import OisRecord

_EVENTS: Final = {OisStep.CONNECTION: EventKind.OIS_CONNECTED, OisStep.TERMINATION: EventKind.OIS_TERMINATED}


def propose_connection(
    actor: Actor, name: str, rights: Collection[str] | None = None, *, lifespan: timedelta
) -> Proposal[OisProposed]:
    """Propose to connect an OIS that has both documents, with these rights; all that it asked for when None.

    Raises UnknownOis; ActionRefused for a missing document, rights that it did not ask for, or a proposal that waits.
    """
    with actor.transaction() as transaction:
        record = find_ois(transaction, name)
        wanted = granted(record, record.requested_rights if rights is None else rights)
        proposed = OisProposed(
            step=OisStep.CONNECTION, ois=record.slug, rights=wanted, expires_at=actor.now() + lifespan
        )
        return _propose(actor, transaction, record, proposed, None)


def propose_termination(actor: Actor, name: str, reason: str, *, lifespan: timedelta) -> Proposal[OisProposed]:
    """Propose to end a connection for good. Raises UnknownOis, and ActionRefused also when a proposal waits."""
    with actor.transaction() as transaction:
        record = find_ois(transaction, name)
        proposed = OisProposed(step=OisStep.TERMINATION, ois=record.slug, expires_at=actor.now() + lifespan)
        return _propose(actor, transaction, record, proposed, reason)


def approve(actor: Actor, name: str, number: int) -> OisRecord:
    """Decide as proposed and bring Keycloak to it.

    Raises UnknownOis; ActionRefused for one's own proposal, for one that is settled, over or about another OIS, and for
    a step that is no longer possible; CarriedOutLater when it is recorded and Keycloak does not follow yet.
    """
    expire_proposals(actor)
    with actor.transaction() as transaction:
        proposal = answerable(actor, transaction, number, OisProposed)
        proposed = proposal.proposed
        _refuse_about_another(transaction, name, proposal)
        transaction.append([approval(actor, proposal)])
        match proposed.step:
            case OisStep.CONNECTION:
                record, tasks = record_connection(actor, transaction, proposed.ois, proposed.rights or ())
            case OisStep.TERMINATION:
                record, tasks = record_termination(actor, transaction, proposed.ois, proposal.reason or "")
    finish(actor, record, tasks)
    return record


def refuse(actor: Actor, name: str, number: int, reason: str) -> None:
    """Decide that nothing happens, and why; the proposer may do so too.

    Raises UnknownOis; ActionRefused for a proposal that is settled, over or about another OIS.
    """
    with actor.ledger.reader() as reader:
        _refuse_about_another(reader, name, find_open(reader, number, OisProposed))
    refuse_proposal(actor, number, reason, OisProposed)


def _refuse_about_another(reader: LedgerReader, name: str, proposal: Proposal[OisProposed]) -> None:
    if find_ois(reader, name).slug != proposal.proposed.ois:
        raise ActionRefused(
            f"proposal {proposal.number} is not about OIS {name}", remedy="look at the page of the OIS again"
        )


def _propose(
    actor: Actor, transaction: LedgerTransaction, record: OisRecord, proposed: OisProposed, reason: str | None
) -> Proposal[OisProposed]:
    """One proposal at a time for an OIS, so that its page shows what there is to decide."""
    refuse_unless_possible(record, _EVENTS[proposed.step], actor.today())
    waiting = [one for one in open_proposals(transaction, actor.now(), OisProposed) if one.proposed.ois == record.slug]
    if waiting:
        raise ActionRefused(
            f"proposal {waiting[0].number} about OIS {record.slug} waits already",
            remedy="approve or refuse that one first, at the desk",
        )
    return record_proposal(actor, transaction, proposed, reason)
