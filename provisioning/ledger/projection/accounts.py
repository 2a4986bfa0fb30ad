"""What the events of accounts mean. Pure. Source: order cl. 4, 7, 10, 11."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provisioning.ledger.projection.api_keys import new_key
from provisioning.ledger.projection.state import Projection, Recordable, Touched
from provisioning.model.events import Content, Event
from provisioning.model.events.accounts import (
    AccountActivated,
    AccountCreated,
    AccountDeactivated,
    AccountReinstated,
    AccountUnlocked,
    AccountUpdated,
    AuthorityGrantsChanged,
    DirectUseChanged,
)
from provisioning.model.events.base_keys import BaseKeyFailed, BaseKeyIssued, BaseKeySent, BaseKeyWithdrawn
from provisioning.model.identifiers import Username, parse_key_client_id
from provisioning.model.records import AccountRecord, AccountState
from provisioning.model.text import search_text

EVENTS: Final[frozenset[type[Content]]] = frozenset(
    {
        AccountCreated,
        AccountUpdated,
        AccountActivated,
        AccountDeactivated,
        AccountReinstated,
        AccountUnlocked,
        DirectUseChanged,
        AuthorityGrantsChanged,
        BaseKeyIssued,
        BaseKeySent,
        BaseKeyFailed,
        BaseKeyWithdrawn,
    }
)


def touch(event: Recordable, names: Touched) -> None:
    """Name the account; at birth its first key too."""
    names.accounts.add(event.subject)
    if isinstance(event.content, AccountCreated):
        names.api_keys.add(event.content.client_id)


def objection(state: Projection, event: Recordable) -> str | None:
    """Return why the event must not be recorded, or None."""
    match event.content:
        case AccountCreated() as born:
            return _objection_to_birth(state, event.subject, born)
        case AccountReinstated() if _is_institution(state, event.subject):
            return f"account {event.subject} belongs to an institution and is never used again (order cl. 11)"
        case _:
            return unknown_account(state, event.subject)


def unknown_account(state: Projection, username: str) -> str | None:
    """Return an objection when there is no such account."""
    return None if Username(username) in state.accounts else f"account {username or '?'} was never created"


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    if isinstance(event.content, AccountCreated):
        _birth(state, event, event.content)
        return
    account = state.accounts.get(Username(event.subject))
    if account is not None:
        state.accounts[account.username] = _next_account(account, event)


def _objection_to_birth(state: Projection, username: str, born: AccountCreated) -> str | None:
    if Username(username) in state.accounts:
        return f"account {username} exists already"
    parsed = parse_key_client_id(born.client_id)
    if parsed is None or parsed[0] != username:
        return f"account {username} is born with an API key that is not its own"
    return None


def _is_institution(state: Projection, username: str) -> bool:
    record = state.accounts.get(Username(username))
    return record is not None and not record.is_authority


def _birth(state: Projection, event: Event, born: AccountCreated) -> None:
    account = AccountRecord(
        username=Username(event.subject),
        institution_id=born.institution_id,
        generation=born.generation,
        is_authority=born.is_authority,
        state=AccountState.CREATED,
        created_at=event.at,
        base_key_id=born.base_key_id or None,
    )
    account = _described(account, born)
    if state.accounts.setdefault(account.username, account) is account:
        key = new_key(born.client_id, account.username, 1, event.at)
        state.api_keys.setdefault(key.client_id, key)


def _next_account(account: AccountRecord, event: Event) -> AccountRecord:
    if account.state is AccountState.DEACTIVATED:
        return _reinstated(account) if isinstance(event.content, AccountReinstated) else account
    match event.content:
        case AccountActivated() as activated:
            # Activation uses the base key up.
            at = activated.activated_at.at or event.at
            return replace(account, state=AccountState.ACTIVE, activated_at=at, base_key_id=None)
        case AccountDeactivated() as ended:
            return _deactivated(account, event, ended)
        case AccountUpdated() as updated:
            return _described(account, updated)
        case DirectUseChanged() | AuthorityGrantsChanged() as switched:
            return _switched(account, switched)
        case _:
            return _with_base_key(account, event)


def _switched(account: AccountRecord, switched: DirectUseChanged | AuthorityGrantsChanged) -> AccountRecord:
    if isinstance(switched, DirectUseChanged):
        return replace(account, direct_use=switched.allowed)
    return replace(account, authority_grants=switched.allowed)


def _deactivated(account: AccountRecord, event: Event, ended: AccountDeactivated) -> AccountRecord:
    return replace(
        account,
        state=AccountState.DEACTIVATED,
        base_key_id=None,
        direct_use=False,
        authority_grants=False,
        deactivated_at=event.at,
        deactivation_reason=ended.reason.value,
        deactivation_document=ended.document or None,
    )


def _described(account: AccountRecord, told: AccountCreated | AccountUpdated) -> AccountRecord:
    """Describe the institution as the event does; what events of earlier programs do not tell stays as it was."""
    name = account.name if told.name is None else told.name
    edrpou = account.edrpou if told.edrpou is None else told.edrpou
    edebo_id = account.edebo_id if told.edebo_id is None else told.edebo_id
    katottg = account.katottg if told.katottg is None else told.katottg
    email = account.email if told.email is None else told.email
    return replace(
        account,
        kind=account.kind if told.kind is None else told.kind.value,
        sphere=account.sphere if told.sphere is None else told.sphere,
        name=name,
        edrpou=edrpou,
        edebo_id=edebo_id,
        katottg=katottg,
        email=email,
        search=search_text((name, account.institution_id, edrpou, edebo_id, katottg, email)),
    )


def _with_base_key(account: AccountRecord, event: Event) -> AccountRecord:
    match event.content:
        case BaseKeyIssued(base_key_id=issued):
            return replace(account, base_key_id=issued or None)
        case BaseKeyWithdrawn():
            waiting = AccountState.CREATED if account.state is AccountState.INVITED else account.state
            return replace(account, state=waiting, base_key_id=None)
        case BaseKeySent(base_key_id=sent) if sent == account.base_key_id:
            invited = AccountState.INVITED if account.state is AccountState.CREATED else account.state
            return replace(account, state=invited, invited_at=event.at)
        case _:
            # A mail about a base key that was replaced meanwhile invites nobody.
            return account


def _reinstated(account: AccountRecord) -> AccountRecord:
    """An authority comes back as far as it had come; its base key does not. Source: order cl. 11."""
    if not account.is_authority:
        return account
    state = AccountState.ACTIVE if account.activated_at else AccountState.CREATED
    return replace(account, state=state, deactivated_at=None, deactivation_reason=None, deactivation_document=None)
