"""Accounts end, and authorities may come back (order cl. 7, 10, 11).

The verdict is in the ledger before Keycloak is asked: it is in force at once, whatever Keycloak does, and needs no
valid configuration. What Keycloak still has to do waits as a task that this run, `converge` or the next `apply` carries
out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.ledger.queries.endings import recorded_ending
from provisioning.lifecycle.accounts.choosing import Selection, select_accounts
from provisioning.lifecycle.accounts.endings import deactivation_event
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_account, refuse_unless_allowed
from provisioning.lifecycle.mandates.ending import end_mandates_of_accounts
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import close_account_task, reopen_account_task, replace_base_key_task
from provisioning.model.endings import ending_faults
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.accounts import AccountReinstated
from provisioning.model.events.base_keys import BaseKeyIssued
from provisioning.model.events.decisions import DeactivationDecided
from provisioning.model.identifiers import InstitutionId, username_of
from provisioning.model.institution import Deactivation
from provisioning.model.records import AccountRecord
from provisioning.model.upkeep import BulkApproval


@dataclass(frozen=True, slots=True)
class Bulk:
    """A deactivation of several accounts at once, as one decision.

    `scope` says how they were chosen; `expect` is their exact number, without it more than one are refused; `seen` is
    the digest of the selection that was looked at. `approval` is the policy: under four eyes this refuses more than
    one account, and `proposals` is the way.
    """

    scope: str | None = None
    expect: int | None = None
    seen: str | None = None
    approval: BulkApproval = BulkApproval.FOUR_EYES


@dataclass(frozen=True, slots=True)
class Decided:
    """What was recorded. `number` is the event of a bulk's decision; `tasks` are what is left to do in Keycloak."""

    selection: Selection
    number: int | None
    tasks: tuple[str, ...]


def deactivate(actor: Actor, names: Sequence[str], why: Deactivation, bulk: Bulk | None = None) -> Selection:
    """End accounts, in the ledger and in Keycloak.

    Accounts that ended before are left as they are, so it may be repeated. Raises UnknownAccount and ActionRefused
    before anything is recorded, CarriedOutLater when it is recorded and Keycloak does not follow yet.
    """
    decided = record_deactivation(actor, names, why, bulk)
    actor.progress.stage("closing accounts in Keycloak", len(decided.tasks))
    count = len(decided.tasks)
    carry_out(actor, decided.tasks, f"{count} {'account is' if count == 1 else 'accounts are'} deactivated")
    return decided.selection


def record_deactivation(actor: Actor, names: Sequence[str], why: Deactivation, bulk: Bulk | None = None) -> Decided:
    """Return the same without Keycloak's part, which `provision watch` carries out. Raises UnknownAccount,
    ActionRefused.
    """
    bulk = bulk or Bulk()
    with actor.transaction() as transaction:
        selected = select_accounts(transaction, names)
        if selected.living:
            refuse_unless_looked_at(selected, bulk)
            _refuse_without_approval(len(selected.living), bulk.approval)
        return end_accounts(actor, transaction, selected, why, bulk.scope)


@dataclass(frozen=True, slots=True)
class Approved:
    """The proposal that a decision approves, and who proposed it."""

    proposal: int
    proposed_by: str


