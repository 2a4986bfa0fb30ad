"""What a node has seen ended stays ended, whatever records say later. Source: order cl. 11; docs/security.md row 47."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from provisioning.gate.decision import Allow
from provisioning.gate.reasons import Reason
from provisioning.gate.verdicts import Verdicts
from provisioning.model.ois import MandateState, OisState
from provisioning.model.records import AccountState, ApiKeyState
from tests.support.gate_cases import AUTHORITY, SCHOOL, account, asked, bearer, judged, key, mandate, ois, verdicts

ENDED_ACCOUNT, ENDED_MANDATE = AccountState.DEACTIVATED, MandateState.WITHDRAWN
Told = Callable[[Verdicts], None]


def accounts(state: AccountState, who: str = SCHOOL) -> Told:
    return lambda known: known.take_accounts([account(who, state=state)])


def keys(state: ApiKeyState) -> Told:
    return lambda known: known.take_keys([key(state=state)])


def systems(state: OisState) -> Told:
    return lambda known: known.take_ois([ois(state)])


def mandates(state: MandateState) -> Told:
    return lambda known: known.take_mandates([mandate(state=state)])


def ways(told: Callable[[object], Told], states: object, is_over: Callable[[object], bool]) -> list[tuple[Told, Told]]:
    """Every way from an ended state to one that is none."""
    listed = list(states)  # type: ignore[call-overload]  # an enum
    return [(told(end), told(then)) for end, then in product(listed, listed) if is_over(end) and not is_over(then)]


WAYS = [
    *ways(accounts, AccountState, lambda state: state is ENDED_ACCOUNT),  # type: ignore[arg-type]
    *ways(lambda state: accounts(state, AUTHORITY), AccountState, lambda state: state is ENDED_ACCOUNT),  # type: ignore[arg-type]
    *ways(keys, ApiKeyState, lambda state: state.is_over),  # type: ignore[arg-type, attr-defined]
    *ways(systems, OisState, lambda state: state.is_over),  # type: ignore[arg-type, attr-defined]
    *ways(mandates, MandateState, lambda state: state is ENDED_MANDATE),  # type: ignore[arg-type]
]


def state_of(known: Verdicts) -> tuple[object, ...]:
    return (dict(known.accounts), dict(known.keys), dict(known.ois), dict(known.mandates))


@pytest.mark.parametrize(("end", "then"), WAYS)
def test_no_record_leads_out_of_an_end(end: Told, then: Told) -> None:
    known = verdicts()
    end(known)
    ended = state_of(known)
    assert not known.contradicted
    then(known)
    assert state_of(known) == ended
    assert len(known.contradicted) == 1
    end(known)
    assert not known.contradicted, "the record is right again"


def test_every_kind_of_end_was_tried() -> None:
    assert len(WAYS) == 2 * 3 + 2 * 2 + 2 * 3 + 1


def test_only_an_event_brings_an_authority_back_and_it_brings_no_institution_back() -> None:
    known = verdicts()
    for who in (SCHOOL, AUTHORITY):
        accounts(ENDED_ACCOUNT, who)(known)
    known.take_accounts([account(SCHOOL), account(AUTHORITY)], reinstated={SCHOOL, AUTHORITY})
    assert known.contradicted == {SCHOOL}
    assert judged(known) is Reason.ACCOUNT_DEACTIVATED
    assert isinstance(judged(known, bearer(AUTHORITY), asked()), Allow)


def test_a_record_that_makes_an_authority_of_a_school_does_not_open_the_way_back() -> None:
    known = verdicts()
    known.take_accounts([account(is_authority=True, state=ENDED_ACCOUNT)])
    known.take_accounts([account(is_authority=True)], reinstated={SCHOOL})
    assert judged(known) is Reason.ACCOUNT_DEACTIVATED


def test_the_next_mandate_is_another_one() -> None:
    known = verdicts()
    mandates(ENDED_MANDATE)(known)
    known.take_mandates([mandate(number=2)])
    assert isinstance(judged(known), Allow)


@pytest.mark.parametrize("subject", [SCHOOL, f"api-{SCHOOL}-k1", "ois-shodennyk", f"{SCHOOL}.shodennyk.1"])
def test_what_is_stored_otherwise_than_recorded_is_refused_and_nothing_else(subject: str) -> None:
    known = verdicts()
    known.differing = frozenset({subject})
    assert judged(known) is Reason.RECORD_DIFFERS
    others = judged(known, bearer(AUTHORITY), asked(f"/v1/institutions/{AUTHORITY}/students"))
    assert others is Reason.RECORD_DIFFERS if subject.startswith("ois-") else isinstance(others, Allow)
