"""Every row is a record, a change, or a finding with its reason: the sums agree, whatever the rows hold."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.configuration import Folder
from tests.support.edebo import as_csv, as_json, for_people, row
from tests.support.register import authority, codes, edebo, found_by, records

STATES = ("працює", "призупинено", "ліквідовано", "реорганізовано", "", "ще не відомо")
BODIES = ("Міністерство", "Міська рада", "Калуська міська рада", "Ніде не відома рада", "", "-", "Обласна рада")
TYPES = ("ліцей", "інший заклад", "садок", "Департамент освіти", "гурток")
EMAILS = ("a{n}@schools.example", "", "a{n}@x.example, b{n}@x.example", "е-mail:a{n}@x.example;", "шкoла@x.example")
CODES = ("UA46060250010015970", "UA23060010010011111", "", "UA99000000000000000")
SUMS = re.compile(
    r"(\d+) rows: (\d+) were added, (\d+) changed; (\d+) agree with the register, "
    r"(\d+) stay as they are and need a person, (\d+) repeat another, (\d+) rejected"
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "realm-config")
    made.write(authority("46-0000011", "Відділ освіти Калуської міської ради", "UA46060250010015970"))
    return made


def write(folder: Folder, rows: list[dict[str, Any]], name: str = "e.json") -> Path:
    place = folder.path.parent / name
    place.write_bytes(as_json(rows))
    return place


def invented(seed: int, count: int) -> list[dict[str, Any]]:
    randomly = random.Random(seed)  # noqa: S311  # invented data
    return [
        row(
            number := randomly.randrange(100_001, 100_001 + count),
            institution_name=randomly.choice((f"Ліцей № {number}", f"Лiцей № {number}", "", "Я" * 501)),
            institution_type_name=randomly.choice(TYPES),
            state_name=randomly.choice(STATES),
            governance_name=randomly.choice(BODIES),
            email=randomly.choice(EMAILS).format(n=number),
            katottg=randomly.choice(CODES),
            koatuu_id=randomly.choice(("", "4610100000")),
            parent_institution_id=randomly.choice((None, None, None, number, number - 1, 99)),
            edrpou=randomly.choice(("", "02145719", "2145719", "00000000", "немає")),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_the_sums_agree_and_each_row_that_is_no_record_has_its_reason(folder: Folder, seed: int) -> None:
    for turn in range(3):
        rows = invented(seed * 10 + turn, 120)
        result = edebo(folder, [write(folder, rows)])
        assert result.exit_code == 0, (result.output, result.exception)
        total, *parts = map(int, SUMS.search(" ".join(result.output.split())).groups())  # type: ignore[union-attr]
        assert total == len(rows) == sum(parts)
        found = codes(found_by(folder, [write(folder, rows)], "--dry-run"))
        here = records(folder)
        assert all(one["institution_id"] in here or found.get(one["institution_id"]) for one in rows)
        for one in here.values():
            if one.katottg is not None and one.superior is not None and not one.superior.startswith("00"):
                assert one.is_branch or one.superior[:2] == one.katottg[2:4]


@pytest.mark.parametrize("lost", [{"email": "-"}, {"institution_type_name": "гурток"}, {"institution_name": ""}])
def test_one_bad_field_does_not_lose_a_row_s_other_changes(folder: Folder, lost: dict[str, str]) -> None:
    found_by(folder, [write(folder, [row(100_001), row(100_002)])])
    found = found_by(
        folder, [write(folder, [row(100_001, **{"katottg": "UA46060250010099999", **lost}), row(100_002)])]
    )
    made = records(folder)[100_001]
    assert (made.katottg, made.email, made.name) == (
        "UA46060250010099999",
        "school100001@schools.example",
        "Ліцей № 100001",
    )
    assert list(codes(found, "needs a person")) == [100_001]


def test_an_address_of_several_that_is_the_one_here_is_no_question(folder: Folder) -> None:
    found_by(folder, [write(folder, [row(100_001, email="a@x.example")])])
    assert codes(found_by(folder, [write(folder, [row(100_001, email="b@x.example, A@x.example")])])) == {}
    assert codes(found_by(folder, [write(folder, [row(100_001, email="b@x.example, c@x.example")])])) == {
        100_001: {"email-several"}
    }
    assert records(folder)[100_001].email == "a@x.example"


def test_importing_one_file_does_not_call_the_rest_gone(folder: Folder) -> None:
    lviv = [row(100_000 + n) for n in range(1, 5)]
    others = [row(200_000 + n, katottg="UA23060010010011111") for n in range(1, 5)]
    nurseries = [row(300_000 + n, institution_type_name="садок") for n in range(1, 5)]
    found_by(folder, [write(folder, [*lviv, *others, *nurseries])])
    assert codes(found_by(folder, [write(folder, others)])) == {}
    assert codes(found_by(folder, [write(folder, nurseries)])) == {}
    assert codes(found_by(folder, [write(folder, lviv[:3])])) == {100_004: {"gone"}}
    assert codes(found_by(folder, [write(folder, [*lviv[:3], *others, *nurseries])])) == {100_004: {"gone"}}
    assert len(records(folder)) == 13


def test_a_branch_whose_institution_is_rejected_is_not_put_under_the_governing_body(folder: Folder) -> None:
    rows = [row(100_001, email="-"), row(100_002, parent_institution_id=100_001)]
    assert codes(found_by(folder, [write(folder, rows)])) == {100_001: {"email"}, 100_002: {"parent-rejected"}}
    found_by(folder, [write(folder, [row(100_001), rows[1]])])
    assert records(folder)[100_002].superior == records(folder)[100_001].id


def test_a_branch_follows_when_its_institution_comes_in_later(folder: Folder) -> None:
    branch = row(100_002, parent_institution_id=100_001)
    assert codes(found_by(folder, [write(folder, [branch])])) == {100_002: {"parent"}}
    assert not records(folder)[100_002].is_branch
    found_by(folder, [write(folder, [row(100_001), branch])])
    made = records(folder)
    assert made[100_002].is_branch and made[100_002].superior == made[100_001].id


def test_a_branch_of_a_branch_or_of_an_institution_elsewhere_is_a_finding(folder: Folder) -> None:
    rows = [
        row(100_001),
        row(100_002, parent_institution_id=100_001),
        row(100_003, parent_institution_id=100_002),
        row(100_004, parent_institution_id=100_001, katottg="UA23060010010011111"),
        row(100_005, parent_institution_id=100_001, governance_name="Калуська міська рада"),
        row(100_006, parent_institution_id=100_006),
    ]
    found = codes(found_by(folder, [write(folder, rows)]))
    assert found == {100_003: {"parent"}, 100_004: {"parent"}, 100_005: {"parent"}, None: {"placed"}}
    assert records(folder)[100_005].superior == "46-0000011"


def test_no_row_makes_or_unmakes_an_authority(folder: Folder) -> None:
    found = found_by(folder, [write(folder, [row(100_001, institution_type_name="Департамент освіти")])])
    assert codes(found) == {100_001: {"authority-row"}}
    found_by(folder, [write(folder, [row(100_001)])])
    found = found_by(folder, [write(folder, [row(100_001, institution_type_name="Департамент освіти")])])
    assert codes(found) == {100_001: {"kind"}}
    assert records(folder)[100_001].kind == "school"


def test_ids_of_another_register_get_a_range_of_their_own_and_never_hit_another_institution(folder: Folder) -> None:
    folder.write(authority("46-0000372", "Відділ освіти Калуської міської ради"))
    found_by(folder, [write(folder, [row(372, institution_type_name="фаховий коледж"), row(100_372)])])
    made = records(folder)
    assert (made[372].id, made[100_372].id) == ("46-8000372", "46-0100372")
    stranger = row(372, institution_type_name="ліцей", institution_name="Інший", katottg="UA23060010010011111")
    assert codes(found_by(folder, [write(folder, [stranger])]), "rejected") == {372: {"other-institution"}}
    assert codes(found_by(folder, [write(folder, [row(8_000_372)])]), "rejected") == {8_000_372: {"id-taken"}}


def test_a_suspended_one_that_is_not_here_waits_and_a_region_that_disagrees_is_asked(folder: Folder) -> None:
    rows = [
        row(100_001, state_name="призупинено"),
        {**row(100_002, governance_name="Калуська міська рада"), "region_name": "Запорізька область"},
        row(100_004, governance_name="Калуська міська рада", koatuu_id="2310100000"),
        {**row(100_003, katottg="", koatuu_id="", governance_name="Обласна рада"), "region_name": "Львівська область"},
    ]
    found = found_by(folder, [write(folder, rows)])
    assert codes(found) == {
        100_001: {"suspended"},
        100_002: {"region", "authority"},
        100_004: {"region", "authority"},
        100_003: {"authority"},
    }
    assert next(one for one in found if one["edebo_id"] == 100_003)["oblast"] == "46 Львівська"


def test_the_report_opens_in_a_ukrainian_excel_and_says_whom_a_line_is_about(folder: Folder) -> None:
    report = folder.path.parent / "report.csv"
    edebo(folder, [write(folder, invented(5, 60))], "--report", str(report))
    data = report.read_bytes()
    assert data.startswith("\ufeff".encode()) and b"\r\n" in data
    lines = list(csv.DictReader(data.decode("utf-8-sig").splitlines(), delimiter=";"))
    order = [(line["weight"], line["oblast"], line["body"], line["name"]) for line in lines]
    ranks = {"rejected": 0, "needs a person": 1, "note": 2}
    assert order == sorted(order, key=lambda one: (ranks[one[0]], *one[1:]))
    assert all(line["message"] and line["remedy"] and line["file"] and line["row"] for line in lines)
    assert any(line["name"] and line["oblast"] and line["body"] for line in lines)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8", "cp1251"])
@pytest.mark.parametrize("head", ["", "sep=;\r\n", '"sep=;"\r\n'])
def test_what_excel_saves_is_read(folder: Folder, encoding: str, head: str) -> None:
    text = as_csv(for_people([row(100_001), row(100_002)]), encoding="utf-8").decode()
    place = folder.path.parent / "excel.csv"
    place.write_bytes((head + text).encode(encoding))
    assert found_by(folder, [place]) == []
    assert {100_001, 100_002} <= records(folder).keys()


def test_a_table_without_old_codes_is_refused_as_koatuu(folder: Folder) -> None:
    place = folder.path.parent / "codifier.csv"
    place.write_text("Перший рівень;Назва\nUA46000000000026241;Львівська\n", encoding="utf-8")
    result = edebo(folder, [write(folder, [row(100_001)])], "--koatuu", str(place))
    assert "no row with an old code" in str(result.exception)
    assert 100_001 not in records(folder)


def test_a_body_that_changed_when_an_institution_closed_is_said_too(folder: Folder) -> None:
    found_by(folder, [write(folder, [row(100_001, governance_name="Калуська міська рада")])])
    over = row(100_001, governance_name="ТОВ «Мрія»", state_name="ліквідовано")
    found = found_by(folder, [write(folder, [over])])
    assert codes(found) == {100_001: {"closed-here-open"}}
    assert any("was “Калуська міська рада” and is “ТОВ «Мрія»”" in one["message"] for one in found)
