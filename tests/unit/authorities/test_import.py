"""`provision import authorities`: a completed file becomes records; hromadas merge and split as one change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.configuration.imports import imports
from provisioning.model.institution import DeactivationReason, Institution
from provisioning.registry import load_configuration
from tests.support.configuration import Folder
from tests.support.edebo import as_csv, as_json, as_xlsx, row
from tests.support.register import authority, codes, edebo, found_by, records

HERE, THERE = "UA46060250010015970", "UA46060010010011111"


def line(name: str, **cells: Any) -> dict[str, Any]:
    """One line of the file, under the headings that people get."""
    headings = {
        **{"code": "Код", "edrpou": "ЄДРПОУ", "katottg": "КАТОТТГ", "email": "Електронна пошта", "level": "Рівень"},
        **{"superior": "Вищий орган", "predecessors": "Попередники", "document": "Документ", "date": "Дата"},
    }
    email = f"a{crc32(name.encode())}@authorities.example"
    return {"Назва": name, "Електронна пошта": email, **{headings[key]: value for key, value in cells.items()}}


DEPARTMENT = line("Департамент освіти Львівської ОВА", katottg=HERE, level="область", edrpou="43041993")
COUNCIL = line("Відділ освіти Калуської міської ради", katottg=HERE, level="місто")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "realm-config")
    made.write()
    return made


def give(folder: Folder, lines: list[dict[str, Any]], *options: str, name: str = "a.csv") -> Result:
    place = folder.path.parent / name
    write = {".csv": as_csv, ".xlsx": as_xlsx, ".json": as_json}[place.suffix]
    place.write_bytes(write(lines))
    return CliRunner().invoke(imports, ["authorities", str(place), "--into", str(folder.path), *options])


def found(folder: Folder, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    report = folder.path.parent / "authorities.json"
    result = give(folder, lines, "--report", str(report))
    assert result.exit_code == 0, (result.output, result.exception)
    read: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    return read


def by_name(folder: Folder) -> dict[str, Institution]:
    return {one.name: one for one in folder.load().institutions}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_a_completed_file_becomes_a_hierarchy_in_a_range_of_its_own(folder: Folder, name: str) -> None:
    lines = [
        COUNCIL,
        line("Відділ освіти Гірської громади", katottg=THERE, level="громада"),
        DEPARTMENT,
        line("Інше міністерство", level="міністерство"),
        line("Управління Соборного району", katottg=HERE, level="район міста", superior=COUNCIL["Назва"]),
    ]
    assert give(folder, lines, name=name).exit_code == 0
    made = by_name(folder)
    department, council = made[DEPARTMENT["Назва"]], made[COUNCIL["Назва"]]
    assert (department.superior, council.superior) == ("00-0000001", department.id)
    assert made["Відділ освіти Гірської громади"].superior == department.id
    assert made["Управління Соборного району"].superior == council.id
    assert made["Інше міністерство"].superior == "00-0000001" and made["Інше міністерство"].id.startswith("00-9")
    assert department.id == "46-9060250" and council.id == "46-9060251"
    assert department.edrpou == "43041993"


def test_the_same_file_again_changes_nothing_and_a_changed_line_counts(folder: Folder) -> None:
    give(folder, [DEPARTMENT, COUNCIL])
    assert "0 authorities were added, 0 changed, 2 agree" in " ".join(
        give(folder, [DEPARTMENT, COUNCIL]).output.split()
    )
    moved = {**DEPARTMENT, "Назва": "Департамент освіти і науки Львівської ОВА", "Електронна пошта": "new@x.example"}
    assert "1 changed" in " ".join(give(folder, [moved]).output.split())
    made = by_name(folder)["Департамент освіти і науки Львівської ОВА"]
    assert (made.email, made.id) == ("new@x.example", "46-9060250")


def test_no_address_that_nobody_gave(folder: Folder) -> None:
    lines = [
        DEPARTMENT,
        {**line("Без адреси", katottg=HERE, level="громада"), "Електронна пошта": ""},
        {**line("Дві адреси", katottg=HERE, level="громада"), "Електронна пошта": "a@x.example, b@x.example"},
        {**line("Мертва", katottg=HERE, level="громада"), "Електронна пошта": "шкoла@x.example"},
    ]
    assert [(one["weight"], one["code"], one["name"]) for one in found(folder, lines)] == [
        ("rejected", "email", name) for name in ("Без адреси", "Дві адреси", "Мертва")
    ]
    assert len(by_name(folder)) == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"level": "вулиця"}, "level"),
        ({"katottg": "UA46"}, "katottg"),
        ({"edrpou": "немає011"}, "edrpou"),
        ({"superior": "Нікого"}, "superior"),
        ({"level": "", "superior": ""}, "superior"),
        ({"code": "46-0000077"}, "id"),
        ({"code": "00-0000009"}, "id"),
        ({"date": "колись"}, "date"),
    ],
)
def test_a_wrong_line_is_named_and_changes_nothing(folder: Folder, wrong: dict[str, str], code: str) -> None:
    lines = [DEPARTMENT, line("Відділ освіти Гірської громади", **{"katottg": THERE, "level": "громада", **wrong})]
    assert [one["code"] for one in found(folder, lines)] == [code]
    assert "Відділ освіти Гірської громади" not in by_name(folder)


def test_an_unnamed_oblast_department_leaves_a_council_without_a_superior(folder: Folder) -> None:
    assert [one["code"] for one in found(folder, [COUNCIL])] == ["superior"]
    assert "Відділ освіти Калуської міської ради" not in by_name(folder)


def test_a_second_line_about_one_authority_is_named(folder: Folder) -> None:
    give(folder, [DEPARTMENT])
    assert [one["code"] for one in found(folder, [DEPARTMENT, DEPARTMENT])] == ["second-line"]


def hromadas(folder: Folder) -> None:
    """Two hromadas with two schools each, taken from the register."""
    folder.write(
        authority("46-0000001", "Департамент освіти Львівської ОВА", HERE),
        authority("46-0000011", "Калуська міська рада", HERE, "46-0000001"),
        authority("46-0000012", "Гірська сільська рада", THERE, "46-0000001"),
    )
    rows = [
        row(100_000 + n, governance_name=body, katottg=code)
        for n, (body, code) in enumerate(
            [("Калуська міська рада", HERE)] * 2 + [("Гірська сільська рада", THERE)] * 2, start=1
        )
    ]
    place = folder.path.parent / "rows.json"
    place.write_bytes(as_json(rows))
    assert found_by(folder, [place]) == []


def test_hromadas_merge_as_one_change_and_the_register_follows(folder: Folder) -> None:
    hromadas(folder)
    merged = line(
        "Калусько-Гірська міська рада",
        **{"katottg": HERE, "level": "місто", "predecessors": "46-0000011; Гірська сільська рада"},
        **{"document": "Постанова № 5", "date": "01.09.2026"},
    )
    output = " ".join(give(folder, [merged]).output.split())
    assert "1 authorities were added" in output and "2 authorities end, 4 records move" in output
    made = by_name(folder)
    successor = made["Калусько-Гірська міська рада"]
    assert {records(folder)[100_000 + n].superior for n in range(1, 5)} == {successor.id}
    for name in ("Калуська міська рада", "Гірська сільська рада"):
        ended = made[name].deactivated
        assert ended is not None and ended.successors == (successor.id,)
        assert (ended.reason, ended.document) == (DeactivationReason.REORGANISATION, "Постанова № 5")
    assert load_configuration(folder.path).warnings == ()
    again = codes(found_by(folder, [folder.path.parent / "rows.json"]), "needs a person")
    assert again == {}


def test_a_split_moves_what_lies_in_each_new_hromada(folder: Folder) -> None:
    hromadas(folder)
    file = folder.path / "institutions" / "46-edebo.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"46-0000012"', '"46-0000011"'), encoding="utf-8")
    facts = {"predecessors": "46-0000011", "document": "Постанова № 6", "date": "2026-09-01"}
    lines = [
        line("Нова Калуська рада", katottg=HERE, level="місто", **facts),
        line("Нова Гірська рада", katottg=THERE, level="громада", **facts),
    ]
    assert "1 authorities end, 4 records move" in " ".join(give(folder, lines).output.split())
    made, schools = by_name(folder), records(folder)
    assert {schools[100_001].superior, schools[100_002].superior} == {made["Нова Калуська рада"].id}
    assert {schools[100_003].superior, schools[100_004].superior} == {made["Нова Гірська рада"].id}
    ended = made["Калуська міська рада"].deactivated
    assert ended is not None and len(ended.successors) == 2


def test_what_lies_in_no_successor_s_hromada_keeps_the_predecessor_alive(folder: Folder) -> None:
    hromadas(folder)
    file = folder.path / "institutions" / "46-edebo.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"46-0000012"', '"46-0000011"'), encoding="utf-8")
    facts = {"predecessors": "46-0000011", "document": "Постанова № 6", "date": "2026-09-01"}
    lines = [
        line("Нова Калуська рада", katottg=HERE, level="місто", **facts),
        line("Зовсім інша рада", katottg="UA46080010010011111", level="громада", **facts),
    ]
    assert [one["code"] for one in found(folder, lines)] == ["split", "split"]
    assert by_name(folder)["Калуська міська рада"].deactivated is None
    assert records(folder)[100_003].superior == "46-0000011"


def test_a_hromada_that_only_loses_a_part_goes_on(folder: Folder) -> None:
    hromadas(folder)
    file = folder.path / "institutions" / "46-edebo.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"46-0000012"', '"46-0000011"'), encoding="utf-8")
    lines = [
        line("Калуська міська рада", code="46-0000011", katottg=HERE, level="місто"),
        line("Нова Гірська рада", katottg=THERE, level="громада", predecessors="46-0000011"),
    ]
    assert "0 authorities end, 2 records move" in " ".join(give(folder, lines).output.split())
    assert by_name(folder)["Калуська міська рада"].deactivated is None
    assert records(folder)[100_003].superior == by_name(folder)["Нова Гірська рада"].id


@pytest.mark.parametrize(("document", "date"), [("", "2026-09-01"), ("№ 1", ""), ("№ 1", "2036-09-01")])
def test_without_document_and_a_day_that_has_come_nobody_ends(folder: Folder, document: str, date: str) -> None:
    hromadas(folder)
    facts = {"predecessors": "46-0000012", "document": document, "date": date}
    assert [one["code"] for one in found(folder, [line("Інша рада", katottg=THERE, level="громада", **facts)])] == [
        "predecessor"
    ]
    assert by_name(folder)["Гірська сільська рада"].deactivated is None


def test_a_draft_from_the_register_and_the_codifier_is_completed_and_comes_in(folder: Folder, tmp_path: Path) -> None:
    codifier = tmp_path / "codifier.csv"
    lines = [
        ("UA46000000000026241", "", "", "O", "Львівська"),
        ("UA46000000000026241", "UA46060000000042587", "", "P", "Стрийський"),
        ("UA46000000000026241", "UA46060000000042587", "UA46060250000099999", "H", "Калуська"),
        ("UA46000000000026241", "UA46060000000042587", "UA46060010000088888", "H", "Гірська"),
    ]
    heads = ("Перший рівень", "Другий рівень", "Третій рівень", "Категорія об’єкта", "Назва об’єкта")
    codifier.write_bytes(as_csv([dict(zip(heads, cells, strict=True)) for cells in lines]))
    rows = [
        row(100_001, governance_name="Калуська м/р"),
        row(100_002, governance_name="Відділ освіти Калуської міської ради"),
        row(100_003, governance_name="Гірська сільська рада", katottg="", koatuu_id="4610100000"),
        row(100_004, governance_name="ТОВ «Мрія»"),
        row(100_005, governance_name="Департамент освіти Львівської ОДА"),
    ]
    place, drafted = tmp_path / "rows.json", tmp_path / "authorities.csv"
    place.write_bytes(as_json(rows))
    result = edebo(folder, [place], "--draft-authorities", str(drafted), "--codifier", str(codifier), "--dry-run")
    assert result.exit_code == 0, (result.output, result.exception)
    text = drafted.read_text(encoding="utf-8-sig")
    cells = [part.split(";") for part in text.splitlines()[1:]]
    assert [(part[1], part[3], part[4], part[5], part[10]) for part in cells] == [
        ("Гірська сільська рада", "UA46060010000088888", "", "громада", "1"),
        ("Відділ освіти Калуської міської ради", "UA46060250000099999", "", "громада", "2"),
        ("Департамент освіти Львівської ОДА", "UA46000000000026241", "", "область", "1"),
    ]
    completed = text.replace(";;область", ";d@x.example;область").replace(";;громада", ";h@x.example;громада")
    drafted.write_text(completed, encoding="utf-8-sig")
    assert CliRunner().invoke(imports, ["authorities", str(drafted), "--into", str(folder.path)]).exit_code == 0
    assert codes(found_by(folder, [place]), "rejected") == {100_004: {"authority"}}
    made = records(folder)
    assert (
        made[100_001].superior == made[100_002].superior == by_name(folder)["Відділ освіти Калуської міської ради"].id
    )


def test_a_draft_of_authorities_needs_a_codifier_and_a_codifier_hromadas(folder: Folder, tmp_path: Path) -> None:
    place, table = tmp_path / "rows.json", tmp_path / "table.csv"
    place.write_bytes(as_json([row(100_001)]))
    table.write_text("код;назва\n1;2\n", encoding="utf-8")
    drafted = str(tmp_path / "authorities.csv")
    assert "needs the codifier" in str(edebo(folder, [place], "--draft-authorities", drafted).exception)
    options = ("--draft-authorities", drafted, "--codifier", str(table))
    assert "names no hromada" in str(edebo(folder, [place], *options).exception)
