"""The life of an account as one table: which event may happen in which state, and where it leads. Pure.

    state          base key     base key   activated  deactivated   reinstated     key created, revealed,
                   issued       sent                                               mandate granted, …
    created        created      invited    active     deactivated   -              created
    invited        invited      invited    active     deactivated   -              invited
    active         active       active     active     deactivated   -              active
    deactivated    -            -          -          -             as before (*)  -

    (*) only an authority, as far as it had come. For an institution the last row has no way out: order cl. 11.

There is no state "suspended": the order knows no pause, and an institution that may work again gets a new generation
(decision 7). The table is asked before anything is recorded; what recorded events add up to is
`ledger.projection`, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from provisioning.model.events import EventKind
from provisioning.model.records import AccountRecord, AccountState


class StateRefusal(StrEnum):
    """Why an event may not happen, with the way out in `REMEDIES`."""

    NEVER_AGAIN = "the account is deactivated; an institution's account is never used again (order cl. 11)"
    DEACTIVATED = "the account is deactivated"
    ALREADY_DEACTIVATED = "the account is deactivated already; the first decision stands"
    NOT_DEACTIVATED = "the account is not deactivated"


REMEDIES: Final[Mapping[StateRefusal, str]] = {
    StateRefusal.NEVER_AGAIN: "an institution that may work again gets a new `generation` in YAML",
    StateRefusal.DEACTIVATED: "an authority comes back by `provision accounts reinstate`, with a document",
    StateRefusal.ALREADY_DEACTIVATED: "see `provision accounts status`",
    StateRefusal.NOT_DEACTIVATED: "there is nothing to reinstate; see `provision accounts status`",
}


class _AsBefore:
    """Where a reinstated authority comes back to: as far as it had come."""


_CREATED: Final = AccountState.CREATED
_INVITED: Final = AccountState.INVITED
_ACTIVE: Final = AccountState.ACTIVE
_DEAD: Final = AccountState.DEACTIVATED
_AS_BEFORE: Final = _AsBefore()

_Outcome = AccountState | StateRefusal | _AsBefore

ACCOUNT_LIFE: Final = (
    EventKind.ACCOUNT_UPDATED,
    EventKind.BASE_KEY_ISSUED,
    EventKind.BASE_KEY_SENT,
    EventKind.BASE_KEY_FAILED,
    EventKind.BASE_KEY_WITHDRAWN,
    EventKind.ACCOUNT_ACTIVATED,
    EventKind.ACCOUNT_DEACTIVATED,
    EventKind.ACCOUNT_REINSTATED,
    EventKind.ACCOUNT_UNLOCKED,
    EventKind.API_KEY_CREATED,
    EventKind.API_KEY_REVEALED,
    EventKind.ACCOUNT_DIRECT_USE_CHANGED,
    EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED,
    EventKind.MANDATE_GRANTED,
)
"""Events that the table decides on."""


def _row(stays: AccountState, **leads: AccountState) -> dict[EventKind, _Outcome]:
    """A living state: every event leaves it as it is but those named."""
    row: dict[EventKind, _Outcome] = dict.fromkeys(ACCOUNT_LIFE, stays)
    row[EventKind.ACCOUNT_DEACTIVATED] = _DEAD
    row[EventKind.ACCOUNT_REINSTATED] = StateRefusal.NOT_DEACTIVATED
    row[EventKind.ACCOUNT_ACTIVATED] = _ACTIVE
    return row | {EventKind[name.upper()]: state for name, state in leads.items()}


_LIVING: Final[Mapping[AccountState, Mapping[EventKind, _Outcome]]] = {
    _CREATED: _row(_CREATED, base_key_sent=_INVITED),
    _INVITED: _row(_INVITED, base_key_withdrawn=_CREATED),
    _ACTIVE: _row(_ACTIVE),
}

_ENDED_INSTITUTION: Final[Mapping[EventKind, _Outcome]] = {
    **dict.fromkeys(ACCOUNT_LIFE, StateRefusal.NEVER_AGAIN),
    EventKind.ACCOUNT_DEACTIVATED: StateRefusal.ALREADY_DEACTIVATED,
}

_ENDED_AUTHORITY: Final[Mapping[EventKind, _Outcome]] = {
    **dict.fromkeys(ACCOUNT_LIFE, StateRefusal.DEACTIVATED),
    EventKind.ACCOUNT_DEACTIVATED: StateRefusal.ALREADY_DEACTIVATED,
    EventKind.ACCOUNT_REINSTATED: _AS_BEFORE,
}


def next_state(account: AccountRecord, event: EventKind) -> AccountState | StateRefusal:
    """Return the state after `event`, or why it may not happen. Raises KeyError for an event outside `ACCOUNT_LIFE`.

    Source: order cl. 4, 7, 11.
    """
    if account.state is _DEAD:
        outcome = (_ENDED_AUTHORITY if account.is_authority else _ENDED_INSTITUTION)[event]
    else:
        outcome = _LIVING[account.state][event]
    if isinstance(outcome, _AsBefore):
        return _ACTIVE if account.activated_at is not None else _CREATED
    return outcome
