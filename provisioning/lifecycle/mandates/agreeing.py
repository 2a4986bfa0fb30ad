"""Whether an authority above an account may give mandates for it. Off until the account itself switches it on.

Source: order cl. 5: the institution hands its key to an OIS; another decides for it only where it has said so.
"""

from __future__ import annotations

from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.lookups import find_account, refuse_unless_allowed
from provisioning.model.events import NewEvent
from provisioning.model.events.accounts import AuthorityGrantsChanged
from provisioning.model.records import AccountRecord


def set_authority_grants(actor: Actor, name: str, allowed: bool, reason: str | None = None) -> AccountRecord:
    """Switch it on or off; the account as it is then. What is so already is not recorded again.

    Mandates that were given while it was on stand; the account withdraws them one by one if it wants. Keycloak has
    nothing to follow. Raises UnknownAccount, ActionRefused.
    """
    switched = AuthorityGrantsChanged(allowed=allowed)
    with actor.transaction() as transaction:
        account = find_account(transaction, name)
        refuse_unless_allowed(account, switched.KIND)
        if account.authority_grants is not allowed:
            transaction.append([NewEvent(switched, account.username, actor.name, reason)])
        return find_account(transaction, account.username)
