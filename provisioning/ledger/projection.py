"""From events to accounts and API keys. Pure: the same events always give the same records.

Owns what each event means. `project` is total - an event that is in the ledger is a fact, and one that changes nothing
changes nothing - while `objection` is asked before an event is recorded. The way back is closed in both: no event
makes a deactivated account of an institution anything else (order cl. 11).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from ..model.events import Event, EventKind, NewEvent, parse_time
from ..model.identifiers import ClientId, InstitutionId, Username, parse_key_client_id
from ..model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState

ACCOUNT_EVENTS: Final = frozenset(
    {
        EventKind.ACCOUNT_UPDATED,
        EventKind.ACCOUNT_ACTIVATED,
        EventKind.ACCOUNT_DEACTIVATED,
        EventKind.ACCOUNT_REINSTATED,
        EventKind.BASE_KEY_ISSUED,
        EventKind.BASE_KEY_SENT,
        EventKind.BASE_KEY_FAILED,
        EventKind.BASE_KEY_WITHDRAWN,
    }
)
KEY_EVENTS: Final = frozenset(
    {
        EventKind.API_KEY_REVEALED,
        EventKind.API_KEY_REVEAL_VOIDED,
        EventKind.API_KEY_ENDING,
        EventKind.API_KEY_CUT_OFF,
        EventKind.API_KEY_RETIRED,
    }
)


@dataclass(slots=True)
class Projection:
    """Accounts and keys by name: all of them, or those that a batch of events touches."""

    accounts: dict[Username, AccountRecord] = field(default_factory=dict)
    api_keys: dict[ClientId, ApiKeyRecord] = field(default_factory=dict)

    def fold(self, events: Iterable[Event]) -> None:
        """Take the events in, in order."""
        for event in events:
            project(self, event)


def touched(events: Iterable[NewEvent]) -> tuple[set[Username], set[ClientId]]:
    """Names of the records that `project` and `objection` look at for these events."""
    accounts: set[Username] = set()
    keys: set[ClientId] = set()
    for event in events:
        if event.kind in ACCOUNT_EVENTS or event.kind is EventKind.ACCOUNT_CREATED:
            accounts.add(Username(event.subject))
        if event.kind in KEY_EVENTS or event.kind is EventKind.API_KEY_CREATED:
            keys.add(ClientId(event.subject))
        if event.kind is EventKind.API_KEY_CREATED:
            accounts.add(Username(_text(event, "username")))
        if event.kind is EventKind.ACCOUNT_CREATED:
            keys.add(ClientId(_text(event, "client_id")))
    return accounts, keys


def objection(state: Projection, event: NewEvent) -> str | None:
    """Why the event must not be recorded, or None. Asked with the records of `touched` loaded."""
    if event.kind is EventKind.ACCOUNT_CREATED:
        return _objection_to_birth(state, event)
    if event.kind is EventKind.API_KEY_CREATED:
        if ClientId(event.subject) in state.api_keys:
            return f"API key {event.subject} exists already"
        return _unknown_account(state, _text(event, "username"))
    if event.kind in KEY_EVENTS:
        known = ClientId(event.subject) in state.api_keys
        return None if known else f"API key {event.subject} was never created"
    if event.kind is EventKind.ACCOUNT_REINSTATED and _is_institution(state, event.subject):
        return f"account {event.subject} belongs to an institution and is never used again (order cl. 11)"
    return _unknown_account(state, event.subject) if event.kind in ACCOUNT_EVENTS else None


def _objection_to_birth(state: Projection, event: NewEvent) -> str | None:
    if Username(event.subject) in state.accounts:
        return f"account {event.subject} exists already"
    parsed = parse_key_client_id(_text(event, "client_id"))
    if parsed is None or parsed[0] != event.subject:
        return f"account {event.subject} is born with an API key that is not its own"
    return None


def _unknown_account(state: Projection, username: str) -> str | None:
    return None if Username(username) in state.accounts else f"account {username or '?'} was never created"


def _is_institution(state: Projection, username: str) -> bool:
    record = state.accounts.get(Username(username))
    return record is not None and not record.is_authority


def project(state: Projection, event: Event) -> None:
    """Bring `state` up to date with one event. Repeating an event that was just taken in changes nothing."""
    if event.kind is EventKind.ACCOUNT_CREATED:
        _birth(state, event)
    elif event.kind is EventKind.API_KEY_CREATED:
        born = _new_key(ClientId(event.subject), Username(_text(event, "username")), _number(event, "number"), event.at)
        state.api_keys.setdefault(born.client_id, born)
    elif event.kind in KEY_EVENTS:
        key = state.api_keys.get(ClientId(event.subject))
        if key is not None:
            state.api_keys[key.client_id] = _next_key(key, event)
    elif event.kind in ACCOUNT_EVENTS:
        account = state.accounts.get(Username(event.subject))
        if account is not None:
            state.accounts[account.username] = _next_account(account, event)


def _birth(state: Projection, event: Event) -> None:
    account = AccountRecord(
        username=Username(event.subject),
        institution_id=InstitutionId(_text(event, "institution_id")),
        generation=_number(event, "generation"),
        is_authority=event.data.get("is_authority") is True,
        state=AccountState.CREATED,
        created_at=event.at,
        base_key_id=_optional_text(event, "base_key_id"),
    )
    if state.accounts.setdefault(account.username, account) is account:
        key = _new_key(ClientId(_text(event, "client_id")), account.username, 1, event.at)
        state.api_keys.setdefault(key.client_id, key)


def _new_key(client_id: ClientId, username: Username, number: int, at: datetime) -> ApiKeyRecord:
    return ApiKeyRecord(client_id=client_id, username=username, number=number, state=ApiKeyState.BORN, created_at=at)


def _next_account(account: AccountRecord, event: Event) -> AccountRecord:
    if account.state is AccountState.DEACTIVATED:
        return _reinstated(account) if event.kind is EventKind.ACCOUNT_REINSTATED else account
    if event.kind is EventKind.ACCOUNT_ACTIVATED:
        return _activated(account, event)
    if event.kind is EventKind.ACCOUNT_DEACTIVATED:
        return replace(
            account,
            state=AccountState.DEACTIVATED,
            base_key_id=None,
            deactivated_at=event.at,
            deactivation_reason=_optional_text(event, "reason") or event.reason,
            deactivation_document=_optional_text(event, "document"),
        )
    return _with_base_key(account, event)


def _activated(account: AccountRecord, event: Event) -> AccountRecord:
    """Activation uses its own base key up; a replacement that was issued meanwhile stays outstanding."""
    used = event.data.get("base_key_id", account.base_key_id) == account.base_key_id
    return replace(
        account,
        state=AccountState.ACTIVE,
        activated_at=_time(event, "activated_at") or event.at,
        base_key_id=None if used else account.base_key_id,
    )


def _with_base_key(account: AccountRecord, event: Event) -> AccountRecord:
    if event.kind is EventKind.BASE_KEY_ISSUED:
        return replace(account, base_key_id=_optional_text(event, "base_key_id"))
    if event.kind is EventKind.BASE_KEY_WITHDRAWN:
        waiting = AccountState.CREATED if account.state is AccountState.INVITED else account.state
        return replace(account, state=waiting, base_key_id=None)
    # A mail about a base key that was replaced meanwhile invites nobody.
    if event.kind is EventKind.BASE_KEY_SENT and _optional_text(event, "base_key_id") == account.base_key_id:
        invited = AccountState.INVITED if account.state is AccountState.CREATED else account.state
        return replace(account, state=invited, invited_at=event.at)
    return account


def _reinstated(account: AccountRecord) -> AccountRecord:
    """An authority comes back as far as it had come; its base key does not. Source: order cl. 11."""
    if not account.is_authority:
        return account
    state = AccountState.ACTIVE if account.activated_at else AccountState.CREATED
    return replace(account, state=state, deactivated_at=None, deactivation_reason=None, deactivation_document=None)


def _next_key(key: ApiKeyRecord, event: Event) -> ApiKeyRecord:
    if key.state.is_over:
        return key
    match event.kind:
        case EventKind.API_KEY_REVEALED:
            fingerprint = _optional_text(event, "fingerprint")
            return replace(key, state=ApiKeyState.REVEALED, revealed_at=event.at, fingerprint=fingerprint)
        case EventKind.API_KEY_REVEAL_VOIDED:
            return replace(key, state=ApiKeyState.BORN, revealed_at=None, fingerprint=None)
        case EventKind.API_KEY_ENDING:
            return replace(key, ends_at=_time(event, "ends_at"))
        case EventKind.API_KEY_CUT_OFF:
            return replace(key, state=ApiKeyState.CUT_OFF, ended_at=event.at)
        case _:
            return replace(key, state=ApiKeyState.RETIRED, ended_at=event.at)


def _text(event: NewEvent, name: str) -> str:
    value = event.data.get(name)
    return value if isinstance(value, str) else ""


def _optional_text(event: NewEvent, name: str) -> str | None:
    return _text(event, name) or None


def _number(event: NewEvent, name: str) -> int:
    value = event.data.get(name)
    return value if isinstance(value, int) else 1


def _time(event: NewEvent, name: str) -> datetime | None:
    """A time from event data; None when there is none or it cannot be read."""
    try:
        return parse_time(_text(event, name))
    except ValueError:
        return None
