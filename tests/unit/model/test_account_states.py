"""The life of an account: every state with every event, institutions and authorities apart. Source: order cl. 4, 11."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from provisioning.ledger.projection import Projection, objection, project
from provisioning.model.account_states import ACCOUNT_LIFE, REMEDIES, StateRefusal, next_state
from provisioning.model.events import EventKind, Head, chain
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.records import AccountRecord, AccountState
from tests.support.ledger_events import event_by

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAME = Username("46-0000001")

CREATED, INVITED, ACTIVE, DEAD = AccountState
NEVER, ENDED = StateRefusal.NEVER_AGAIN, StateRefusal.DEACTIVATED
TWICE, ALIVE = StateRefusal.ALREADY_DEACTIVATED, StateRefusal.NOT_DEACTIVATED

#                                created   invited   active   dead institution   dead authority
EXPECTED = {
    EventKind.ACCOUNT_UPDATED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.BASE_KEY_ISSUED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.BASE_KEY_SENT: (INVITED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.BASE_KEY_FAILED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.BASE_KEY_WITHDRAWN: (CREATED, CREATED, ACTIVE, NEVER, ENDED),
    EventKind.ACCOUNT_ACTIVATED: (ACTIVE, ACTIVE, ACTIVE, NEVER, ENDED),
    EventKind.ACCOUNT_DEACTIVATED: (DEAD, DEAD, DEAD, TWICE, TWICE),
    EventKind.ACCOUNT_REINSTATED: (ALIVE, ALIVE, ALIVE, NEVER, CREATED),
    EventKind.ACCOUNT_UNLOCKED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.API_KEY_CREATED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.API_KEY_REVEALED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.ACCOUNT_DIRECT_USE_CHANGED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.ACCOUNT_AUTHORITY_GRANTS_CHANGED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
    EventKind.MANDATE_GRANTED: (CREATED, INVITED, ACTIVE, NEVER, ENDED),
}
COLUMNS = ((CREATED, False), (INVITED, False), (ACTIVE, False), (DEAD, False), (DEAD, True))
DATA = {
    EventKind.BASE_KEY_ISSUED: {"base_key_id": "b" * 32, "email": "a@example.ua"},
    EventKind.BASE_KEY_SENT: {"base_key_id": "b" * 32, "email": "a@example.ua"},
    EventKind.ACCOUNT_ACTIVATED: {"activated_at": "2026-11-24T09:00:00Z"},
    EventKind.ACCOUNT_DEACTIVATED: {"reason": "liquidation", "document": "№ 1", "date": "2026-11-24"},
}
CASES = [
    (event, state, is_authority, outcome)
    for event, row in EXPECTED.items()
    for (state, is_authority), outcome in zip(COLUMNS, row, strict=True)
]


def account(state: AccountState, *, is_authority: bool = False, activated: bool = False) -> AccountRecord:
    return AccountRecord(
        username=NAME,
        institution_id=InstitutionId("46-0000001"),
        generation=1,
        is_authority=is_authority,
        state=state,
        created_at=NOW,
        base_key_id="b" * 32,
        activated_at=NOW if activated or state is ACTIVE else None,
    )


def test_the_table_decides_on_every_kind_about_an_account() -> None:
    about = {kind for kind in EventKind if kind.startswith(("account:", "base-key:"))}
    assert about - set(ACCOUNT_LIFE) == {EventKind.ACCOUNT_CREATED}


def test_the_expectation_covers_every_event_and_every_state() -> None:
    assert set(EXPECTED) == set(ACCOUNT_LIFE)
    assert {state for state, _ in COLUMNS} == set(AccountState)


@pytest.mark.parametrize(("event", "state", "is_authority", "outcome"), CASES)
def test_every_event_in_every_state(
    event: EventKind, state: AccountState, is_authority: bool, outcome: AccountState | StateRefusal
) -> None:
    assert next_state(account(state, is_authority=is_authority), event) is outcome


@pytest.mark.parametrize(("event", "state"), list(product(ACCOUNT_LIFE, (CREATED, INVITED, ACTIVE))))
def test_a_living_authority_is_treated_like_a_living_institution(event: EventKind, state: AccountState) -> None:
    assert next_state(account(state, is_authority=True), event) is next_state(account(state), event)


@pytest.mark.parametrize("event", ACCOUNT_LIFE)
def test_nothing_leads_out_of_a_deactivated_institution(event: EventKind) -> None:
    assert isinstance(next_state(account(DEAD), event), StateRefusal)


def test_a_reinstated_authority_comes_back_as_far_as_it_had_come() -> None:
    reinstated = EventKind.ACCOUNT_REINSTATED
    assert next_state(account(DEAD, is_authority=True, activated=True), reinstated) is ACTIVE
    assert next_state(account(DEAD, is_authority=True), reinstated) is CREATED


@pytest.mark.parametrize(("event", "state", "is_authority", "outcome"), CASES)
def test_the_ledger_s_projection_says_the_same(
    event: EventKind, state: AccountState, is_authority: bool, outcome: AccountState | StateRefusal
) -> None:
    before = account(state, is_authority=is_authority)
    projection = Projection({NAME: before})
    new = event_by("staff:test", event, NAME, DATA.get(event, {}))
    if objection(projection, new) is None:
        (recorded,) = chain(Head(), [new], NOW)
        project(projection, recorded)
    assert projection.accounts[NAME].state is (outcome if isinstance(outcome, AccountState) else state)


def test_every_refusal_says_what_to_do() -> None:
    assert set(REMEDIES) == set(StateRefusal)
    assert all(REMEDIES.values())
