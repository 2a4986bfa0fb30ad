"""Institutions: account names, comparison, and the closed lists of the order."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import DeactivationReason, Institution, Kind, RightsException, Source

SCHOOL = Institution(id=InstitutionId("46-0001234"), kind=Kind.SCHOOL, name="Ліцей", email="school@example.com")


def test_only_an_authority_is_an_authority() -> None:
    assert [kind for kind in Kind if kind.is_authority] == [Kind.AUTHORITY]


def test_the_reasons_are_those_of_the_order() -> None:
    assert {reason.value for reason in DeactivationReason} == {
        "liquidation",
        "reorganisation",
        "interference",
        "cyber-incident",
    }


def test_the_account_is_named_after_the_generation() -> None:
    assert SCHOOL.username == "46-0001234"
    assert replace(SCHOOL, generation=2).username == "46-0001234-g2"


def test_where_a_record_stands_is_no_difference() -> None:
    assert replace(SCHOOL, source=Source("a.yaml", 5, 3)) == SCHOOL
    assert replace(SCHOOL, name="Гімназія") != SCHOOL


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        SCHOOL.name = "Гімназія"  # type: ignore[misc]  # that is the point


def test_an_exception_without_rights_is_none() -> None:
    assert not RightsException()
    assert RightsException(added=frozenset({"students.read"}))


def test_a_source_prints_as_editors_and_terminals_link_it() -> None:
    assert str(Source("institutions/46-lviv.yaml", 12, 3)) == "institutions/46-lviv.yaml:12:3"