def end_accounts(
    actor: Actor,
    transaction: LedgerTransaction,
    selected: Selection,
    why: Deactivation,
    scope: str | None,
    approved: Approved | None = None,
) -> Decided:
    """Record the end of these accounts, with one decision when there is a `scope`; `approved` is of the proposal.

    Raises ActionRefused for what the rules of YAML would refuse.
    """
    refuse_unsound(transaction, selected, why, actor.today())
    number = None
    if scope is not None and selected.living:
        decision = DeactivationDecided(
            scope=scope,
            accounts=selected.usernames,
            reason=why.reason,
            document=why.document,
            date=why.date,
            successors=why.successors,
            proposal=None if approved is None else approved.proposal,
            proposed_by=None if approved is None else approved.proposed_by,
        )
        number = transaction.append([NewEvent(decision, "realm", actor.name)])[0].seq
    transaction.append([deactivation_event(record.username, why, actor.name) for record in selected.living])
    end_mandates_of_accounts(actor.name, transaction, selected.usernames)
    # Those that ended before too: their tasks may be what is left of an earlier run.
    pending = {task.key for task in transaction.pending_tasks()}
    left = [key for record in selected.ended if (key := close_account_task(record.username).key) in pending]
    tasks = [close_account_task(username) for username in selected.usernames]
    transaction.add_tasks(tasks)
    return Decided(selected, number, (*(task.key for task in tasks), *left))


def refuse_unless_looked_at(selected: Selection, bulk: Bulk) -> None:
    """Raise ActionRefused unless exactly these were seen in a preview, by their number and, if given, the digest."""
    count = len(selected.living)
    if bulk.expect is None and count > 1:
        raise ActionRefused(
            f"this would deactivate {count} accounts, for good where they are institutions'",
            remedy=f"look at the preview, then add --expect {count}",
        )
    if bulk.expect is not None and count != bulk.expect:
        raise ActionRefused(
            f"{count} accounts would be deactivated, {bulk.expect} were expected",
            remedy="look at the preview again; nothing was recorded",
        )
    if bulk.seen is not None and bulk.seen != selected.digest:
        raise ActionRefused(
            "these are not the accounts that the preview showed: some were added or ended since",
            remedy="look at the preview again; nothing was recorded",
        )


def refuse_unsound(reader: LedgerReader, selected: Selection, why: Deactivation, today: date) -> None:
    """Raise ActionRefused for a deactivation that YAML would not be allowed to repeat. Source: order cl. 10."""
    for record in selected.living:
        earlier = username_of(record.institution_id, record.generation - 1) if record.generation > 1 else None
        before = None if earlier is None else recorded_ending(reader, earlier)
        knows = partial(_knows, reader)
        faults = ending_faults(why, record.institution_id, today, None if before is None else before.date, knows)
        if (fault := next(faults, None)) is not None:
            raise ActionRefused(f"{record.username}: {fault.message}", remedy=f"{fault.remedy}; nothing was recorded")


def _knows(reader: LedgerReader, institution: InstitutionId) -> bool:
    """Whether there ever was an account of this institution."""
    return reader.account(institution) is not None


def reinstate(actor: Actor, name: str, document: str) -> AccountRecord:
    """Open an authority's account again, on a document, with a new base key. Source: order cl. 11.

    Institutions are refused. Its live API keys work again; cut them off if the reason was an incident. Raises
    UnknownAccount, ActionRefused, CarriedOutLater.
    """
    with actor.transaction() as transaction:
        before = find_account(transaction, name)
        refuse_unless_allowed(before, EventKind.ACCOUNT_REINSTATED)
        username, base_key_id = before.username, actor.new_id()
        reset = before.activated_at is not None
        contents = (AccountReinstated(document=document), BaseKeyIssued(base_key_id=base_key_id, reset=reset))
        transaction.append([NewEvent(content, username, actor.name) for content in contents])
        tasks = [reopen_account_task(username), replace_base_key_task(username, base_key_id, reset=reset)]
        transaction.add_tasks(tasks)
        after = transaction.account(username)
    carry_out(actor, [task.key for task in tasks], f"account {username} is reinstated")
    return after or before


def _refuse_without_approval(count: int, approval: BulkApproval) -> None:
    if count > 1 and approval is BulkApproval.FOUR_EYES:
        raise ActionRefused(
            f"{count} accounts are deactivated only when a second administrator approves (four-eyes in realm.yaml)",
            remedy="propose it at the Administrator's desk, where people are known by password and second factor, and"
            " let another administrator approve it there",
        )
