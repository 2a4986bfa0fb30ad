"""What is taken over from Keycloak when the ledger is the older one: all that is closed, nothing that is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from provisioning.lifecycle.comparison.recovery import Closure, judge_closures
from provisioning.model.identifiers import ClientId, InstitutionId, Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from provisioning.planning.changes import AccountImage
from tests.support.images import KEY, USERNAME, image, key

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECOND = ClientId("api-46-0000001-k2")


def account(state: AccountState = AccountState.ACTIVE) -> dict[Username, AccountRecord]:
    record = AccountRecord(USERNAME, InstitutionId("46-0000001"), 1, False, state, NOW)
    return {USERNAME: record}


def api_key(state: ApiKeyState = ApiKeyState.REVEALED) -> dict[ClientId, ApiKeyRecord]:
    return {KEY: ApiKeyRecord(KEY, USERNAME, 1, state, NOW)}


def judged(found: AccountImage, state: AccountState = AccountState.ACTIVE) -> tuple[Closure, ...]:
    return judge_closures(account(state), api_key(), {USERNAME: found})


def test_what_is_open_in_both_is_left_alone() -> None:
    assert judged(image()) == ()


def test_a_key_that_is_closed_in_either_of_its_halves_is_taken_over() -> None:
    for half in ("enabled", "service_enabled"):
        found = image(keys=(key(**{half: False}),))
        assert judged(found) == (Closure(USERNAME, (KEY,), (), locked=False),)


def test_a_key_that_the_ledger_does_not_know_is_ended_even_when_it_is_live() -> None:
    found = image(keys=(key(enabled=False), key(SECOND)))
    assert judged(found) == (Closure(USERNAME, (KEY,), (SECOND,), locked=False),)


def test_a_disabled_login_ends_every_key_whatever_it_looks_like() -> None:
    assert judged(image(enabled=False)) == (Closure(USERNAME, (KEY,), (), locked=True),)


def test_what_the_ledger_has_as_over_is_for_convergence() -> None:
    assert judged(image(), AccountState.DEACTIVATED) == ()
    closed = image(keys=(key(enabled=False),))
    assert judge_closures(account(), api_key(ApiKeyState.CUT_OFF), {USERNAME: closed}) == ()


def test_accounts_that_the_ledger_does_not_know_are_for_apply() -> None:
    stranger = Username("46-0000009")
    assert judge_closures(account(), api_key(), {stranger: replace(image(stranger), enabled=False)}) == ()
