"""An API key, an OIS and a mandate on a real Keycloak: what is exchanged, and what is refused (order cl. 5, 6, 8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provisioning.lifecycle.mandates.granting import Contract, grant
from provisioning.model.ois import Slug
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.third_party import ThirdParty, claims_of, connected

RIGHTS = ("students.read", "students.write", "staff.read")


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(*(school(number) for number in range(1, 9)))
    office.apply()


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    party = ThirdParty(office.realm, Slug("diary"))
    connected(office.operator, party, RIGHTS)
    return party


@pytest.fixture(scope="module")
def other(office: Office) -> ThirdParty:
    party = ThirdParty(office.realm, Slug("other"))
    connected(office.operator, party, RIGHTS)
    return party


def contract(office: Office) -> Contract:
    today = office.operator.now().date()
    return Contract("12/2026", today, today + timedelta(days=30))


def subject_token(office: Office, number: int, key: int = 1) -> str:
    return office.access_token(f"api-46-000000{number}-k{key}", office.reveal(f"46-000000{number}"))


def test_under_a_mandate_the_key_is_exchanged_for_a_token_of_the_central_database(
    office: Office, diary: ThirdParty
) -> None:
    mandate = grant(office.operator, "46-0000001", "diary", contract(office))
    assert office.unfinished() == []
    own = claims_of(subject_token(office, 1))
    assert "central-db" not in own.get("aud", ())
    assert "rights" not in own
    token = diary.exchanged(subject_token(office, 1))
    assert token["azp"] == "ois-diary"
    assert token["sub"] == own["sub"]
    assert token["aud"] == "central-db"
    assert token["preferred_username"] == "service-account-api-46-0000001-k1"
    assert (token["institution"], token["kind"]) == ("46-0000001", "school")
    assert token["sphere"].endswith("/46-0000001")
    assert token["typ"] == "Bearer"
    assert token["jti"]
    assert set(token["rights"]) == set(mandate.rights)
    allowed = {"exp", "iat", "jti", "iss", "aud", "sub", "typ", "azp", "preferred_username", "scope"}
    assert set(token) <= allowed | {"institution", "kind", "sphere", "rights", "acr", "sid", "auth_time"}
