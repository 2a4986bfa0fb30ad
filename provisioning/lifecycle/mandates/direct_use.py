"""Direct use: whether an account's API keys open the central database without an OIS. Off until switched on.

Source: order cl. 4, 5: the key is for a system that works under a mandate; an institution that has a system of its own
says so.
"""

from __future__ import annotations

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.lookups import find_account, refuse_unless_allowed
from provisioning.lifecycle.mandates.ending import key_scopes_tasks
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.accounts import DirectUseChanged
from provisioning.model.records import AccountRecord


def set_direct_use(actor: Actor, name: str, allowed: bool, reason: str | None = None) -> AccountRecord:
    """Switch direct use on or off for every live key of an account; the account as it is then.

    What is so already is not recorded again, but finished in Keycloak. Raises UnknownAccount, ActionRefused,
    CarriedOutLater.
    """
    with actor.transaction() as transaction:
        account = find_account(transaction, name)
        refuse_unless_allowed(account, EventKind.ACCOUNT_DIRECT_USE_CHANGED)
        if account.direct_use is not allowed:
            switched = DirectUseChanged(allowed=allowed)
            transaction.append([NewEvent(switched, account.username, actor.name, reason)])
        tasks = key_scopes_tasks(transaction, [account.username])
        transaction.add_tasks(tasks)
        after = find_account(transaction, account.username)
    words = f"direct use is switched {'on' if allowed else 'off'} for {after.username}"
    carry_out(actor, [task.key for task in tasks], words)
    return after
