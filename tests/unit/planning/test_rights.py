"""What a plan says about rights and staff: what the ledger has in force, and what the configuration wants."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provisioning.cli.plan.markdown import plan_as_markdown
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Kind
from provisioning.model.rights import RightsInForce
from provisioning.planning.accounts import diff_accounts
from provisioning.planning.plan import Plan
from provisioning.planning.rights import RightsDiff, diff_rights
from tests.support.configuration import Folder, school

SCHOOL, GONE = InstitutionId("46-0000001"), InstitutionId("46-0000009")
READ = frozenset({"students.read"})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "realm-config")
    made.write(school(1, "rights: {remove: [students.write]}"), school(2))
    return made


def plan(diff: RightsDiff) -> Plan:
    return Plan((), diff_accounts([], {}, {}), (), 0, rights=diff)


def in_force(configuration: Configuration) -> RightsDiff:
    """The difference to a ledger in which the configuration is in force."""
    return diff_rights(configuration.rights_in_force(), configuration.staff_roles(), configuration)


def test_what_is_on_record_is_no_change(folder: Folder) -> None:
    assert plan(in_force(folder.load())).is_in_sync


def test_the_first_plan_records_all_kinds_exceptions_and_staff(folder: Folder) -> None:
    configuration = folder.load()
    first = diff_rights(None, None, configuration)
    assert not plan(first).is_empty
    kinds = [("kind", kind.value) for kind in sorted(configuration.rights.of_kind)]
    people = [("staff", name) for name in sorted(configuration.staff_roles())]
    assert [change.path for change in first.changes] == [*kinds, ("institution", SCHOOL), *people]
    assert first.wanted.of(SCHOOL, "school") == configuration.rights.of_kind[Kind.SCHOOL] - {"students.write"}


def test_a_right_taken_from_a_kind_an_exception_and_a_person_show(folder: Folder) -> None:
    before = folder.load()
    folder.write(school(1), school(2))
    rights = replace(before.rights, of_kind={**before.rights.of_kind, Kind.SCHOOL: READ})
    after = replace(folder.load(), rights=rights, staff=before.staff[1:])
    changed = diff_rights(before.rights_in_force(), before.staff_roles(), after)
    gone = before.staff[0].username
    assert [(change.path, change.after) for change in changed.changes] == [
        (("kind", "school"), tuple(READ)),
        (("institution", SCHOOL), None),
        (("staff", gone), None),
    ]
    assert plan(changed).checksum != plan(in_force(before)).checksum
    assert "kind school" in plan_as_markdown(plan(changed))


def test_somebody_inactive_is_not_on_record(folder: Folder) -> None:
    configuration = folder.load()
    left = replace(configuration, staff=tuple(replace(member, active=False) for member in configuration.staff))
    assert left.staff_roles() == {}


def test_the_exception_of_an_institution_that_no_file_names_stays(folder: Folder) -> None:
    configuration = folder.load()
    recorded = configuration.rights_in_force()
    known = RightsInForce(recorded.of_kind, {**recorded.of_institution, GONE: READ})
    diff = diff_rights(known, configuration.staff_roles(), configuration)
    assert diff.is_empty
    assert diff.wanted.of(GONE, "school") == READ
