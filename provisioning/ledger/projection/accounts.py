"""What the events of accounts mean. Pure. Source: order cl. 4, 7, 10, 11."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from provisioning.ledger.projection.api_keys import new_key
from provisioning.ledger.projection.event_data import number, optional_text, text, time
from provisioning.ledger.projection.state import Projection, Touched
from provisioning.model.events import Event, EventKind, NewEvent
from provisioning.model.identifiers import ClientId, InstitutionId, Username, parse_key_client_id
from provisioning.model.records import AccountRecord, AccountState
from provisioning.model.text import search_text

EVENTS: Final = frozenset(
    {
        EventKind.ACCOUNT_CREATED,
        EventKind.ACCOUNT_UPDATED,
        EventKind.ACCOUNT_ACTIVATED,
        EventKind.ACCOUNT_DEACTIVATED,
        EventKind.ACCOUNT_REINSTATED,
        EventKind.ACCOUNT_DIRECT_USE_CHANGED,
        EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED,
        EventKind.BASE_KEY_ISSUED,
        EventKind.BASE_KEY_SENT,
        EventKind.BASE_KEY_FAILED,
        EventKind.BASE_KEY_WITHDRAWN,
    }
)

DESCRIPTION: Final = ("kind", "sphere", "name", "edrpou", "edebo_id", "katottg", "email")
"""What the ledger keeps of an institution beside its account. Source: order cl. 3."""


def touch(event: NewEvent, names: Touched) -> None:
    """The account; at birth its first key too."""
    names.accounts.add(event.subject)
    if event.kind is EventKind.ACCOUNT_CREATED:
        names.api_keys.add(text(event, "client_id"))


def objection(state: Projection, event: NewEvent) -> str | None:
    """Why the event must not be recorded."""
    if event.kind is EventKind.ACCOUNT_CREATED:
        return _objection_to_birth(state, event)
    if event.kind is EventKind.ACCOUNT_REINSTATED and _is_institution(state, event.subject):
        return f"account {event.subject} belongs to an institution and is never used again (order cl. 11)"
    return unknown_account(state, event.subject)


def unknown_account(state: Projection, username: str) -> str | None:
    """An objection when there is no such account."""
    return None if Username(username) in state.accounts else f"account {username or '?'} was never created"


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    if event.kind is EventKind.ACCOUNT_CREATED:
        _birth(state, event)
        return
    account = state.accounts.get(Username(event.subject))
    if account is not None:
        state.accounts[account.username] = _next_account(account, event)


def _objection_to_birth(state: Projection, event: NewEvent) -> str | None:
    if Username(event.subject) in state.accounts:
        return f"account {event.subject} exists already"
    parsed = parse_key_client_id(text(event, "client_id"))
    if parsed is None or parsed[0] != event.subject:
        return f"account {event.subject} is born with an API key that is not its own"
    return None


def _is_institution(state: Projection, username: str) -> bool:
    record = state.accounts.get(Username(username))
    return record is not None and not record.is_authority


def _birth(state: Projection, event: Event) -> None:
    account = AccountRecord(
        username=Username(event.subject),
        institution_id=InstitutionId(text(event, "institution_id")),
        generation=number(event, "generation"),
        is_authority=event.data.get("is_authority") is True,
        state=AccountState.CREATED,
        created_at=event.at,
        base_key_id=optional_text(event, "base_key_id"),
    )
    account = _described(account, event)
    if state.accounts.setdefault(account.username, account) is account:
        key = new_key(ClientId(text(event, "client_id")), account.username, 1, event.at)
        state.api_keys.setdefault(key.client_id, key)


def _next_account(account: AccountRecord, event: Event) -> AccountRecord:
    if account.state is AccountState.DEACTIVATED:
        return _reinstated(account) if event.kind is EventKind.ACCOUNT_REINSTATED else account
    match event.kind:
        case EventKind.ACCOUNT_ACTIVATED:
            return _activated(account, event)
        case EventKind.ACCOUNT_DEACTIVATED:
            return _deactivated(account, event)
        case EventKind.ACCOUNT_UPDATED:
            return _described(account, event)
        case EventKind.ACCOUNT_DIRECT_USE_CHANGED | EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED:
            return _switched(account, event)
        case _:
            return _with_base_key(account, event)


def _switched(account: AccountRecord, event: Event) -> AccountRecord:
    """What an account switches on and off for itself."""
    allowed = event.data.get("allowed") is True
    if event.kind is EventKind.ACCOUNT_DIRECT_USE_CHANGED:
        return replace(account, direct_use=allowed)
    return replace(account, authority_grants=allowed)


def _deactivated(account: AccountRecord, event: Event) -> AccountRecord:
    return replace(
        account,
        state=AccountState.DEACTIVATED,
        base_key_id=None,
        direct_use=False,
        authority_grants=False,
        deactivated_at=event.at,
        deactivation_reason=optional_text(event, "reason") or event.reason,
        deactivation_document=optional_text(event, "document"),
    )


def _described(account: AccountRecord, event: Event) -> AccountRecord:
    """The institution as the event describes it; what it does not name stays as it was."""
    told: dict[str, Any] = {name: text(event, name) for name in DESCRIPTION if name in event.data}
    described = replace(account, **told)
    known_by = (described.name, described.institution_id, described.edrpou, described.edebo_id, described.katottg)
    return replace(described, search=search_text((*known_by, described.email)))


def _activated(account: AccountRecord, event: Event) -> AccountRecord:
    """Activation uses its own base key up; a replacement that was issued meanwhile stays outstanding."""
    used = event.data.get("base_key_id", account.base_key_id) == account.base_key_id
    return replace(
        account,
        state=AccountState.ACTIVE,
        activated_at=time(event, "activated_at") or event.at,
        base_key_id=None if used else account.base_key_id,
    )


def _with_base_key(account: AccountRecord, event: Event) -> AccountRecord:
    if event.kind is EventKind.BASE_KEY_ISSUED:
        return replace(account, base_key_id=optional_text(event, "base_key_id"))
    if event.kind is EventKind.BASE_KEY_WITHDRAWN:
        waiting = AccountState.CREATED if account.state is AccountState.INVITED else account.state
        return replace(account, state=waiting, base_key_id=None)
    # A mail about a base key that was replaced meanwhile invites nobody.
    if event.kind is EventKind.BASE_KEY_SENT and optional_text(event, "base_key_id") == account.base_key_id:
        invited = AccountState.INVITED if account.state is AccountState.CREATED else account.state
        return replace(account, state=invited, invited_at=event.at)
    return account


def _reinstated(account: AccountRecord) -> AccountRecord:
    """An authority comes back as far as it had come; its base key does not. Source: order cl. 11."""
    if not account.is_authority:
        return account
    state = AccountState.ACTIVE if account.activated_at else AccountState.CREATED
    return replace(account, state=state, deactivated_at=None, deactivation_reason=None, deactivation_document=None)
