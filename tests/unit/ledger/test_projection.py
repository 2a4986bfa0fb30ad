"""What events mean for accounts and API keys."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from provisioning.ledger.projection import Projection, accounts, api_keys, mandates, objection, ois, requests
from provisioning.ledger.projection import fold as add_up
from provisioning.model.events import Event, EventKind, Head, NewEvent, chain, parse_time
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.catalogue import CATALOGUE
from provisioning.model.events.cut_offs import CutOffDecided, CutOffRefused, CutOffRequested
from provisioning.model.events.decisions import (
    AdministratorProposed,
    DeactivationDecided,
    DeactivationProposed,
    GenerationDecided,
    MandatesBelowDecided,
    OisProposed,
    ProposalApproved,
    ProposalExpired,
    ProposalRefused,
    ProposalSupported,
)
from provisioning.model.events.realm import (
    AdministratorsChanged,
    LedgerOpened,
    ProtocolChanged,
    RealmChanged,
    RightsChanged,
    StaffChanged,
)
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from tests.support.ledger_events import SCHOOL, SCHOOL_KEY, START, birth, event

LIFE = (
    event(EventKind.BASE_KEY_SENT, base_key_id="bk-1"),
    event(EventKind.BASE_KEY_ISSUED, base_key_id="bk-2"),
    event(EventKind.BASE_KEY_WITHDRAWN),
    event(EventKind.BASE_KEY_FAILED, base_key_id="bk-1"),
    event(EventKind.ACCOUNT_UPDATED),
    event(EventKind.ACCOUNT_ACTIVATED, activated_at="2026-11-20T09:00:00Z"),
    event(EventKind.ACCOUNT_DEACTIVATED, reason="liquidation", document="№ 12-о", date="2026-11-20"),
    event(EventKind.ACCOUNT_REINSTATED),
)


NO_RECORDS = {
    *(LedgerOpened, RealmChanged, ProtocolChanged, CutOffRequested, CutOffDecided, CutOffRefused, AlarmRaised),
    *(RightsChanged, StaffChanged, AdministratorsChanged, AdministratorProposed, ProposalSupported),
    *(DeactivationDecided, MandatesBelowDecided, GenerationDecided),
    *(DeactivationProposed, OisProposed, ProposalApproved, ProposalRefused, ProposalExpired),
}
"""Types whose events are read from the chain alone."""


def test_a_noun_decides_on_every_type_or_it_is_named_here() -> None:
    decided = [kind for noun in (accounts, api_keys, mandates, ois, requests) for kind in noun.EVENTS]
    assert set(CATALOGUE.types) - set(decided) == NO_RECORDS
    assert len(decided) == len(set(decided))


def fold(*events: NewEvent) -> Projection:
    """Everything these events add up to."""
    return add_up(recorded(*events))


def recorded(*events: NewEvent) -> tuple[Event, ...]:
    return chain(Head(), events, START)


def account(*events: NewEvent, is_authority: bool = False) -> AccountRecord:
    return fold(birth(is_authority=is_authority), *events).accounts[Username(SCHOOL)]


def key(*events: NewEvent) -> ApiKeyRecord:
    return fold(birth(), *events).api_keys[ClientId(SCHOOL_KEY)]


def test_an_account_and_its_first_api_key_are_born_in_one_event() -> None:
    projection = fold(birth())
    assert projection.accounts[Username(SCHOOL)].state is AccountState.CREATED
    assert projection.accounts[Username(SCHOOL)].base_key_id == "bk-1"
    assert projection.api_keys[ClientId(SCHOOL_KEY)] == ApiKeyRecord(
        client_id=ClientId(SCHOOL_KEY), username=Username(SCHOOL), number=1, state=ApiKeyState.BORN, created_at=START
    )


def test_a_sent_base_key_invites_and_only_the_outstanding_one_does() -> None:
    sent = event(EventKind.BASE_KEY_SENT, base_key_id="bk-1")
    assert account(sent).state is AccountState.INVITED
    replaced = event(EventKind.BASE_KEY_ISSUED, base_key_id="bk-2")
    assert account(replaced, sent).state is AccountState.CREATED
    assert account(replaced).base_key_id == "bk-2"


def test_activation_uses_the_base_key_up() -> None:
    activated = event(EventKind.ACCOUNT_ACTIVATED, activated_at="2026-11-20T09:00:00Z")
    done = account(activated)
    assert (done.state, done.base_key_id) == (AccountState.ACTIVE, None)
    assert done.activated_at == parse_time("2026-11-20T09:00:00Z")


def test_a_withdrawn_base_key_leaves_nothing_outstanding() -> None:
    withdrawn = account(event(EventKind.BASE_KEY_SENT, base_key_id="bk-1"), event(EventKind.BASE_KEY_WITHDRAWN))
    assert (withdrawn.state, withdrawn.base_key_id) == (AccountState.CREATED, None)


def test_a_replacement_for_an_active_account_leaves_it_active() -> None:
    again = event(EventKind.BASE_KEY_ISSUED, base_key_id="bk-2"), event(EventKind.BASE_KEY_SENT, base_key_id="bk-2")
    assert account(event(EventKind.ACCOUNT_ACTIVATED), *again).state is AccountState.ACTIVE


def test_deactivation_keeps_reason_and_document() -> None:
    dead = account(event(EventKind.ACCOUNT_DEACTIVATED, reason="liquidation", document="№ 12-о", date="2026-11-20"))
    assert (dead.state, dead.base_key_id) == (AccountState.DEACTIVATED, None)
    assert (dead.deactivation_reason, dead.deactivation_document) == ("liquidation", "№ 12-о")


@pytest.mark.parametrize(
    "way_back", [*itertools.permutations(LIFE, 2)], ids=lambda pair: "+".join(e.kind for e in pair)
)
def test_no_two_events_bring_an_institutions_account_back(way_back: tuple[NewEvent, ...]) -> None:
    """Source: order cl. 11."""
    dead = event(EventKind.ACCOUNT_DEACTIVATED, reason="liquidation", document="№ 12-о")
    assert account(dead, *way_back) == account(dead)


def test_an_authority_is_reinstated_as_far_as_it_had_come() -> None:
    dead, back = event(EventKind.ACCOUNT_DEACTIVATED, reason="cyber-incident"), event(EventKind.ACCOUNT_REINSTATED)
    never_active = account(dead, back, is_authority=True)
    assert (never_active.state, never_active.deactivated_at) == (AccountState.CREATED, None)
    assert account(event(EventKind.ACCOUNT_ACTIVATED), dead, back, is_authority=True).state is AccountState.ACTIVE


def test_an_api_key_lives_from_birth_over_reveal_and_a_planned_end_to_retirement() -> None:
    revealed = event(EventKind.API_KEY_REVEALED, SCHOOL_KEY, fingerprint="ab12")
    ending = event(EventKind.API_KEY_ENDING, SCHOOL_KEY, ends_at="2026-12-01T00:00:00.000000Z")
    assert (key(revealed).state, key(revealed).fingerprint) == (ApiKeyState.REVEALED, "ab12")
    assert key(revealed, ending).ends_at == parse_time("2026-12-01T00:00:00Z")
    assert key(revealed, ending, event(EventKind.API_KEY_RETIRED, SCHOOL_KEY)).state is ApiKeyState.RETIRED


def test_a_reveal_that_showed_nothing_is_void_and_the_key_is_as_it_was_born() -> None:
    revealed = event(EventKind.API_KEY_REVEALED, SCHOOL_KEY, fingerprint="ab12")
    voided = event(EventKind.API_KEY_REVEAL_VOIDED, SCHOOL_KEY, fingerprint="ab12")
    assert key(revealed, voided) == key()


@pytest.mark.parametrize("end", [EventKind.API_KEY_CUT_OFF, EventKind.API_KEY_RETIRED])
@pytest.mark.parametrize("later", [EventKind.API_KEY_REVEALED, EventKind.API_KEY_CUT_OFF, EventKind.API_KEY_RETIRED])
def test_an_api_key_that_is_over_stays_over(end: EventKind, later: EventKind) -> None:
    over = event(end, SCHOOL_KEY)
    assert key(over, event(later, SCHOOL_KEY)) == key(over)
    assert key(over).state.is_over


def test_a_second_key_is_a_new_record() -> None:
    second = event(EventKind.API_KEY_CREATED, f"api-{SCHOOL}-k2", username=SCHOOL, number=2)
    projection = fold(birth(), event(EventKind.API_KEY_CUT_OFF, SCHOOL_KEY), second)
    assert [k.state for k in projection.api_keys.values()] == [ApiKeyState.CUT_OFF, ApiKeyState.BORN]


BIRTHS = {
    EventKind.ACCOUNT_CREATED,
    EventKind.API_KEY_CREATED,
    EventKind.OIS_APPLIED,
    EventKind.MANDATE_GRANTED,
    EventKind.REQUEST_FILED,
}
"""Events that begin something of their own."""


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in BIRTHS])
def test_an_event_about_nobody_changes_nothing(kind: EventKind) -> None:
    assert fold(event(kind, "46-9999999")) == Projection()


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (birth(), "exists already"),
        (replace(birth("46-0000002"), content=birth().content), "not its own"),
        (event(EventKind.ACCOUNT_ACTIVATED, "46-0000009"), "never created"),
        (event(EventKind.API_KEY_REVEALED, "api-46-0000009-k1"), "never created"),
        (event(EventKind.API_KEY_CREATED, SCHOOL_KEY, username=SCHOOL, number=1), "exists already"),
        (event(EventKind.API_KEY_CREATED, "api-46-0000009-k1", username="46-0000009", number=1), "never created"),
        (event(EventKind.ACCOUNT_REINSTATED), "cl. 11"),
    ],
)
def test_what_contradicts_the_record_is_objected_to(refused: NewEvent, words: str) -> None:
    assert words in (objection(fold(birth()), refused) or "")


@pytest.mark.parametrize("allowed", [*LIFE[:-1], birth("46-0000002"), event(EventKind.DECISION_RECORDED, "realm")])
def test_what_may_follow_is_not_objected_to(allowed: NewEvent) -> None:
    assert objection(fold(birth()), allowed) is None
