"""Who leaves deactivations to a person does all the rest, and never makes two accounts of one institution live."""

from __future__ import annotations

from dataclasses import replace

from provisioning.model.identifiers import Username
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import AccountDiff, CreateAccount, DeactivateAccount, DesiredAccount, Verdict
from provisioning.planning.leaving import left_to_a_person, without_endings
from tests.support.images import USERNAME, alive, dead, image

OTHER, SECOND = Username("46-0000002"), Username("46-0000001-g2")


def kept(diff: AccountDiff) -> list[tuple[str, str]]:
    changes = without_endings(diff)[0].changes
    return [(type(change).__name__, change.desired.image.username) for change in changes]


def second(wanted: DesiredAccount) -> DesiredAccount:
    return replace(wanted, generation=2)


def test_deactivations_are_left_out_and_named_and_the_rest_stays() -> None:
    diff = diff_accounts([dead(), alive(OTHER)], {USERNAME: image()}, {USERNAME: Verdict.ALIVE})
    assert kept(diff) == [("CreateAccount", OTHER)]
    assert without_endings(diff)[1] == (USERNAME,)


def test_the_account_after_one_that_waits_waits_with_it() -> None:
    diff = diff_accounts([dead(), second(alive(SECOND))], {USERNAME: image()}, {USERNAME: Verdict.ALIVE})
    assert {type(change) for change in diff.changes} == {CreateAccount, DeactivateAccount}
    assert kept(diff) == []


def test_the_account_before_one_that_waits_is_looked_after() -> None:
    found = {USERNAME: image(), SECOND: image(SECOND)}
    verdicts = {USERNAME: Verdict.DEAD, SECOND: Verdict.ALIVE}
    diff = diff_accounts([dead(), second(dead(SECOND))], found, verdicts)
    assert kept(diff) == [("DeactivateAccount", USERNAME)]
    assert without_endings(diff)[1] == (SECOND,)


def test_an_account_that_keycloak_lost_is_not_made_again_only_to_wait() -> None:
    diff = diff_accounts([dead()], {}, {USERNAME: Verdict.ALIVE})
    assert len(diff.changes) == 2 and kept(diff) == []


def test_what_is_decided_already_stays() -> None:
    again = diff_accounts([dead()], {USERNAME: image()}, {USERNAME: Verdict.DEAD})
    born = diff_accounts([dead()], {}, {})
    assert (kept(again), kept(born)) == ([("DeactivateAccount", USERNAME)], [("CreateAccount", USERNAME)])
    assert without_endings(again)[1] == without_endings(born)[1] == ()


def test_the_words_count_name_some_and_give_the_command() -> None:
    text = left_to_a_person([f"46-{number:07d}" for number in range(1, 12)])
    assert text.startswith("11 deactivations") and "46-0000008" in text and "46-0000009" not in text
    assert "and 3 more" in text and "--allow-deactivations 11" in text
    assert left_to_a_person([USERNAME]).startswith("1 deactivation left")
