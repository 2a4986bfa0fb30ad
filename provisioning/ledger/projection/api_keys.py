"""What the events of API keys mean. Pure. Source: order cl. 4, 8."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from provisioning.ledger.projection.state import Projection, Recordable, Touched
from provisioning.model.events import Content, Event
from provisioning.model.events.api_keys import (
    ApiKeyCreated,
    ApiKeyCutOff,
    ApiKeyEnding,
    ApiKeyRetired,
    ApiKeyRevealed,
    ApiKeyRevealVoided,
)
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import ApiKeyRecord, ApiKeyState

EVENTS: Final[frozenset[type[Content]]] = frozenset(
    {ApiKeyCreated, ApiKeyRevealed, ApiKeyRevealVoided, ApiKeyEnding, ApiKeyCutOff, ApiKeyRetired}
)


def touch(event: Recordable, names: Touched) -> None:
    """Name the key; at birth its account too."""
    names.api_keys.add(event.subject)
    if isinstance(event.content, ApiKeyCreated):
        names.accounts.add(event.content.username)


def objection(state: Projection, event: Recordable) -> str | None:
    """Return why the event must not be recorded, or None."""
    known = ClientId(event.subject) in state.api_keys
    if not isinstance(event.content, ApiKeyCreated):
        return None if known else f"API key {event.subject} was never created"
    if known:
        return f"API key {event.subject} exists already"
    username = event.content.username
    return None if username in state.accounts else f"account {username or '?'} was never created"


def project(state: Projection, event: Event) -> None:
    """Take the event in."""
    if isinstance(event.content, ApiKeyCreated):
        born = new_key(ClientId(event.subject), event.content.username, event.content.number, event.at)
        state.api_keys.setdefault(born.client_id, born)
        return
    key = state.api_keys.get(ClientId(event.subject))
    if key is not None:
        state.api_keys[key.client_id] = _next_key(key, event)


def new_key(client_id: ClientId, username: Username, number: int, at: datetime) -> ApiKeyRecord:
    """Return a key as it is born."""
    return ApiKeyRecord(client_id=client_id, username=username, number=number, state=ApiKeyState.BORN, created_at=at)


def _next_key(key: ApiKeyRecord, event: Event) -> ApiKeyRecord:
    if key.state.is_over:
        return key
    match event.content:
        case ApiKeyRevealed(fingerprint=mark):
            return replace(key, state=ApiKeyState.REVEALED, revealed_at=event.at, fingerprint=mark or None)
        case ApiKeyRevealVoided():
            return replace(key, state=ApiKeyState.BORN, revealed_at=None, fingerprint=None)
        case ApiKeyEnding(ends_at=ends_at):
            return replace(key, ends_at=ends_at)
        case ApiKeyCutOff():
            return replace(key, state=ApiKeyState.CUT_OFF, ended_at=event.at)
        case _:
            return replace(key, state=ApiKeyState.RETIRED, ended_at=event.at)
