"""What converging finds wrong with OIS and with what keys open. Source: order cl. 5, 6."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from provisioning.lifecycle.comparison.findings import Finding, Wrong, judge_key_scopes, judge_ois
from provisioning.model.identifiers import ClientId, InstitutionId, Username
from provisioning.model.key_scopes import KeyScopes, key_scopes
from provisioning.model.ois import MandateRecord, MandateState, OisRecord, OisState, Slug
from provisioning.model.records import AccountRecord, AccountState, ApiKeyRecord, ApiKeyState
from provisioning.planning.changes import AccountImage, KeyImage

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAME, KEY, SLUG, CLIENT = Username("46-0000001"), ClientId("api-46-0000001-k1"), Slug("diary"), ClientId("ois-diary")
ACCOUNT = AccountRecord(NAME, InstitutionId("46-0000001"), 1, False, AccountState.ACTIVE, NOW)
API_KEY = ApiKeyRecord(KEY, NAME, 1, ApiKeyState.REVEALED, NOW)
MANDATE = MandateRecord(
    id="46-0000001.diary.1",
    username=NAME,
    ois=SLUG,
    rights=("students.read", "staff.read"),
    contract_number="1",
    contract_date=date(2026, 11, 1),
    state=MandateState.GRANTED,
    granted_at=NOW,
)
OPEN: KeyScopes = {"ois-diary": ("staff.read", "students.read")}
FOREIGN, LOST = Wrong.SCOPE_FOREIGN, Wrong.SCOPE_LOST


def found(
    opens: KeyScopes,
    account: AccountRecord = ACCOUNT,
    key: ApiKeyRecord = API_KEY,
    mandates: tuple[MandateRecord, ...] = (MANDATE,),
) -> list[Wrong]:
    images = {NAME: AccountImage(NAME, True, "", {}, (KeyImage(KEY, True, True, {}, frozenset(), opens=opens),))}
    return [finding.wrong for finding in judge_key_scopes({NAME: account}, {KEY: key}, mandates, images)]


def test_a_key_opens_what_standing_mandates_and_direct_use_say() -> None:
    assert key_scopes(ACCOUNT, [MANDATE]) == OPEN
    assert key_scopes(replace(ACCOUNT, direct_use=True), []) == {"direct-use": ()}
    assert key_scopes(ACCOUNT, [replace(MANDATE, state=MandateState.WITHDRAWN)]) == {}
    assert key_scopes(replace(ACCOUNT, state=AccountState.DEACTIVATED, direct_use=True), [MANDATE]) == {}
    assert key_scopes(None, [MANDATE]) == {}


@pytest.mark.parametrize(
    ("opens", "wrong"),
    [
        (OPEN, []),
        ({}, [LOST]),
        ({"ois-diary": ("staff.read",)}, [LOST]),
        ({"ois-diary": ("finance.read", "staff.read", "students.read")}, [FOREIGN]),
        ({**OPEN, "ois-other": ()}, [FOREIGN]),
        ({**OPEN, "direct-use": ()}, [FOREIGN]),
        ({"central-db": ()}, [FOREIGN]),
    ],
)
def test_a_key_that_opens_more_or_less_is_found(opens: KeyScopes, wrong: list[Wrong]) -> None:
    assert found(opens) == wrong


def test_what_a_dead_key_or_account_would_open_is_no_finding() -> None:
    assert found({"ois-other": ()}, key=replace(API_KEY, state=ApiKeyState.CUT_OFF)) == []
    assert found({"ois-other": ()}, account=replace(ACCOUNT, state=AccountState.DEACTIVATED)) == []
    assert found({"ois-other": ()}, mandates=()) == [FOREIGN]


def ois(state: OisState) -> OisRecord:
    return OisRecord(SLUG, "Щоденник", "ТОВ", "14360570", "https://x.example", state, (), NOW, changed_seq=7)


@pytest.mark.parametrize(
    ("state", "differences", "wrong"),
    [
        (OisState.CONNECTED, (), None),
        (OisState.CONNECTED, None, Wrong.OIS_LOST),
        (OisState.CONNECTED, ("enabled",), Wrong.OIS_STOPPED),
        (OisState.CONNECTED, ("attributes.jwks.string",), Wrong.OIS_ALTERED),
        (OisState.CONNECTED, ("enabled", "rights"), Wrong.OIS_ALTERED),
        (OisState.SUSPENDED, (), None),
        (OisState.SUSPENDED, ("enabled",), Wrong.OIS_LIVE),
        (OisState.SUSPENDED, ("rights",), Wrong.OIS_ALTERED),
        (OisState.TERMINATED, ("enabled", "rights"), Wrong.OIS_LIVE),
        (OisState.TERMINATED, None, Wrong.OIS_LOST),
    ],
)
def test_every_way_an_ois_can_differ(state: OisState, differences: tuple[str, ...] | None, wrong: Wrong | None) -> None:
    findings = judge_ois({SLUG: ois(state)}, {CLIENT: differences}, [CLIENT])
    assert findings == (() if wrong is None else (Finding(wrong, CLIENT),))
    assert all(finding.changed_seq == 7 for finding in findings)


def test_a_client_that_only_looks_like_an_ois_is_found() -> None:
    assert judge_ois({}, {}, [ClientId("ois-evil")]) == (Finding(Wrong.OIS_UNKNOWN, "ois-evil"),)
