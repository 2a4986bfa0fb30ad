"""Each rule across records: the mistake it finds, where, and that its neighbour case passes."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from provisioning.model.upkeep import Approval, BulkApproval
from provisioning.registry import InvalidConfiguration, Severity, load_configuration, loading
from provisioning.registry.deactivation import deactivation_rules
from provisioning.registry.realm_alone import load_realm_policy
from tests.support.configuration_folder import ROOT, Folder, school

GONE = "\n    reason: liquidation\n    document: № 1\n    date: 2026-05-01"
MOVED = "\n    reason: reorganisation\n    document: № 1\n    date: 2026-05-01"
ONCE = "\n    - generation: 1\n      reason: cyber-incident\n      document: № 1\n      date: 2026-01-10"
TWICE = ONCE + "\n    - generation: 2\n      reason: interference\n      document: № 2\n      date: 2026-02-10"
BRANCH = {"authority": "", "branch_of": '"46-0000002"'}

Found = list[tuple[str, int, int]]

CASES: dict[str, tuple[str, Found]] = {
    "two valid schools": (school(2) + school(3), []),
    "duplicate id": (school(2) + school(2, email="x@example.com", name="Інший"), [("duplicate-id", 6, 7)]),
    "id of the root again": (school(2, id='"00-0000001"'), [("duplicate-id", 1, 7)]),
    "duplicate EDEBO id": (school(2, edebo_id="7") + school(3, edebo_id="7"), [("duplicate-edebo-id", 12, 13)]),
    "unknown authority": (school(2, authority='"46-9999999"'), [("unknown-authority", 4, 14)]),
    "below an institution": (school(2) + school(3, authority='"46-0000002"'), [("superior-not-authority", 9, 14)]),
    "no authority": (school(2, authority=""), [("missing-authority", 1, 3)]),
    "a second root": (school(2, kind="authority", authority=""), [("second-root", 1, 3)]),
    "below itself": (school(2, kind="authority", authority='"46-0000002"'), [("cycle", 4, 14)]),
    "a ring of three": (
        school(2, kind="authority", authority='"46-0000003"')
        + school(3, kind="authority", authority='"46-0000004"')
        + school(4, kind="authority", authority='"46-0000002"')
        + school(5, authority='"46-0000004"'),
        [("cycle", 4, 14)],
    ),
    "below a dead authority": (
        school(2, kind="authority", deactivated=GONE) + school(3, authority='"46-0000002"'),
        [("superior-deactivated", 13, 14)],
    ),
    "a branch": (school(2, edrpou='"02145719"') + school(3, **BRANCH, edrpou='"02145719"'), []),
    "branch of nothing": (school(3, **BRANCH), [("unknown-institution", 5, 14)]),
    "branch of a branch": (
        school(2) + school(3, **BRANCH) + school(4, authority="", branch_of='"46-0000003"'),
        [("branch-of-branch", 15, 14)],
    ),
    "branch of an authority": (school(2, kind="authority") + school(3, **BRANCH), [("branch-of-authority", 10, 14)]),
    "authority as a branch": (school(2) + school(3, **BRANCH, kind="authority"), [("branch-authority", 10, 14)]),
    "both superiors": (school(2) + school(3, branch_of='"46-0000002"'), [("two-superiors", 11, 14)]),
    "EDRPOU too short": (school(2, edrpou='"2145718"'), [("edrpou-shape", 6, 11)]),
    "EDRPOU of words": (school(2, edrpou="немає011"), [("edrpou-shape", 6, 11)]),
    "EDRPOU placeholder": (school(2, edrpou='"00000000"'), [("edrpou-placeholder", 6, 11)]),
    "EDRPOU of ones": (school(2, edrpou='"11111111"'), [("edrpou-placeholder", 6, 11)]),
    "wrong control digit": (school(2, edrpou='"02145718"'), [("edrpou-control-digit", 6, 11)]),
    "shared EDRPOU": (
        school(2, edrpou='"02145719"') + school(3, edrpou='"02145719"'),
        [("edrpou-shared", 12, 11)],
    ),
    "EDRPOU of a dead one": (
        school(2, edrpou='"02145719"', deactivated=GONE) + school(3, edrpou='"02145719"'),
        [],
    ),
    "KATOTTG": (school(2, katottg="UA4606025001001597"), [("katottg-shape", 6, 12)]),
    "shared e-mail": (school(2) + school(3, email="School2@example.com"), [("email-shared", 10, 10)]),
    "alike names": (
        school(2) + school(3, name="ЛIЦЕЙ  №  2"),
        [("alike-names", 8, 9), ("mixed-letters", 8, 9), ("spaces", 8, 9)],
    ),
    "same names": (school(2) + school(3, name="Ліцей № 2"), [("alike-names", 8, 9)]),
    "same name, other superior": (school(2) + school(3, name="Ліцей № 2", authority='"00-0000001"'), []),
    "Latin words stay": (school(2, name="Школа IT STEP «Smart kids» I-III ступенів"), []),
    "mixed word": (school(2, name="Гімназія Cонячна"), [("mixed-letters", 3, 9)]),
    "spaces around": (school(2, name='" Ліцей"'), [("spaces", 3, 9)]),
    "unusual space": (school(2, name="Ліцей\u00a0№ 2"), [("odd-space", 3, 14)]),
    "name of 500": (school(2, name="Щ" * 500), []),
    "name of 501": (school(2, name="Щ" * 501), [("too-long", 3, 9)]),
    "second generation": (school(2, generation="2", earlier=ONCE), []),
    "third generation": (school(2, generation="3", earlier=TWICE), []),
    "history is missing": (school(2, generation="2"), [("generation-history", 6, 15)]),
    "history is short": (school(2, generation="3", earlier=ONCE), [("generation-history", 8, 5)]),
    "history without generation": (school(2, earlier=ONCE), [("generation-history", 7, 5)]),
    "history out of order": (
        school(2, generation="3", earlier=TWICE.replace("2026-02", "2025-02")),
        [("dates-out-of-order", 15, 13)],
    ),
    "earlier in the future": (
        school(2, generation="2", earlier=ONCE.replace("2026-01", "2026-09")),
        [("date-in-future", 11, 13)],
    ),
    "deactivated today": (school(2, deactivated=GONE.replace("2026-05-01", "2026-06-01")), []),
    "deactivated tomorrow": (
        school(2, deactivated=GONE.replace("2026-05-01", "2026-06-02")),
        [("date-in-future", 9, 11)],
    ),
    "date with a time": (
        school(2, deactivated=GONE.replace("2026-05-01", "2026-05-01 10:00")),
        [("ambiguous-value", 9, 11)],
    ),
    "date in words": (school(2, deactivated=GONE.replace("2026-05-01", "01.05.2026")), [("date-shape", 9, 11)]),
    "reason not in the list": (
        school(2, deactivated=GONE.replace("liquidation", "laziness")),
        [("not-in-list", 7, 13)],
    ),
    "no document": (school(2, deactivated="\n    reason: liquidation\n    date: 2026-05-01"), [("missing-key", 7, 5)]),
    "reorganised into": (school(2, deactivated=MOVED + '\n    successors: ["46-0000003"]') + school(3), []),
    "reorganised into nothing": (school(2, deactivated=MOVED), [("no-successor", 7, 5)]),
    "unknown successor": (
        school(2, deactivated=MOVED + '\n    successors: ["46-0000003"]'),
        [("unknown-successor", 10, 18)],
    ),
    "successors of an earlier account": (
        school(2, generation="2", earlier=ONCE + '\n      successors: ["46-0000003"]') + school(3),
        [],
    ),
    "unknown successor of an earlier account": (
        school(2, generation="2", earlier=ONCE + '\n      successors: ["46-0000003"]'),
        [("unknown-successor", 12, 20)],
    ),
    "its own successor": (
        school(2, deactivated=MOVED + '\n    successors: ["46-0000002"]'),
        [("own-successor", 10, 18)],
    ),
    "unknown right": (school(2, rights="{add: [students.fly]}"), [("unknown-right", 6, 18)]),
    "right it has": (school(2, rights="{add: [students.read]}"), [("useless-exception", 6, 18)]),
    "right it lacks": (
        school(2, kind="extracurricular", rights="{remove: [grades.write]}"),
        [("useless-exception", 6, 21)],
    ),
    "useful exception": (
        school(2, kind="extracurricular", rights="{add: [grades.read], remove: [students.write]}"),
        [],
    ),
    "not a record": (school(2) + "- hello\n", [("not-a-mapping", 6, 3)]),
    "several mistakes in one record": (
        school(2, kind="shop", authority='"46-9999999"', email="x", edrpou='"00000000"', surprise="1"),
        [
            ("not-in-list", 2, 9),
            ("unknown-authority", 4, 14),
            ("email-shape", 5, 10),
            ("edrpou-placeholder", 6, 11),
            ("unknown-key", 7, 3),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_finds_its_mistake_at_its_place_and_nothing_else(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    assert Folder(tmp_path / "config").institutions(text) == expected


SINGLE_FILES = [
    ("rights.yaml", "      - students.read\n", "      - students.raed\n", "unknown-right"),
    ("rights.yaml", "      - students.read\n", "      - students.read\n      - students.read\n", "duplicate-right"),
    ("rights.yaml", "  - name: students.write\n", "  - name: students.read\n", "duplicate-right"),
    ("rights.yaml", "  preschool:\n", "  nursery:\n", "not-in-list"),
    ("rights.yaml", "  preschool:\n", "  nursery:\n", "missing-kind"),
    ("rights.yaml", "      en: Read students\n", "", "missing-key"),
    ("protocol.yaml", "right: students.read\n", "right: students.raed\n", "unknown-right"),
    ("protocol.yaml", "method: POST\n", "method: POKE\n", "not-in-list"),
    ("protocol.yaml", "/students/{student}\n", "/students\n", "duplicate-route"),
    ("protocol.yaml", "/students/{student}\n", "/students/\n", "path-shape"),
    ("protocol.yaml", "/students/{student}\n", "/students/../x\n", "path-shape"),
    ("protocol.yaml", "/students/{student}\n", "/students/{institution}\n", "path-shape"),
    ("protocol.yaml", "path: /v1/institutions\n", "path: v1/institutions\n", "path-shape"),
    ("protocol.yaml", "path: /v1/institutions\n", "path: /v1/inst%2fitutions\n", "path-shape"),
    ("protocol.yaml", 'version: "1.0"', "version: 1.0", "not-text"),
    ("staff.yaml", "username: a.savchuk\n", "username: o.kovalenko\n", "duplicate-username"),
    ("staff.yaml", "username: a.savchuk\n", "username: api-savchuk\n", "reserved-username"),
    ("staff.yaml", "username: a.savchuk\n", "username: operator-diary\n", "reserved-username"),
    ("staff.yaml", "username: a.savchuk\n", 'username: "46-0001234"\n', "username-shape"),
    ("staff.yaml", "roles: [auditor]", "roles: [auditor, auditor]", "duplicate-role"),
    ("staff.yaml", "roles: [auditor]", "roles: [king]", "not-in-list"),
    ("staff.yaml", "roles: [auditor]", "roles: []", "empty-value"),
    ("staff.yaml", "roles: [administrator]", "roles: [auditor]", "no-administrator"),
    ("staff.yaml", "a.savchuk@iea.example", "а.savchuk@iea.example", "email-letters"),
    ("staff.yaml", "a.savchuk@iea.example", "O.Kovalenko@iea.example", "shared-administrator-email"),
    ("realm.yaml", "session_max_hours: 10", "session_max_hours: 1000", "out-of-bounds"),
    ("realm.yaml", "session_idle_minutes: 30", "session_idle_minutes: 3", "lifetimes"),
    ("realm.yaml", "min_length: 15", "min_length: 4", "out-of-bounds"),
    ("realm.yaml", "min_length: 15", "min_length: fifteen", "not-a-number"),
    ("realm.yaml", "not_email: true", "not_email: yes", "ambiguous-value"),
    ("realm.yaml", "sender: noreply@iea.example", "sender: noreply", "email-shape"),
    ("realm.yaml", "history: 5", "histroy: 5", "unknown-key"),
    ("realm.yaml", "  # max_age_days: 365", "  max_age_days: 7", "out-of-bounds"),
    ("realm.yaml", "  # max_age_days: 365", "  max_age_days: 30", "warnings"),
    ("realm.yaml", "[30, 14, 3]", "[]", "empty-value"),
    ("realm.yaml", "default_overlap_hours: 24", "default_overlap_hours: 1000", "overlaps"),
    ("realm.yaml", "approval: standing", "approval: automatic", "not-in-list"),
    ("realm.yaml", "drift_minutes: 60", "drift_minutes: 0", "out-of-bounds"),
]


@pytest.mark.parametrize(("file", "before", "after", "code"), SINGLE_FILES)
def test_a_mistake_in_a_single_file_is_found(file: str, before: str, after: str, code: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.edit(file, lambda text: text.replace(before, after))
    assert code in {found for found, _, _ in folder.found(file)}
    assert file in {problem.source.file for problem in folder.load().problems}


def test_two_names_that_differ_only_in_look_alike_letters_collide(tmp_path: Path) -> None:
    found = Folder(tmp_path / "config").institutions(school(2, name="КОСМОС") + school(3, name="KOCMOC"))
    assert found == [("alike-names", 8, 9)]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    (folder.path / "staff.yaml").unlink()
    assert folder.only().code == "no-file"


def test_a_misnamed_file_is_pointed_out(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.write("relm.yaml", "a: 1\n")
    assert (folder.only().code, folder.only().severity) == ("unknown-file", Severity.WARNING)


@pytest.mark.parametrize(("day", "codes"), [("2026-12-01", []), ("2026-12-02", ["date-in-future"])])
def test_half_an_hour_after_midnight_in_kyiv_a_decision_of_the_new_day_is_valid(
    day: str, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Night(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Night:
            return cls(2026, 11, 30, 22, 30, tzinfo=UTC)

    monkeypatch.setattr(loading, "datetime", Night)
    folder = Folder(tmp_path / "config")
    folder.write("institutions/46.yaml", school(2, deactivated=GONE.replace("2026-05-01", day)))
    assert [problem.code for problem in load_configuration(folder.path).problems] == codes


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.path = tmp_path / "nowhere"
    assert folder.only().code == "no-folder"


def test_a_folder_without_institutions_is_a_warning_so_that_the_guard_decides(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    for path in (folder.path / "institutions").iterdir():
        path.unlink()
    assert folder.only().code == "no-institutions"
    assert folder.load().require().institutions == ()


def test_an_authority_in_a_file_that_cannot_be_parsed_is_not_called_unknown(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.write("institutions/46.yaml", school(2))
    folder.edit("institutions/01-department.yaml", lambda text: text + "  name: [\n")
    assert [problem.source.file for problem in folder.load().problems] == ["institutions/01-department.yaml"]


def test_no_root_is_an_error(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.write("institutions/00-root.yaml", ROOT + '  authority: "46-0000001"\n')
    assert {problem.code for problem in folder.load().problems} == {"no-root", "cycle"}


def test_the_policy_of_the_realm_is_read_without_the_rest(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.write("institutions/46.yaml", "oops")
    assert load_realm_policy(folder.path).cut_off.approval is Approval.STANDING
    folder.edit("realm.yaml", lambda text: text.replace("approval: standing", "approval: never"))
    with pytest.raises(InvalidConfiguration, match="approval"):
        load_realm_policy(folder.path)
    (folder.path / "realm.yaml").unlink()
    with pytest.raises(InvalidConfiguration):
        load_realm_policy(folder.path)


def test_four_eyes_need_two_administrators(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.write("institutions/46.yaml", school(2))
    folder.edit("realm.yaml", lambda text: text.replace("bulk_approval: single", "bulk_approval: four-eyes"))
    assert "no-second-administrator" not in {problem.code for problem in folder.load().problems}
    folder.edit("staff.yaml", lambda text: text.replace("roles: [administrator]", "roles: [auditor]", 1))
    (problem,) = [problem for problem in folder.load().problems if problem.code == "no-second-administrator"]
    assert problem.source.file == "realm.yaml"


def test_with_one_administrator_no_ois_can_be_connected_which_is_a_warning(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.write("institutions/46.yaml", school(2))
    folder.edit("staff.yaml", lambda text: text.replace("roles: [administrator]", "roles: [auditor]", 1))
    (problem,) = [problem for problem in folder.load().problems if problem.code == "no-second-administrator"]
    assert problem.source.file == "staff.yaml" and problem.severity is Severity.WARNING


def test_when_the_policy_cannot_be_read_a_bulk_needs_four_eyes(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    assert deactivation_rules(folder.path).bulk_approval is BulkApproval.SINGLE
    (folder.path / "realm.yaml").write_text("oops: [", encoding="utf-8")
    assert deactivation_rules(folder.path).bulk_approval is BulkApproval.FOUR_EYES
