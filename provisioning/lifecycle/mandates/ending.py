"""Mandates end: by events in the transaction of whatever ends them, and the work that follows in Keycloak."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.ledger.queries.mandates import mandates_standing
from provisioning.ledger.queries.selection import live_keys_of
from provisioning.lifecycle.tasks.catalogue import bring_key_scopes_task
from provisioning.model.events import NewEvent
from provisioning.model.events.mandates import MandateWithdrawn
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateId, MandateRecord, MandateState
from provisioning.model.records import NewTask


def standing(mandates: Iterable[MandateRecord]) -> list[MandateRecord]:
    """Return those that were not withdrawn, whether or not their last day is past."""
    return [mandate for mandate in mandates if mandate.state is MandateState.GRANTED]


def withdrawal(actor: str, mandate: MandateRecord, reason: str, clause: str) -> NewEvent:
    """Return the event that ends a mandate."""
    withdrawn = MandateWithdrawn(mandate=MandateId(mandate.id), ois=mandate.ois)
    return NewEvent(withdrawn, mandate.username, actor, reason, clause)


def end_mandates(
    actor: str,
    transaction: LedgerTransaction,
    ending: Sequence[MandateRecord],
    reason: str,
    clause: str = "cl. 5",
) -> list[NewTask]:
    """Record the end of these mandates; the tasks to be noted, and carried out, with whatever ends them.

    Those of an account whose record cannot be read are left: nothing is recorded about it, and nothing opens for it.
    """
    ending = transaction.readable(ending, lambda mandate: mandate.username)
    transaction.append([withdrawal(actor, mandate, reason, clause) for mandate in ending])
    return key_scopes_tasks(transaction, {mandate.username for mandate in ending})


def key_scopes_tasks(reader: LedgerReader, usernames: Collection[Username]) -> list[NewTask]:
    """Return the tasks that bring every live key of these accounts to what it may open."""
    live = live_keys_of(reader, usernames)
    return [bring_key_scopes_task(key.client_id) for username in sorted(live) for key in live[username]]


def end_mandates_of_accounts(actor: str, transaction: LedgerTransaction, usernames: Collection[Username]) -> None:
    """Withdraw all mandates of accounts that were just deactivated. Source: order cl. 7.

    There is nothing to be done about them in Keycloak: their keys are dead, and a reinstated authority's keys are
    brought to the ledger before they live again.
    """
    ending = mandates_standing(transaction, usernames)
    transaction.append([withdrawal(actor, mandate, "the account is deactivated", "cl. 7") for mandate in ending])
