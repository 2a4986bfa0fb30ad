"""Names derived from ids lead back to them, and nothing else is taken for one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.model.identifiers import (
    EDRPOU_PATTERN,
    INSTITUTION_ID_PATTERN,
    KATOTTG_PATTERN,
    InstitutionId,
    Username,
    key_client_id,
    parse_key_client_id,
    parse_username,
    service_account_of,
    username_of,
)

IDS = st.from_regex(r"[0-9]{2}-[0-9]{7}", fullmatch=True).map(InstitutionId)
NUMBERS = st.integers(1, 200)


@given(institution=IDS, generation=NUMBERS)
def test_a_username_leads_back_to_id_and_generation(institution: InstitutionId, generation: int) -> None:
    assert parse_username(username_of(institution, generation)) == (institution, generation)


@given(institution=IDS, generation=NUMBERS, number=NUMBERS)
def test_a_client_id_leads_back_to_account_and_number(institution: InstitutionId, generation: int, number: int) -> None:
    account = username_of(institution, generation)
    assert parse_key_client_id(key_client_id(account, number)) == (account, number)


@given(first=st.tuples(IDS, NUMBERS, NUMBERS), second=st.tuples(IDS, NUMBERS, NUMBERS))
def test_different_keys_have_different_client_ids(first: tuple[str, int, int], second: tuple[str, int, int]) -> None:
    def client(parts: tuple[str, int, int]) -> str:
        return key_client_id(username_of(InstitutionId(parts[0]), parts[1]), parts[2])

    assert (client(first) == client(second)) == (first == second)


def test_the_names_are_those_of_the_documentation() -> None:
    account = username_of(InstitutionId("46-0001234"), 2)
    assert account == "46-0001234-g2"
    assert username_of(InstitutionId("46-0001234"), 1) == "46-0001234"
    assert key_client_id(account, 1) == "api-46-0001234-g2-k1"
    assert service_account_of("api-46-0001234-k1") == "service-account-api-46-0001234-k1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "admin",
        "46-001",
        "46-0001234-g1",
        "46-0001234-g0",
        "46-0001234-g02",
        "46-0001234\n",
        "x46-0001234",
        "４６-0001234",
    ],
)
def test_other_usernames_are_not_ours(text: str) -> None:
    assert parse_username(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "api-46-0001234", "api-46-0001234-k0", "api-46-0001234-k1\n", "ois-46-0001234-k1", "api-46-0001234-g1-k1"],
)
def test_other_client_ids_are_not_ours(text: str) -> None:
    assert parse_key_client_id(text) is None


def test_generations_and_keys_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="starts at 1"):
        username_of(InstitutionId("46-0001234"), 0)
    with pytest.raises(ValueError, match="start at 1"):
        key_client_id(Username("46-0001234"), 0)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (INSTITUTION_ID_PATTERN, "46-0001234", "46-1234"),
        (EDRPOU_PATTERN, "02145719", "2145719"),
        (KATOTTG_PATTERN, "UA46060250010015970", "UA4606025001001597"),
    ],
)
def test_patterns_take_the_shape_and_no_other(pattern: str, good: str, bad: str) -> None:
    assert re.search(pattern, good)
    assert not re.search(pattern, bad)
