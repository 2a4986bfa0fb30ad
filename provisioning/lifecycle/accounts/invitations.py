"""Base keys of single accounts: issued again, replaced, withdrawn (order cl. 4).

A new base key kills the one before it. The link itself is made when the mail is sent.
"""

from __future__ import annotations

from provisioning.keycloak.errors import KeycloakError, KeycloakUnreachable
from provisioning.keycloak.logins import read_login
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_account, refuse_unless_allowed
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import replace_base_key_task
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.base_keys import BaseKeyIssued, BaseKeyWithdrawn
from provisioning.model.records import AccountRecord, AccountState


def invite(actor: Actor, name: str, *, reset: bool = False) -> AccountRecord:
    """Issue a fresh base key and queue its mail to the official e-mail.

    An activated account needs `reset`: its owner sets new credentials with the new link. Where no mail can follow,
    because the account's user is absent or disabled in Keycloak, it is refused. Raises UnknownAccount and
    ActionRefused before anything is recorded, CarriedOutLater when Keycloak does not follow yet.
    """
    with actor.ledger.reader() as reader:
        known = find_account(reader, name)
    refuse_unless_allowed(known, EventKind.BASE_KEY_ISSUED)
    _refuse_without_user(actor, known)
    with actor.transaction() as transaction:
        account = find_account(transaction, name)
        refuse_unless_allowed(account, EventKind.BASE_KEY_ISSUED)
        active = account.state is AccountState.ACTIVE
        if active and not reset:
            raise ActionRefused(
                f"account {account.username} is in use since {account.activated_at:%Y-%m-%d}",
                remedy="add --reset to replace its password and second factor by a new base key",
            )
        base_key_id = actor.new_id()
        issued = BaseKeyIssued(base_key_id=base_key_id, reset=active)
        task = replace_base_key_task(account.username, base_key_id, reset=active)
        transaction.append([NewEvent(issued, account.username, actor.name)])
        transaction.add_tasks([task])
    carry_out(actor, [task.key], f"a new base key of account {account.username} is issued")
    return account


def _refuse_without_user(actor: Actor, account: AccountRecord) -> None:
    """Refuse when no mail can follow. A Keycloak that does not answer is asked again when the mail is sent."""
    if actor.is_at_page:
        _refuse_without_mailbox(actor, account)
        return
    try:
        login = read_login(actor.connection, account.username)
    except KeycloakUnreachable:
        return
    if login is None:
        raise ActionRefused(
            f"account {account.username} has no user in Keycloak, so no mail can follow",
            remedy="run `provision apply`: it makes the user again and sends a fresh base key",
        )
    if not login.enabled or not login.email:
        raise ActionRefused(
            f"the user of account {account.username} {'has no e-mail' if login.enabled else 'is disabled'} in Keycloak,"
            " so no mail can follow",
            remedy=f"see `provision accounts status {account.username}`",
        )


def _refuse_without_mailbox(actor: Actor, account: AccountRecord) -> None:
    """The same by the door, which says no more than this."""
    try:
        follows = actor.door is None or actor.door.has_mailbox(account.username)
    except KeycloakError:
        return
    if not follows:
        raise ActionRefused(
            f"the user of account {account.username} is absent, disabled or without an e-mail in Keycloak, so"
            " no mail can follow",
            remedy=f"see `provision accounts status {account.username}`",
        )


def withdraw(actor: Actor, name: str, reason: str) -> AccountRecord:
    """Withdraw the outstanding base key; a mail that waits is not sent. Raises as `invite` does."""
    with actor.transaction() as transaction:
        account = find_account(transaction, name)
        refuse_unless_allowed(account, EventKind.BASE_KEY_WITHDRAWN)
        if account.base_key_id is None:
            raise ActionRefused(
                f"account {account.username} has no base key outstanding",
                remedy="see `provision accounts status`",
            )
        withdrawn = BaseKeyWithdrawn(base_key_id=account.base_key_id)
        task = replace_base_key_task(account.username, None)
        transaction.append([NewEvent(withdrawn, account.username, actor.name, reason)])
        transaction.add_tasks([task])
    carry_out(actor, [task.key], f"the base key of account {account.username} is withdrawn")
    return account
