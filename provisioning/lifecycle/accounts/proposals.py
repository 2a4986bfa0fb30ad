"""Four eyes on a deactivation of several accounts: one administrator proposes, another one approves.

A proposal names the accounts one by one: what is approved is what was proposed, whatever was added since. Refusing and
expiring are every proposal's (`lifecycle.proposals`). Source: order cl. 10, 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

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
from provisioning.lifecycle.proposals import Proposal, answerable, expire_proposals, open_proposals, record_proposal
from provisioning.model.events.decisions import DeactivationProposed
from provisioning.model.institution import Deactivation
from provisioning.model.upkeep import BulkApproval


def propose(
    actor: Actor, names: Sequence[str], why: Deactivation, bulk: Bulk, *, lifespan: timedelta
) -> Proposal[DeactivationProposed]:
    """Record a proposal; nothing ends by it. Raises UnknownAccount, ActionRefused.

    The same accounts are proposed once at a time: asked for again, the proposal that waits is returned.
    """
    with actor.transaction() as transaction:
        selected = select_accounts(transaction, names)
        if not selected.living:
            raise ActionRefused("all of these accounts are deactivated already", remedy="there is nothing to propose")
        refuse_unless_looked_at(selected, bulk)
        refuse_unsound(transaction, selected, why, actor.today())
        for waiting in open_proposals(transaction, actor.now(), DeactivationProposed):
            if set(waiting.proposed.accounts) == set(selected.usernames):
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
        return record_proposal(actor, transaction, proposed)


def approve(actor: Actor, number: int, expect: int) -> Decided:
    """Decide as proposed; Keycloak's part is left to `provision watch`. `expect` is the exact number that still lives.

    Raises ActionRefused for one's own proposal, for one that is settled or over, and for another number.
    """
    expire_proposals(actor)
    with actor.transaction() as transaction:
        proposal = answerable(actor, transaction, number, DeactivationProposed)
        proposed = proposal.proposed
        selected = select_accounts(transaction, proposed.accounts)
        if not selected.living:
            raise ActionRefused("all of these accounts are deactivated already", remedy="refuse the proposal")
        refuse_unless_looked_at(selected, Bulk(expect=expect, approval=BulkApproval.SINGLE))
        why = Deactivation(proposed.reason, proposed.document, proposed.date, proposed.successors)
        approved = Approved(number, proposal.proposed_by)
        return end_accounts(actor, transaction, selected, why, proposed.scope, approved)
