"""Lifting the wait of a name after wrong passwords, on record. Source: order cl. 9."""

from __future__ import annotations

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.lookups import find_account, refuse_unless_allowed
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import unlock_task
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.accounts import AccountUnlocked
from provisioning.model.records import AccountRecord


def unlock(actor: Actor, name: str) -> AccountRecord:
    """Have Keycloak count an account's wrong passwords anew. Safe to repeat; each time is on record.

    Raises UnknownAccount, ActionRefused for a deactivated account, CarriedOutLater.
    """
    with actor.transaction() as transaction:
        account = find_account(transaction, name)
        refuse_unless_allowed(account, EventKind.ACCOUNT_UNLOCKED)
        task = unlock_task(account.username)
        transaction.append([NewEvent(AccountUnlocked(), account.username, actor.name)])
        transaction.add_tasks([task])
    carry_out(actor, [task.key], f"account {account.username} is unlocked")
    return account
