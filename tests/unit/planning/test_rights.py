"""What a plan says about rights: what the ledger has in force, and what the configuration wants."""

from __future__ import annotations

from provisioning.cli.plan.markdown import plan_as_markdown
from provisioning.model.identifiers import InstitutionId
from provisioning.model.rights import RightsInForce
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.objects import FieldChange
from provisioning.planning.plan import Plan
from provisioning.planning.rights import diff_rights

SCHOOL, GONE = InstitutionId("46-0000001"), InstitutionId("46-0000002")
READ, BOTH = frozenset({"students.read"}), frozenset({"students.read", "students.write"})
RECORDED = RightsInForce({"school": BOTH}, {SCHOOL: READ})


def plan(wanted: RightsInForce, recorded: RightsInForce | None = RECORDED) -> Plan:
    return Plan((), diff_accounts([], {}, {}), (), 0, rights=diff_rights(recorded, wanted, {SCHOOL}))


def test_the_same_rights_are_no_change() -> None:
    assert plan(RECORDED).is_in_sync


def test_the_first_plan_records_all_kinds_and_exceptions() -> None:
    first = plan(RECORDED, None)
    assert not first.is_empty
    assert [change.path for change in first.rights.changes] == [("kind", "school"), ("institution", SCHOOL)]


def test_a_right_taken_from_a_kind_and_an_exception_taken_back_are_shown() -> None:
    changed = plan(RightsInForce({"school": READ}))
    assert changed.rights.changes == (
        FieldChange(("kind", "school"), ("students.read", "students.write"), ("students.read",)),
        FieldChange(("institution", SCHOOL), ("students.read",), None),
    )
    assert changed.checksum != plan(RECORDED).checksum
    assert "kind school" in plan_as_markdown(changed)


def test_the_exception_of_an_institution_that_no_file_names_stays() -> None:
    diff = diff_rights(RightsInForce({"school": BOTH}, {GONE: READ}), RightsInForce({"school": BOTH}), {SCHOOL})
    assert diff.is_empty
    assert diff.wanted.of(GONE, "school") == READ
