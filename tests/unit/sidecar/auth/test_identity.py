"""Claims of an ID token become an identity, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning.model.configuration import StaffRole
from provisioning.model.institution import Kind
from sidecar.auth.identity import ClaimsUnusable, Identity
from tests.support import sidecar_people as people

SCHOOL: dict[str, Any] = {
    "sub": "4f0c",
    "preferred_username": "46-0001234",
    "institution_name": "Ліцей № 1",
    "email": "school@example.ua",
    "institution": "46-0001234",
    "kind": "school",
    "sphere": "/00-0000001/46-0000012/46-0001234",
    "roles": ["system-user"],
}
PERSON: dict[str, Any] = {
    "sub": "77aa",
    "preferred_username": "o.koval",
    "given_name": "Олена",
    "family_name": "Коваль",
    "roles": ["administrator", "uma_authorization"],
}


OPERATOR: dict[str, Any] = {
    "sub": "91cd",
    "preferred_username": "operator-diary",
    "institution_name": "Щоденник «Плюс»",
    "ois": "diary",
    "roles": ["ois-operator"],
}


def test_an_operator_has_its_ois_and_no_staff_role_whatever_keycloak_says() -> None:
    who = Identity.from_claims({**OPERATOR, "roles": ["ois-operator", "administrator"]})
    assert (who.ois, who.roles, who.is_account, who.actor) == ("diary", frozenset(), False, "operator:diary")


@pytest.mark.parametrize(
    "changed",
    [
        {"ois": "other"},
        {"ois": None},
        {"roles": []},
        {"roles": ["administrator"]},
        {"preferred_username": "operator-other"},
        {"preferred_username": "operator-"},
        {"preferred_username": "o.koval"},
    ],
)
def test_name_attribute_and_role_must_agree_on_the_ois(changed: dict[str, Any]) -> None:
    assert Identity.from_claims({**OPERATOR, **changed}).ois is None


def test_an_institution_never_runs_an_ois() -> None:
    assert Identity.from_claims({**SCHOOL, "ois": "diary", "roles": ["ois-operator"]}).ois is None


def test_an_account_has_institution_kind_and_superior() -> None:
    who = Identity.from_claims(SCHOOL)
    assert (who.is_account, who.institution, who.kind, who.superior) == (True, "46-0001234", Kind.SCHOOL, "46-0000012")
    assert who.name == "Ліцей № 1"


def test_a_person_has_a_full_name_and_the_roles_we_know() -> None:
    who = Identity.from_claims(PERSON)
    assert (who.is_account, who.name, who.roles) == (False, "Олена Коваль", {StaffRole.ADMINISTRATOR})


def test_the_name_of_an_account_never_carries_staff_roles() -> None:
    assert Identity.from_claims({**SCHOOL, "roles": ["administrator"]}).roles == frozenset()


def test_attributes_do_not_make_a_person_an_institution() -> None:
    assert Identity.from_claims({**SCHOOL, **PERSON}).institution is None


@pytest.mark.parametrize("missing", ["sub", "preferred_username", "institution", "kind", "sphere"])
def test_a_missing_claim_makes_the_token_unusable(missing: str) -> None:
    with pytest.raises(ClaimsUnusable, match=missing):
        Identity.from_claims({name: value for name, value in SCHOOL.items() if name != missing})


@pytest.mark.parametrize(
    ("claim", "value"),
    [("sub", 7), ("preferred_username", ["46-0001234"]), ("kind", "palace"), ("institution", {}), ("email", True)],
)
def test_a_claim_of_the_wrong_type_makes_the_token_unusable(claim: str, value: object) -> None:
    with pytest.raises(ClaimsUnusable, match=claim):
        Identity.from_claims({**SCHOOL, claim: value})


def test_roles_that_are_no_list_make_the_token_unusable() -> None:
    with pytest.raises(ClaimsUnusable, match="roles"):
        Identity.from_claims({**PERSON, "roles": "administrator"})


@pytest.mark.parametrize("who", [people.SCHOOL, people.AUTHORITY, people.ADMINISTRATOR, people.NOBODY])
def test_what_the_session_keeps_is_the_same_identity(who: Identity) -> None:
    assert Identity.from_claims(who.to_session()) == who
