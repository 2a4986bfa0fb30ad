"""What "my account" shows, worked out from the ledger's records. PURE: no texts, no I/O.

Source: order cl. 4 (base key and API key), cl. 7 and 8 (what ends them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from provisioning.model.base_key_state import BaseKeyStatus
from provisioning.model.events import Event, EventKind
from provisioning.model.identifiers import ClientId
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from provisioning.model.upkeep import ApiKeyPolicy

HISTORY_LINES: Final = 50
"""The newest ones; the whole record is the Administrator's to give out."""


class NextStep(StrEnum):
    """The one thing that the institution has to do now."""

    AWAIT_BASE_KEY = "await-base-key"
    USE_BASE_KEY = "use-base-key"
    ASK_FOR_API_KEY = "ask-for-api-key"
    AWAIT_API_KEY = "await-api-key"
    HAND_TO_OIS = "hand-to-ois"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event, as far as it concerns the institution. `key_number` is set when it is about an API key."""

    at: datetime
    kind: EventKind | str
    key_number: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class KeyTimes:
    """The age of a key's secret, None for one that was never shown or that has ended; its last known use; its end.

    `ends_at` is set when an end is planned; `by_age` says that policy, not a rotation, will bring it.
    """

    age: timedelta | None
    used_at: datetime | None
    ends_at: datetime | None
    by_age: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The account, its API keys (newest first), the next step, and the newest history (newest first)."""

    account: AccountRecord
    keys: tuple[ApiKeyRecord, ...]
    times: Mapping[ClientId, KeyTimes]
    base_key: BaseKeyStatus
    next_step: NextStep
    history: tuple[HistoryLine, ...]

    @property
    def live(self) -> tuple[ApiKeyRecord, ...]:
        """Return the keys that are not over, oldest first: two of them while a rotation is under way."""
        return tuple(key for key in reversed(self.keys) if not key.state.is_over)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the account: its keys, their last uses, its base key, and the events of all of them."""

    keys: Sequence[ApiKeyRecord]
    used: Mapping[ClientId, datetime]
    base_key: BaseKeyStatus
    events: Iterable[Event]


def overview(account: AccountRecord, known: Known, policy: ApiKeyPolicy, now: datetime) -> Overview:
    """Put the page together; events may come in any order."""
    number_of = {str(key.client_id): key.number for key in known.keys}
    newest_first = sorted(known.events, key=lambda event: event.seq, reverse=True)
    return Overview(
        account=account,
        keys=tuple(sorted(known.keys, key=lambda key: key.number, reverse=True)),
        times={key.client_id: key_times(key, known.used.get(key.client_id), policy, now) for key in known.keys},
        base_key=known.base_key,
        next_step=next_step(account.state, {key.state for key in known.keys}),
        history=tuple(
            HistoryLine(event.at, event.kind, number_of.get(event.subject), event.reason)
            for event in newest_first[:HISTORY_LINES]
        ),
    )


def key_times(key: ApiKeyRecord, used_at: datetime | None, policy: ApiKeyPolicy, now: datetime) -> KeyTimes:
    """Return a key's times at `now`. While no end is set, a secret's end by age is what the policy says today."""
    if key.state.is_over or key.revealed_at is None:
        return KeyTimes(None, used_at, None if key.state.is_over else key.ends_at, by_age=False)
    due = None if policy.max_age is None else key.revealed_at + policy.max_age
    return KeyTimes(now - key.revealed_at, used_at, key.ends_at or due, by_age=key.ends_at is None and due is not None)


def next_step(state: AccountState, keys: set[ApiKeyState]) -> NextStep:
    """Return the next step of an account that is not deactivated; a deactivated one never gets to this page."""
    if state is AccountState.CREATED:
        return NextStep.AWAIT_BASE_KEY
    if state is AccountState.INVITED:
        return NextStep.USE_BASE_KEY
    if ApiKeyState.REVEALED in keys:
        return NextStep.HAND_TO_OIS
    return NextStep.ASK_FOR_API_KEY if ApiKeyState.BORN in keys else NextStep.AWAIT_API_KEY
