"""What "my account" shows, worked out from the ledger's records. PURE: no texts, no I/O.

Source: order cl. 4 (base key and API key), cl. 7 and 8 (what ends them).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from provisioning.model.events import Event, EventKind
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState

HISTORY_LINES: Final = 50
"""The newest ones; the whole record is the Administrator's to give out."""


class NextStep(StrEnum):
    """What the institution has to do now; one at a time."""

    AWAIT_BASE_KEY = "await-base-key"
    USE_BASE_KEY = "use-base-key"
    ASK_FOR_API_KEY = "ask-for-api-key"
    AWAIT_API_KEY = "await-api-key"
    HAND_TO_OIS = "hand-to-ois"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event, as far as it concerns the institution. `key_number` is set when it is about an API key."""

    at: datetime
    kind: EventKind
    key_number: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The account, its API keys (newest first), the next step, and the newest history (newest first)."""

    account: AccountRecord
    keys: tuple[ApiKeyRecord, ...]
    next_step: NextStep
    history: tuple[HistoryLine, ...]

    @property
    def live(self) -> tuple[ApiKeyRecord, ...]:
        """Keys that are not over, oldest first: two of them while a rotation is under way."""
        return tuple(key for key in reversed(self.keys) if not key.state.is_over)


def overview(account: AccountRecord, keys: Sequence[ApiKeyRecord], events: Iterable[Event]) -> Overview:
    """Put the page together; `events` are those of the account and of its keys, in any order."""
    number_of = {str(key.client_id): key.number for key in keys}
    newest_first = sorted(events, key=lambda event: event.seq, reverse=True)
    return Overview(
        account=account,
        keys=tuple(sorted(keys, key=lambda key: key.number, reverse=True)),
        next_step=next_step(account.state, {key.state for key in keys}),
        history=tuple(
            HistoryLine(event.at, event.kind, number_of.get(event.subject), event.reason)
            for event in newest_first[:HISTORY_LINES]
        ),
    )


def next_step(state: AccountState, keys: set[ApiKeyState]) -> NextStep:
    """The next step of an account that is not deactivated; a deactivated one never gets to this page."""
    if state is AccountState.CREATED:
        return NextStep.AWAIT_BASE_KEY
    if state is AccountState.INVITED:
        return NextStep.USE_BASE_KEY
    if ApiKeyState.REVEALED in keys:
        return NextStep.HAND_TO_OIS
    return NextStep.ASK_FOR_API_KEY if ApiKeyState.BORN in keys else NextStep.AWAIT_API_KEY
