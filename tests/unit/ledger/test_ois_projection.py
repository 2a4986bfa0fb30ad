"""What events mean for OIS and mandates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from provisioning.ledger.projection import Projection, fold, objection, touched
from provisioning.model.calendar import kyiv_day
from provisioning.model.events import EventKind, Head, NewEvent, chain
from provisioning.model.identifiers import Username
from provisioning.model.ois import ConclusionOutcome, MandateRecord, MandateState, OisRecord, OisState, Slug
from tests.support.ledger_events import SCHOOL, START, birth, event, stored
from tests.support.ois_events import MANDATE, OIS, RIGHTS, SLUG, applied, connected, documents, granted, withdrawn

SIGNED = date(2026, 11, 1)


def add_up(*events: NewEvent) -> Projection:
    return fold(chain(Head(), events, START))


def ois(*events: NewEvent) -> OisRecord:
    return add_up(applied(), *events).ois[Slug(SLUG)]


def mandate(*events: NewEvent) -> MandateRecord:
    return add_up(birth(), *connected(), granted(), *events).mandates[MANDATE]


def test_an_application_asks_for_rights_and_has_none() -> None:
    record = ois()
    assert (record.state, record.rights, record.requested_rights) == (OisState.APPLIED, (), RIGHTS)
    assert record.jwks == '{"keys":[{"kid":"1","kty":"EC"}]}'


def test_both_documents_and_a_decision_connect_it() -> None:
    record = ois(*connected()[1:])
    assert (record.state, record.rights, record.agreement_version) == (OisState.CONNECTED, RIGHTS, "1")
    assert (record.conclusion_number, record.conclusion_until) == ("7", date(2027, 11, 20))
    assert record.is_open(kyiv_day(START))
    assert record.changed_seq == 5


@pytest.mark.parametrize("missing", range(1, 3))
def test_a_connection_without_a_document_connects_nothing_even_when_recorded(missing: int) -> None:
    papers = documents()
    del papers[missing]
    assert ois(*papers, event(EventKind.OIS_CONNECTED, OIS, rights=list(RIGHTS))).state is OisState.APPLIED


def test_an_agreement_that_was_returned_leaves_the_one_in_force() -> None:
    second = event(EventKind.OIS_AGREEMENT_SUBMITTED, OIS, version="2")
    returned = event(EventKind.OIS_AGREEMENT_RETURNED, OIS, version="2")
    record = ois(*documents(), second)
    assert (record.agreement_version, record.agreement_submitted) == ("1", "2")
    record = ois(*documents(), second, returned)
    assert (record.agreement_version, record.agreement_submitted) == ("1", None)


def test_remarks_leave_a_positive_conclusion_in_force_and_a_negative_one_or_revocation_ends_it() -> None:
    def concluded(outcome: str) -> NewEvent:
        return event(EventKind.OIS_CONCLUDED, OIS, number="8", outcome=outcome, until="2028-01-01")

    assert ois(*documents(), concluded("remarks")).conclusion_number == "7"
    assert ois(concluded("remarks")).conclusion_outcome is ConclusionOutcome.REMARKS
    assert ois(*documents(), concluded("negative")).conclusion_outcome is ConclusionOutcome.NEGATIVE
    assert ois(*documents(), event(EventKind.OIS_CONCLUSION_REVOKED, OIS)).conclusion_outcome is None
    assert ois(*documents(), concluded("positive")).conclusion_until == date(2028, 1, 1)


def test_suspension_keeps_its_reason_until_resumption() -> None:
    suspended = event(EventKind.OIS_SUSPENDED, OIS, because="витік")
    record = ois(*connected()[1:], suspended)
    assert (record.state, record.suspension_reason) == (OisState.SUSPENDED, "витік")
    record = ois(*connected()[1:], suspended, event(EventKind.OIS_RESUMED, OIS))
    assert (record.state, record.suspension_reason, record.suspended_at) == (OisState.CONNECTED, None, None)


def test_a_change_names_what_it_changes() -> None:
    record = ois(event(EventKind.OIS_CHANGED, OIS, site="https://new.example.ua", networks=["192.0.2.0/24"]))
    assert (record.site, record.networks) == ("https://new.example.ua", ("192.0.2.0/24",))
    assert record.name == "Щоденник"
    assert ois(*connected()[1:], event(EventKind.OIS_CHANGED, OIS, granted=["staff.read"])).rights == ("staff.read",)


def test_a_mandate_stands_from_its_grant_to_its_last_day_or_its_withdrawal() -> None:
    standing = mandate()
    assert (standing.username, standing.ois, standing.rights) == (SCHOOL, SLUG, ("students.read",))
    assert (standing.contract_number, standing.contract_date) == ("12/2026", SIGNED)
    assert standing.stands(date(2026, 12, 31))
    assert not standing.stands(date(2027, 1, 1))
    over = mandate(withdrawn())
    assert (over.state, over.stands(date(2026, 12, 31))) == (MandateState.WITHDRAWN, False)
    assert mandate(withdrawn(), withdrawn()) == over


def test_a_mandate_touches_all_that_decides_on_it() -> None:
    names = touched([granted(number=2)])
    assert names.accounts == {SCHOOL}
    assert names.ois == {SLUG}
    assert names.mandates == {MANDATE, f"{SCHOOL}.{SLUG}.2"}


READY = [birth(), *connected()]
DEAD = event(EventKind.ACCOUNT_DEACTIVATED, reason="liquidation", document="№ 1")


@pytest.mark.parametrize(
    ("before", "refused", "words"),
    [
        ([], applied("ois-Ї"), "not the client id"),
        ([applied()], applied(), "applied already"),
        ([], event(EventKind.OIS_CONNECTED, OIS), "never applied"),
        ([applied()], event(EventKind.OIS_CONNECTED, OIS), "agreement"),
        (READY, event(EventKind.OIS_CONNECTED, OIS), "connected already"),
        (connected(), granted(), "never created"),
        ([birth(), applied()], granted(), "not connected"),
        ([birth()], granted(), "not connected"),
        ([*READY, event(EventKind.OIS_SUSPENDED, OIS)], granted(), "not connected"),
        ([*READY, DEAD], granted(), "deactivated"),
        ([*READY, granted()], granted(), "exists already"),
        ([*READY, granted()], granted(number=2), "still stands"),
        (READY, granted(number=2), "follows on none"),
        (READY, replace(granted(), subject="46-0000002"), "not a mandate of"),
        (READY, withdrawn(), "never granted"),
    ],
)
def test_what_contradicts_the_record_is_objected_to(before: list[NewEvent], refused: NewEvent, words: str) -> None:
    assert words in (objection(add_up(*before), refused) or "")


@pytest.mark.parametrize(
    "allowed", [[granted()], [granted(), withdrawn()], [granted(), withdrawn(), granted(number=2)]], ids=len
)
def test_what_may_follow_is_not_objected_to(allowed: list[NewEvent]) -> None:
    for position, new in enumerate(allowed):
        assert objection(add_up(*READY, *allowed[:position]), new) is None


def test_direct_use_is_off_until_switched_on_and_off_again_after_deactivation() -> None:
    def direct(*events: NewEvent) -> bool:
        return add_up(birth(), *events).accounts[Username(SCHOOL)].direct_use

    on = event(EventKind.ACCOUNT_DIRECT_USE_CHANGED, allowed=True)
    assert not direct()
    assert direct(on)
    assert not direct(on, event(EventKind.ACCOUNT_DIRECT_USE_CHANGED, allowed=False))
    assert not direct(on, DEAD)


def test_kind_sphere_and_name_are_those_last_recorded() -> None:
    born = birth(sphere="/80-0000001/46-0000001", name="Ліцей")
    moved = event(EventKind.ACCOUNT_UPDATED, kind="school", sphere="/80-0000001/46-0000012/46-0000001", name="Ліцей")
    chained = chain(Head(), [born, moved], START)
    old = stored(EventKind.ACCOUNT_UPDATED, '{"changes":[]}')
    record = fold([*chained, old]).accounts[Username(SCHOOL)]
    assert (record.kind, record.sphere, record.name) == ("school", "/80-0000001/46-0000012/46-0000001", "Ліцей")
