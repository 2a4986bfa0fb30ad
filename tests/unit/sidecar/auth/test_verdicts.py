"""The verdict over identity and record, over every state of an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provisioning.model.configuration import StaffRole
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.ois import OisRecord, OisState, Slug
from provisioning.model.records import AccountRecord, AccountState
from sidecar.auth.identity import Identity
from sidecar.auth.verdicts import as_recorded, verdict
from sidecar.frame.refusals import Refusal
from tests.support import sidecar_names as names
from tests.support import sidecar_people as people

RECORD = AccountRecord(
    username=people.SCHOOL.username,
    institution_id=InstitutionId("46-0001234"),
    generation=1,
    is_authority=False,
    state=AccountState.ACTIVE,
    created_at=datetime(2026, 11, 1, tzinfo=UTC),
)


@pytest.mark.parametrize("state", AccountState)
def test_only_deactivation_refuses_an_account_that_the_ledger_knows(state: AccountState) -> None:
    expected = Refusal.DEACTIVATED if state is AccountState.DEACTIVATED else None
    assert verdict(people.SCHOOL, replace(RECORD, state=state)) is expected


def test_an_account_that_the_ledger_does_not_know_is_refused() -> None:
    assert verdict(people.SCHOOL, None) is Refusal.UNKNOWN_ACCOUNT


def test_a_token_that_names_another_institution_than_the_ledger_is_refused() -> None:
    record = replace(RECORD, institution_id=InstitutionId("46-0005555"))
    assert verdict(people.SCHOOL, record) is Refusal.UNKNOWN_ACCOUNT


def test_the_record_of_another_account_does_not_help() -> None:
    record = replace(RECORD, username=Username("46-0001234-g2"))
    assert verdict(people.SCHOOL, record) is Refusal.UNKNOWN_ACCOUNT


@pytest.mark.parametrize("who", [people.ADMINISTRATOR, people.SUPPORT, people.AUDITOR])
def test_staff_need_a_role_on_record_whatever_keycloak_says(who: Identity) -> None:
    assert verdict(who, who.roles) is None
    assert verdict(who, None) is Refusal.UNKNOWN_ACCOUNT
    others = frozenset(StaffRole) - who.roles
    assert verdict(who, others) is Refusal.UNKNOWN_ACCOUNT
    assert verdict(people.NOBODY, frozenset(StaffRole)) is Refusal.NO_PERSONA


def test_a_role_that_keycloak_has_beyond_the_record_is_not_used() -> None:
    everything = replace(people.SUPPORT, roles=frozenset(StaffRole))
    assert as_recorded(everything, people.SUPPORT.roles) == people.SUPPORT
    assert as_recorded(people.SUPPORT, frozenset(StaffRole)) == people.SUPPORT
    assert as_recorded(people.SCHOOL, RECORD) == people.SCHOOL


def test_somebody_who_is_neither_account_nor_staff_is_refused() -> None:
    assert verdict(people.NOBODY, None) is Refusal.NO_PERSONA


OIS = OisRecord(
    slug=Slug(names.OPERATED),
    name="Щоденник «Плюс»",
    operator="ТОВ «Вигадка»",
    edrpou="02145719",
    site="https://diary.example.ua",
    state=OisState.APPLIED,
    rights=(),
    applied_at=datetime(2026, 11, 1, tzinfo=UTC),
)


@pytest.mark.parametrize("state", OisState)
def test_an_operator_is_admitted_until_its_ois_is_over(state: OisState) -> None:
    expected = Refusal.OIS_ENDED if state in (OisState.REJECTED, OisState.TERMINATED) else None
    assert verdict(people.OPERATOR, replace(OIS, state=state)) is expected


def test_an_operator_without_a_record_or_with_another_ones_is_refused() -> None:
    assert verdict(people.OPERATOR, None) is Refusal.UNKNOWN_ACCOUNT
    assert verdict(people.OPERATOR, RECORD) is Refusal.UNKNOWN_ACCOUNT
    assert verdict(people.OPERATOR, replace(OIS, slug=Slug("other"))) is Refusal.UNKNOWN_ACCOUNT
    assert verdict(people.SCHOOL, OIS) is Refusal.UNKNOWN_ACCOUNT
