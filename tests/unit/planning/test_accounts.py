"""The truth table of accounts, row by row, and the properties every difference has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.model.identifiers import ClientId, Username
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import (
    AccountImage,
    AdoptAccount,
    CreateAccount,
    DeactivateAccount,
    DesiredAccount,
    UpdateAccount,
    Verdict,
)
from tests.support.images import KEY, USERNAME, alive, closed, dead, image, key

FOREIGN = image(ours=False)

TABLE = [
    # desired, ledger, Keycloak → codes of what follows
    (alive(), Verdict.DEAD, None, ["deactivated-for-good"]),
    (alive(), Verdict.DEAD, closed(), ["deactivated-for-good"]),
    (alive(), Verdict.DEAD, image(), ["deactivate again", "deactivated-for-good"]),
    (alive(), Verdict.UNKNOWN, None, ["create"]),
    (alive(), Verdict.ALIVE, None, ["create known"]),
    (alive(), Verdict.ALIVE, image(), []),
    (alive(), Verdict.ALIVE, image(email="old@example.com"), ["update email"]),
    (alive(), Verdict.ALIVE, closed(), ["stopped-by-hand"]),
    (alive(), Verdict.ALIVE, image(keys=(key(enabled=False),)), ["key-stopped-by-hand"]),
    (alive(), Verdict.UNKNOWN, image(), ["adopt"]),
    (alive(), Verdict.UNKNOWN, closed(), ["disabled-without-record"]),
    (dead(), Verdict.ALIVE, image(), ["deactivate"]),
    (dead(), Verdict.ALIVE, closed(), ["deactivate"]),
    (dead(), Verdict.ALIVE, None, ["create known", "deactivate"]),
    (dead(), Verdict.UNKNOWN, None, ["create"]),
    (dead(), Verdict.UNKNOWN, image(), ["adopt", "deactivate"]),
    (dead(), Verdict.DEAD, image(), ["deactivate again"]),
    (dead(), Verdict.DEAD, closed(), []),
    (dead(), Verdict.DEAD, image(enabled=False), ["deactivate again"]),
    (dead(), Verdict.DEAD, None, ["create known"]),
    (alive(), Verdict.UNKNOWN, FOREIGN, ["name-taken"]),
    (dead(), Verdict.ALIVE, FOREIGN, ["name-taken"]),
]


def described(wanted: DesiredAccount, found: AccountImage | None, verdict: Verdict) -> list[str]:
    actual = {} if found is None else {USERNAME: found}
    verdicts = {} if verdict is Verdict.UNKNOWN else {USERNAME: verdict}
    diff = diff_accounts([wanted], actual, verdicts)
    words = [_word(change) for change in diff.changes]
    return words + [r.code for r in diff.refusals] + [a.code for a in diff.attentions]


def _word(change: object) -> str:
    match change:
        case CreateAccount():
            return "create known" if change.known else "create"
        case AdoptAccount():
            return "adopt"
        case DeactivateAccount():
            return "deactivate again" if change.again else "deactivate"
        case UpdateAccount():
            return "update " + ", ".join(field.field for field in change.changes)
    raise AssertionError(change)


@pytest.mark.parametrize(("wanted", "verdict", "found", "expected"), TABLE)
def test_every_row_of_the_truth_table(
    wanted: DesiredAccount, verdict: Verdict, found: AccountImage | None, expected: list[str]
) -> None:
    assert described(wanted, found, verdict) == expected


@given(
    wanted=st.sampled_from([alive(), dead()]),
    verdict=st.sampled_from(list(Verdict)),
    enabled=st.booleans(),
    client=st.booleans(),
    service=st.booleans(),
)
def test_nothing_ever_enables_what_is_disabled(
    wanted: DesiredAccount, verdict: Verdict, enabled: bool, client: bool, service: bool
) -> None:
    found = image(enabled=enabled, keys=(key(enabled=client, service_enabled=service),))
    diff = diff_accounts([wanted], {USERNAME: found}, {USERNAME: verdict})
    for change in diff.changes:
        fields = change.changes if isinstance(change, UpdateAccount) else ()
        assert not [field for field in fields if "enabled" in field.field and field.after is True]


def test_a_dead_account_of_an_institution_is_pointed_to_its_next_generation() -> None:
    refusal = diff_accounts([alive()], {}, {USERNAME: Verdict.DEAD}).refusals[0]
    assert "generation: 2" in refusal.remedy
    assert str(refusal.source) == "institutions/46.yaml:7:3"


def test_a_dead_account_of_an_authority_is_pointed_to_a_recorded_decision() -> None:
    refusal = diff_accounts([alive(is_authority=True)], {}, {USERNAME: Verdict.DEAD}).refusals[0]
    assert "reinstate" in refusal.remedy


def test_an_account_that_no_file_names_is_listed_and_left_alone() -> None:
    diff = diff_accounts([], {USERNAME: image()}, {Username("46-0000002"): Verdict.ALIVE})
    assert diff.unlisted == ("46-0000001", "46-0000002")
    assert diff.changes == ()


def test_a_deactivated_account_may_leave_the_files() -> None:
    assert diff_accounts([], {USERNAME: closed()}, {USERNAME: Verdict.DEAD}).unlisted == ()


def test_foreign_users_are_not_counted_as_ours() -> None:
    assert diff_accounts([], {USERNAME: FOREIGN}, {}).unlisted == ()


def test_a_key_that_must_be_dead_is_disabled_and_a_second_key_is_made() -> None:
    second = ClientId("api-46-0000001-k2")
    wanted = alive(keys=(key(enabled=False, service_enabled=False), key(second)))
    (change,) = diff_accounts([wanted], {USERNAME: image()}, {USERNAME: Verdict.ALIVE}).changes
    assert isinstance(change, UpdateAccount)
    assert [(field.path, field.after) for field in change.changes] == [
        ((KEY, "enabled"), False),
        ((KEY, "service account enabled"), False),
        ((second, "client"), "present"),
    ]


def test_an_attribute_that_yaml_dropped_is_removed() -> None:
    found = image(attributes={**image().attributes, "edrpou": "00000019"})
    (change,) = diff_accounts([alive()], {USERNAME: found}, {USERNAME: Verdict.ALIVE}).changes
    assert isinstance(change, UpdateAccount)
    assert [(field.field, field.before, field.after) for field in change.changes] == [
        ("attributes.edrpou", "00000019", None)
    ]


def test_the_order_of_input_does_not_matter() -> None:
    one, two = alive(Username("46-0000001")), alive(Username("46-0000002"))
    assert diff_accounts([two, one], {}, {}) == diff_accounts([one, two], {}, {})


def test_a_generation_of_its_own_is_a_different_account() -> None:
    second = replace(alive(Username("46-0000001-g2")), generation=2)
    diff = diff_accounts([dead(), second], {USERNAME: closed()}, {USERNAME: Verdict.DEAD})
    assert [_word(change) for change in diff.changes] == ["create"]
