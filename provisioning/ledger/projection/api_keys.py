"""What the events of API keys mean. Pure. Source: order cl. 4, 8."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from provisioning.ledger.projection.event_data import number, optional_text, text, time
from provisioning.ledger.projection.state import Projection, Touched
from provisioning.model.events import Event, EventKind, NewEvent
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import ApiKeyRecord, ApiKeyState

EVENTS: Final = frozenset(
    {
        EventKind.API_KEY_CREATED,
        EventKind.API_KEY_REVEALED,
        EventKind.API_KEY_REVEAL_VOIDED,
        EventKind.API_KEY_ENDING,
        EventKind.API_KEY_CUT_OFF,
        EventKind.API_KEY_RETIRED,
    }
)


def touch(event: NewEvent, names: Touched) -> None:
    """The key; at birth its account too."""
    names.api_keys.add(event.subject)
    if event.kind is EventKind.API_KEY_CREATED:
        names.accounts.add(text(event, "username"))


def objection(state: Projection, event: NewEvent) -> str | None:
    """Why the event must not be recorded."""
    known = ClientId(event.subject) in state.api_keys
    if event.kind is not EventKind.API_KEY_CREATED:
        return None if known else f"API key {event.subject} was never created"
    if known:
        return f"API key {event.subject} exists already"
    username = text(event, "username")
    return None if Username(username) in state.accounts else f"account {username or '?'} was never created"


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    if event.kind is EventKind.API_KEY_CREATED:
        born = new_key(ClientId(event.subject), Username(text(event, "username")), number(event, "number"), event.at)
        state.api_keys.setdefault(born.client_id, born)
        return
    key = state.api_keys.get(ClientId(event.subject))
    if key is not None:
        state.api_keys[key.client_id] = _next_key(key, event)


def new_key(client_id: ClientId, username: Username, number: int, at: datetime) -> ApiKeyRecord:
    """A key as it is born."""
    return ApiKeyRecord(client_id=client_id, username=username, number=number, state=ApiKeyState.BORN, created_at=at)


def _next_key(key: ApiKeyRecord, event: Event) -> ApiKeyRecord:
    if key.state.is_over:
        return key
    match event.kind:
        case EventKind.API_KEY_REVEALED:
            fingerprint = optional_text(event, "fingerprint")
            return replace(key, state=ApiKeyState.REVEALED, revealed_at=event.at, fingerprint=fingerprint)
        case EventKind.API_KEY_REVEAL_VOIDED:
            return replace(key, state=ApiKeyState.BORN, revealed_at=None, fingerprint=None)
        case EventKind.API_KEY_ENDING:
            return replace(key, ends_at=time(event, "ends_at"))
        case EventKind.API_KEY_CUT_OFF:
            return replace(key, state=ApiKeyState.CUT_OFF, ended_at=event.at)
        case _:
            return replace(key, state=ApiKeyState.RETIRED, ended_at=event.at)
