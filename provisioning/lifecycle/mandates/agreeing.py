"""Whether an authority above an account may give mandates for it. Off until the account itself switches it on.

Source: order cl. 5: the institution hands its key to an OIS; another decides for it only where it has said so.
"""

from __future__ import annotations

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.lookups import find_account, refuse_unless_allowed
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.records import AccountRecord


def set_authority_grants(actor: Actor, name: str, allowed: bool, reason: str | None = None) -> AccountRecord:
    """Switch it on or off; the account as it is then. What is so already is not recorded again.

    Mandates that were given while it was on stand; the account withdraws them one by one if it wants. Keycloak has
    nothing to follow. Raises UnknownAccount, ActionRefused.
    """
    kind = EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED
    with actor.transaction() as transaction:
        account = find_account(transaction, name)
        refuse_unless_allowed(account, kind)
        if account.authority_grants is not allowed:
            data = {"allowed": allowed}
            transaction.append([NewEvent(kind, account.username, actor.name, "cl. 5", data, reason)])
        return find_account(transaction, account.username)
