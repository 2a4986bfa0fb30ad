"""What converging finds wrong: everything that is over and live, nothing else. Source: order cl. 7, 8, 11."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from provisioning.lifecycle.comparison.findings import Finding, Wrong, judge
from provisioning.model.identifiers import ClientId, InstitutionId, Username
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from provisioning.planning.changes import AccountImage, KeyImage

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAME, KEY = Username("46-0000001"), ClientId("api-46-0000001-k1")


def record(state: AccountState) -> AccountRecord:
    return AccountRecord(NAME, InstitutionId("46-0000001"), 1, False, state, NOW)


def api_key(state: ApiKeyState) -> ApiKeyRecord:
    return ApiKeyRecord(KEY, NAME, 1, state, NOW)


def image(*, enabled: bool, client: bool, service: bool, key: ClientId = KEY) -> AccountImage:
    return AccountImage(NAME, enabled, "", {}, (KeyImage(key, client, service, {}, frozenset()),))


@pytest.mark.parametrize(
    ("account", "key", "enabled", "client", "service"),
    list(product(AccountState, ApiKeyState, *[(True, False)] * 3)),
)
def test_every_combination(account: AccountState, key: ApiKeyState, enabled: bool, client: bool, service: bool) -> None:
    found = judge(
        {NAME: record(account)}, {KEY: api_key(key)}, {NAME: image(enabled=enabled, client=client, service=service)}
    )
    dead, key_live = account is AccountState.DEACTIVATED, client or service
    expected = []
    if dead and (enabled or key_live):
        expected = [Finding(Wrong.ACCOUNT_LIVE, NAME)]
    elif not dead and key.is_over and key_live:
        expected = [Finding(Wrong.KEY_LIVE, KEY)]
    assert list(found) == expected


@pytest.mark.parametrize(
    ("state", "wrong"), [(AccountState.ACTIVE, Wrong.KEY_UNKNOWN), (AccountState.DEACTIVATED, Wrong.KEY_LIVE)]
)
def test_a_key_that_the_ledger_does_not_know(state: AccountState, wrong: Wrong) -> None:
    images = {NAME: image(enabled=False, client=True, service=True)}
    assert judge({NAME: record(state)}, {}, images) == (Finding(wrong, KEY),)
    closed = {NAME: image(enabled=False, client=False, service=False)}
    assert judge({NAME: record(state)}, {}, closed) == ()


def test_an_account_that_the_ledger_does_not_know_is_left_to_drift() -> None:
    assert judge({}, {}, {NAME: image(enabled=True, client=True, service=True)}) == ()


def test_findings_come_by_name() -> None:
    other = Username("12-0000001")
    images = {NAME: image(enabled=True, client=False, service=False)}
    images[other] = replace(images[NAME], username=other, keys=())
    records = {NAME: record(AccountState.DEACTIVATED)}
    records[other] = replace(records[NAME], username=other)
    assert [finding.subject for finding in judge(records, {}, images)] == [other, NAME]
