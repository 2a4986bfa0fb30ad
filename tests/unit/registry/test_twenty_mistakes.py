"""One folder with twenty different mistakes in several files: all twenty are listed, each with its exact place."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from provisioning.cli.configuration.validate import validate
from provisioning.registry import Severity
from tests.support.configuration_folder import Folder

LVIV = """\
- id: "46-0000100"
  kind: scool
  name: Ліцей № 1
  edrpou: 02145719
  authority: "46-0000001"
  emial: one@example.com

- id: "46-0000101"
  kind: school
  name: Гімназія № 2
  edrpou: "12345678"
  katottg: UA4606
  authority: "46-0000099"
  email: two@example.com, three@example.com

- id: "46-0000100"
  kind: preschool
  name: Iванівський садок
  authority: "46-0000101"
  email: садок@example.com
  deactivated:
    reason: boredom
    document: Рішення № 1
    date: 2026-02-30
"""

POLTAVA = """\
- id: "53-0000100"
  kind: school
  name: NO
  name: Ліцей
\tedebo_id: 5
  authority: "53-0000001"
  email: four@example.com
  generation: 2
  rights:
    add: [students.raed]
- id: "53-0000001"
  kind: authority
  name: Відділ
  authority: "53-0000002"
  email: five@example.com
- id: "53-0000002"
  kind: authority
  name: Департамент
  authority: "53-0000001"
  email: "-"
"""

EXPECTED = [
    ("institutions/46-lviv.yaml", 2, 9, "not-in-list"),
    ("institutions/46-lviv.yaml", 4, 11, "ambiguous-value"),
    ("institutions/46-lviv.yaml", 6, 3, "unknown-key"),
    ("institutions/46-lviv.yaml", 11, 11, "edrpou-placeholder"),
    ("institutions/46-lviv.yaml", 12, 12, "katottg-shape"),
    ("institutions/46-lviv.yaml", 13, 14, "unknown-authority"),
    ("institutions/46-lviv.yaml", 14, 10, "email-several"),
    ("institutions/46-lviv.yaml", 16, 7, "duplicate-id"),
    ("institutions/46-lviv.yaml", 18, 9, "mixed-letters"),
    ("institutions/46-lviv.yaml", 19, 14, "superior-not-authority"),
    ("institutions/46-lviv.yaml", 20, 10, "email-letters"),
    ("institutions/46-lviv.yaml", 22, 13, "not-in-list"),
    ("institutions/46-lviv.yaml", 24, 11, "date-unknown"),
    ("institutions/53-poltava.yaml", 3, 9, "ambiguous-value"),
    ("institutions/53-poltava.yaml", 4, 3, "duplicate-key"),
    ("institutions/53-poltava.yaml", 5, 1, "tab"),
    ("institutions/53-poltava.yaml", 8, 15, "generation-history"),
    ("institutions/53-poltava.yaml", 10, 11, "unknown-right"),
    ("institutions/53-poltava.yaml", 14, 14, "cycle"),
    ("institutions/53-poltava.yaml", 20, 10, "email-placeholder"),
]

SINGLE_FILES = [
    ("protocol.yaml", "path: ", "/v1/..\n", "path-shape"),
    ("realm.yaml", "access_token_minutes: ", "500\n", "out-of-bounds"),
    ("staff.yaml", "email: ", "a.savchuk\n", "email-shape"),
]
"""File, key, wrong value, code."""


def expected(folder: Folder) -> list[tuple[str, int, int, str]]:
    """All places; in the single files, which change with the example, where the wrong value stands."""
    found = []
    for file, key, wrong, code in SINGLE_FILES:
        text = (folder.path / file).read_text(encoding="utf-8")
        before = text[: text.index(key + wrong) + len(key)]
        found.append((file, before.count("\n") + 1, len(before) - before.rfind("\n"), code))
    return EXPECTED + found


def spoiled(path: Path) -> Folder:
    folder = Folder(path / "config")
    folder.write("institutions/46-lviv.yaml", LVIV)
    folder.write("institutions/53-poltava.yaml", POLTAVA)
    folder.edit("realm.yaml", lambda text: text.replace("access_token_minutes: 5\n", "access_token_minutes: 500\n"))
    folder.edit(
        "protocol.yaml", lambda text: text.replace("path: /v1/institutions/{institution}\n", "path: /v1/..\n", 1)
    )
    folder.edit("staff.yaml", lambda text: text.replace("a.savchuk@iea.example", "a.savchuk"))
    return folder


def test_every_mistake_is_listed_with_its_exact_place(tmp_path: Path) -> None:
    folder = spoiled(tmp_path)
    result = folder.load()
    assert [(p.source.file, p.source.line, p.source.column, p.code) for p in result.problems] == expected(folder)
    assert result.configuration is None


def test_every_problem_says_what_to_do(tmp_path: Path) -> None:
    assert all(problem.message and problem.remedy for problem in spoiled(tmp_path).load().problems)


def test_a_misspelt_key_is_one_problem_with_the_key_that_was_meant(tmp_path: Path) -> None:
    problems = [problem for problem in spoiled(tmp_path).load().problems if problem.code == "unknown-key"]
    assert [problem.remedy for problem in problems] == ["did you mean email?"]


def test_the_command_prints_each_place_and_exits_with_1(tmp_path: Path) -> None:
    folder = spoiled(tmp_path)
    result = CliRunner().invoke(validate, [str(folder.path)])
    assert result.exit_code == 1
    for file, line, column, code in expected(folder):
        assert any(
            text.startswith(f"{folder.path}/{file}:{line}:{column}: ") and text.endswith(f"[{code}]")
            for text in result.output.splitlines()
        )
    assert result.output.splitlines()[-1] == f"{folder.path} is not valid: 22 errors in 5 files, 1 warning"


def test_the_machine_form_says_the_same(tmp_path: Path) -> None:
    folder = spoiled(tmp_path)
    result = CliRunner().invoke(validate, [str(folder.path), "--json"])
    document = json.loads(result.output)
    assert (result.exit_code, document["valid"], document["errors"], document["warnings"]) == (1, False, 22, 1)
    assert [(p["file"], p["line"], p["column"], p["code"]) for p in document["problems"]] == expected(folder)


def test_annotations_name_file_line_and_column_on_one_line_each(tmp_path: Path) -> None:
    result = CliRunner().invoke(validate, [str(spoiled(tmp_path).path), "--format", "github"])
    lines = result.output.splitlines()
    assert len(lines) == len(EXPECTED) + len(SINGLE_FILES)
    assert lines[0].startswith("::error file=") and ",line=2,col=9,title=not-in-list::" in lines[0]


def test_a_valid_folder_exits_with_0_and_shows_its_warnings(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    folder.edit("institutions/01-department.yaml", lambda text: text.replace("Департамент", "Дeпартамент"))
    result = CliRunner().invoke(validate, [str(folder.path)])
    assert result.exit_code == 0
    assert [problem.severity for problem in folder.load().problems] == [Severity.WARNING]
    assert "[mixed-letters]" in result.output
    assert result.output.splitlines()[-1] == f"{folder.path} is valid: 2 institutions, 1 warning"
