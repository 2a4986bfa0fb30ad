"""What the configuration says against the record: endings, later accounts, and institutions under another id."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import (
    Deactivation,
    DeactivationReason,
    EarlierGeneration,
    Institution,
    Kind,
    Source,
)
from provisioning.model.records import KnownInstitution
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.changes import CreateAccount, Verdict
from provisioning.planning.recorded import Contradictions, Recorded, contradictions
from provisioning.registry import load_configuration
from tests.support.configuration import EXAMPLE
from tests.support.images import alive, image

ID, OLD_ID = InstitutionId("46-0000001"), InstitutionId("46-0000009")
FIRST, SECOND, THIRD = Username(ID), Username(f"{ID}-g2"), Username(f"{ID}-g3")
WHY = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 12-о", date(2026, 1, 20), (InstitutionId("46-0000002"),))
LIQUIDATED = replace(WHY, reason=DeactivationReason.LIQUIDATION, successors=())
SCHOOL = Institution(
    ID, Kind.SCHOOL, "Ліцей", "school@example.com", edebo_id=77, source=Source("institutions/46.yaml", 7)
)

PLAIN = load_configuration(EXAMPLE).require()


def found(record: Institution | tuple[Institution, ...], **recorded: Any) -> Contradictions:
    records = record if isinstance(record, tuple) else (record,)
    return contradictions(replace(PLAIN, institutions=records), Recorded(**recorded))


def with_earlier(*endings: Deactivation, deactivated: Deactivation | None = None) -> Institution:
    earlier = tuple(EarlierGeneration(number, why) for number, why in enumerate(endings, 1))
    return replace(SCHOOL, generation=len(endings) + 1, earlier=earlier, deactivated=deactivated)


@pytest.mark.parametrize(
    ("told", "both"),
    [
        ({"reason": DeactivationReason.LIQUIDATION}, "reason “cyber-incident” in the ledger, “liquidation” here"),
        ({"document": "№ 13"}, "document “№ 12-о” in the ledger, “№ 13” here"),
        ({"date": date(2026, 1, 21)}, "date “2026-01-20” in the ledger, “2026-01-21” here"),
        ({"successors": ()}, "successors “46-0000002” in the ledger, “none” here"),
        ({"successors": (InstitutionId("46-0000003"),)}, "“46-0000002” in the ledger, “46-0000003” here"),
    ],
)
@pytest.mark.parametrize("earlier", [False, True])
def test_each_part_that_differs_is_refused_with_both_sides(told: dict[str, Any], both: str, earlier: bool) -> None:
    why = replace(WHY, **told)
    record = with_earlier(why) if earlier else replace(SCHOOL, deactivated=why)
    (refusal,) = found(record, endings={FIRST: WHY}, accounts=(FIRST, SECOND)).differing
    assert (refusal.code, refusal.subject, refusal.source) == ("deactivation-differs", FIRST, SCHOOL.source)
    assert both in refusal.message and "write what the ledger has" in refusal.remedy


def test_the_same_words_pass_in_another_order_and_with_spaces_around() -> None:
    two = (InstitutionId("46-0000002"), InstitutionId("46-0000003"))
    told, known = replace(WHY, successors=two, document=" № 12-о"), replace(WHY, successors=two[::-1])
    assert found(replace(SCHOOL, deactivated=told), endings={FIRST: known}, accounts=(FIRST,)) == Contradictions()


def test_several_differences_are_told_together() -> None:
    told = replace(WHY, document="№ 1", date=date(2026, 2, 2))
    (refusal,) = found(replace(SCHOOL, deactivated=told), endings={FIRST: WHY}, accounts=(FIRST,)).differing
    assert refusal.message.count("in the ledger") == 2


@pytest.mark.parametrize("reason", DeactivationReason)
@pytest.mark.parametrize("decided", [False, True])
@pytest.mark.parametrize("on_record", [False, True])
def test_after_the_end_of_the_institution_only_a_decision_lets_another_account_follow(
    reason: DeactivationReason, decided: bool, on_record: bool
) -> None:
    why = replace(WHY, reason=reason, successors=())
    known: dict[str, Any] = {"endings": {FIRST: why}, "accounts": (FIRST,)} if on_record else {}
    withheld = found(with_earlier(why), decided=(SECOND,) if decided else (), **known).withheld
    final = reason in (DeactivationReason.LIQUIDATION, DeactivationReason.REORGANISATION)
    assert (SECOND in withheld) is (final and not decided)
    if withheld:
        assert withheld[SECOND].code == "generation-without-decision"
        assert "new-generation 46-0000001 --document" in withheld[SECOND].remedy


def test_a_typed_word_does_not_stand_in_for_the_decision() -> None:
    typed = replace(LIQUIDATED, reason=DeactivationReason.CYBER_INCIDENT)
    refused = found(with_earlier(typed), endings={FIRST: LIQUIDATED}, accounts=(FIRST,))
    assert [refusal.code for refusal in refused.differing] == ["deactivation-differs"]
    assert SECOND in refused.withheld
    decided = found(with_earlier(typed), endings={FIRST: LIQUIDATED}, accounts=(FIRST,), decided=(SECOND,))
    assert decided.withheld[SECOND].code == "generation-withheld", "what differs is put right first"


def test_nor_does_an_account_in_between_that_nobody_ever_had() -> None:
    refused = found(with_earlier(LIQUIDATED, WHY), endings={FIRST: LIQUIDATED}, accounts=(FIRST,))
    assert {name: refusal.code for name, refusal in refused.withheld.items()} == {
        SECOND: "generation-without-decision",
        THIRD: "generation-withheld",
    }


def test_an_account_that_is_there_is_not_asked_about_again() -> None:
    known = {"endings": {FIRST: LIQUIDATED}, "accounts": (FIRST, SECOND)}
    assert found(with_earlier(LIQUIDATED), **known) == Contradictions()


def known(name: InstitutionId = OLD_ID, **fields: Any) -> KnownInstitution:
    return replace(KnownInstitution(name, is_over=False, edebo_id="77", email="school@example.com"), **fields)


@pytest.mark.parametrize(
    ("old", "refused"),
    [
        (known(), True),
        (known(email="other@example.com"), True),
        (known(edebo_id=""), True),
        (known(edebo_id="78", email="other@example.com"), False),
        (known(edebo_id="", is_over=True), False),
        (known(is_over=True), True),
        (known(edebo_id="", email=""), False),
    ],
)
def test_an_old_institution_under_a_new_id_is_refused(old: KnownInstitution, refused: bool) -> None:
    withheld = found(SCHOOL, institutions=(old,), accounts=(Username(OLD_ID),)).withheld
    assert (FIRST in withheld) is refused
    if refused:
        assert withheld[FIRST].code == "id-changed" and f'id: "{OLD_ID}"' in withheld[FIRST].remedy


def test_the_same_address_is_written_in_any_case() -> None:
    record = replace(SCHOOL, email="School@Example.com", edebo_id=None)
    assert FIRST in found(record, institutions=(known(edebo_id=""),)).withheld


def test_an_old_record_that_is_still_there_settles_it() -> None:
    old = replace(SCHOOL, id=OLD_ID, edebo_id=78)
    assert not found((SCHOOL, old), institutions=(known(),), accounts=(Username(OLD_ID),)).withheld
    silent = replace(old, edebo_id=None)
    assert FIRST in found((SCHOOL, silent), institutions=(known(),), accounts=(Username(OLD_ID),)).withheld


def test_no_account_of_it_is_made_or_taken_over_not_even_a_later_one() -> None:
    assert set(found(with_earlier(WHY), institutions=(known(),)).withheld) == {FIRST, SECOND}


def test_an_institution_that_the_ledger_knows_is_itself() -> None:
    assert not found(SCHOOL, institutions=(known(),), accounts=(FIRST,)).withheld


def test_withheld_accounts_are_neither_made_nor_taken_over_and_the_others_are() -> None:
    refused = found(with_earlier(LIQUIDATED))
    wanted = [alive(FIRST), replace(alive(SECOND), generation=2)]
    made = diff_accounts(wanted, {}, {}, (), refused)
    assert [type(change) for change in made.changes] == [CreateAccount]
    assert [refusal.subject for refusal in made.refusals] == [SECOND]
    assert not diff_accounts(wanted[1:], {SECOND: image(SECOND)}, {}, (), refused).changes
    assert not diff_accounts(wanted[1:], {SECOND: image(SECOND)}, {SECOND: Verdict.ALIVE}, (), refused).refusals


def test_the_example_contradicts_an_empty_ledger_in_nothing() -> None:
    assert contradictions(PLAIN, Recorded()) == Contradictions()
