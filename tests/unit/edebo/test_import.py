"""`provision import edebo` on a real folder: valid YAML, every row accounted for, corrections by hand kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.configuration.imports import imports
from provisioning.model.institution import Institution
from tests.support.configuration import Folder
from tests.support.edebo import COLLEGE, MESSY, as_csv, as_json, as_xlsx, as_xml, for_people, row

REJECTED = {
    3: {"email-several"},
    4: {"email"},
    5: {"email"},
    6: {"email"},
    10: {"authority"},
    11: {"authority"},
    12: {"type"},
    13: {"closed"},
    14: {"state"},
    16: {"second-row"},
    20: {"name"},
    21: {"name-long"},
    None: {"id"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "realm-config")
    made.write()
    return made


def run(folder: Folder, data: bytes, *options: str, name: str = "export.json") -> Result:
    file = folder.path.parent / name
    file.write_bytes(data)
    return CliRunner().invoke(imports, ["edebo", str(file), "--into", str(folder.path), *options])


def findings(folder: Folder, data: bytes, *options: str) -> list[dict[str, Any]]:
    report = folder.path.parent / "report.json"
    result = run(folder, data, "--report", str(report), *options)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    return found


def by_edebo(folder: Folder) -> dict[int | None, Institution]:
    return {i.edebo_id: i for i in folder.load().institutions}


def of_weight(found: list[dict[str, Any]], weight: str) -> dict[int | None, set[str]]:
    result: dict[int | None, set[str]] = {}
    for one in found:
        if one["weight"] == weight:
            result.setdefault(one["edebo_id"], set()).add(one["code"])
    return result


def test_a_messy_export_becomes_valid_yaml_and_every_other_row_is_named_with_its_reason(folder: Folder) -> None:
    found = findings(folder, as_json(MESSY))
    assert of_weight(found, "rejected") == REJECTED
    taken = {number for number in by_edebo(folder) if number is not None}
    assert taken == {1, 2, 7, 8, 9, 15, 16, 17, 18, 22, 23, 24, 25}
    rows = {one["institution_id"] for one in MESSY if isinstance(one["institution_id"], int)}
    assert rows == taken | {number for number in REJECTED if number is not None}


def test_what_has_one_meaning_is_mended_and_what_has_not_is_left_out_and_reported(folder: Folder) -> None:
    found = findings(folder, as_json(MESSY))
    made = by_edebo(folder)
    assert made[2].name == "Ліцей № 2 «Мрія»"
    assert made[9].katottg == "UA46060250010015970"
    assert (made[7].katottg, made[18].edrpou) == (None, None)
    assert made[17].edrpou == "02145719"
    assert made[24].id.startswith("05-")
    assert made[22].is_branch and made[22].superior == made[1].id
    assert made[23].kind == "preschool"
    asked = of_weight(found, "needs a person")
    assert asked == {7: {"koatuu"}, 17: {"edrpou"}, 18: {"edrpou"}, 24: {"koatuu"}}


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (as_csv, "e.csv"),
        (lambda rows: as_csv(rows, delimiter=","), "comma.csv"),
        (lambda rows: as_csv(rows, delimiter="\t", encoding="cp1251"), "cp1251.csv"),
        (as_xml, "e.xml"),
        (lambda rows: json.dumps({"data": rows}).encode(), "wrapped.json"),
        (as_xlsx, "e.xlsx"),
        (lambda rows: as_xlsx(for_people(rows)), "for-people.xlsx"),
        (lambda rows: as_json(for_people(rows)), "for-people.json"),
    ],
)
def test_all_forms_of_one_export_give_the_same_records(
    folder: Folder, tmp_path: Path, write: Callable[[list[dict[str, Any]]], bytes], name: str
) -> None:
    rows = [row(1), row(5, email=""), row(22, parent_institution_id=1)]
    assert run(folder, write(rows), name=name).exit_code == 0
    other = Folder(tmp_path / "other")
    other.write()
    assert run(other, as_json(rows)).exit_code == 0
    assert by_edebo(folder) == by_edebo(other)


def test_the_same_export_again_changes_nothing(folder: Folder) -> None:
    run(folder, as_json(MESSY))
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    run(folder, as_json(MESSY))
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before


def test_what_was_edited_by_hand_stays_and_what_was_not_follows_the_register(folder: Folder) -> None:
    run(folder, as_json([row(1), row(2)]))
    file = next((folder.path / "institutions").glob("46-*.yaml"))
    text = file.read_text(encoding="utf-8").replace("school1@", "office@").replace("- id", "# by hand\n- id", 1)
    file.write_text(text, encoding="utf-8")
    changed = [row(1, institution_name="Ліцей № 1 імені Лесі Українки"), row(2, email="new2@schools.example")]
    found = findings(folder, as_json(changed))
    made = by_edebo(folder)
    assert (made[1].email, made[1].name) == ("office@schools.example", "Ліцей № 1 імені Лесі Українки")
    assert made[2].email == "new2@schools.example"
    assert "# by hand" in file.read_text(encoding="utf-8")
    assert of_weight(found, "needs a person") == {}


def test_a_field_that_both_changed_stays_and_a_person_is_told(folder: Folder) -> None:
    run(folder, as_json([row(1)]))
    file = next((folder.path / "institutions").glob("46-*.yaml"))
    file.write_text(file.read_text(encoding="utf-8").replace("school1@", "office@"), encoding="utf-8")
    found = findings(folder, as_json([row(1, email="other@schools.example")]))
    assert by_edebo(folder)[1].email == "office@schools.example"
    assert of_weight(found, "needs a person") == {1: {"disagreement"}}


def test_a_record_older_than_the_import_is_filled_in_and_not_overwritten(folder: Folder) -> None:
    lines = ['- id: "46-0000009"', "kind: school", "name: Ліцей", "edebo_id: 1", "email: a@b.example"]
    folder.write("\n  ".join([*lines, 'authority: "00-0000001"']) + "\n")
    found = findings(folder, as_json([row(1, institution_name="Ліцей № 1")]))
    made = by_edebo(folder)[1]
    assert (made.id, made.name, made.email) == ("46-0000009", "Ліцей", "a@b.example")
    assert made.katottg == "UA46060250010015970"
    assert of_weight(found, "needs a person") == {1: {"disagreement"}}


def test_closed_and_missing_institutions_are_reported_and_nothing_is_deactivated(folder: Folder) -> None:
    run(folder, as_json([row(1), row(2)]))
    found = findings(folder, as_json([row(1, state_name="Закрито")]))
    assert of_weight(found, "needs a person") == {1: {"closed-here-open"}, 2: {"gone"}}
    assert all(institution.deactivated is None for institution in folder.load().institutions)


def test_a_map_says_what_names_and_types_mean_and_under_takes_the_rest(folder: Folder) -> None:
    told = folder.path.parent / "map.yaml"
    told.write_text(
        'authorities: {"Відділ освіти, якого немає": "00-0000001"}\nkinds: {клуб за інтересами: extracurricular}\n',
        encoding="utf-8",
    )
    found = findings(folder, as_json(MESSY), "--map", str(told), "--under", "00-0000001")
    made = by_edebo(folder)
    assert made[10].superior == made[11].superior == "00-0000001"
    assert made[12].kind == "extracurricular"
    assert of_weight(found, "needs a person")[11] == {"authority-assumed"}


def test_legacy_codes_of_places_are_turned_by_a_table(folder: Folder) -> None:
    table = folder.path.parent / "koatuu.csv"
    table.write_text("КОАТУУ;КАТОТТГ\n4610100000;UA46060250010099999\n", encoding="utf-8")
    run(folder, as_json([row(7, katottg="")]), "--koatuu", str(table))
    assert by_edebo(folder)[7].katottg == "UA46060250010099999"


def test_a_dry_run_writes_nothing_but_the_report(folder: Folder) -> None:
    before = sorted(path for path in folder.path.rglob("*"))
    assert findings(folder, as_json(MESSY), "--dry-run")
    assert sorted(path for path in folder.path.rglob("*")) == before


def test_a_report_for_spreadsheets_holds_no_formula(folder: Folder) -> None:
    report = folder.path.parent / "report.csv"
    run(
        folder, as_json([row(1, institution_type_name="=HYPERLINK(1)", institution_id="=1+1")]), "--report", str(report)
    )
    rows = list(csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows and all(not value.startswith(("=", "+", "@")) for one in rows for value in one.values())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no rows"),
        (b"institution_id;institution_name\n", "has no rows"),
        (b"[{", "is not JSON"),
        (b'[{"a": 1}]', "lacks the columns"),
        (b"<a><b></a>", "is not XML"),
        (b"PK\x03\x04 no spreadsheet", "no spreadsheet that can be read"),
        (as_xlsx([{"a": 1}]), "lacks the columns"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "defines entities"),
        (b"a;b\n1;2\n", "lacks the columns"),
    ],
)
def test_what_is_no_export_is_refused_and_nothing_is_written(folder: Folder, data: bytes, words: str) -> None:
    result = run(folder, data)
    assert result.exit_code != 0
    assert words in str(result.exception)
    assert not (folder.path / "imports").exists()


def test_a_spreadsheet_that_unpacks_to_more_than_is_read_is_refused(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = as_xlsx([row(number, institution_name="Л" * 300) for number in range(1, 50)])
    monkeypatch.setattr("provisioning.edebo.forms.MAX_BYTES", len(data) // 10)
    assert "has more than" in str(run(folder, data, name="bomb.xlsx").exception)


def test_of_other_kinds_the_day_of_closing_counts_and_an_empty_state_says_nothing(folder: Folder) -> None:
    closed = {**COLLEGE, "Код": 32, "Дата блокування суб’єкта освітньої діяльності в ЄДЕБО": "2022-06-15"}
    found = findings(folder, as_xlsx([COLLEGE, closed]))
    assert by_edebo(folder)[31].kind == "pre-higher"
    assert of_weight(found, "rejected") == {32: {"closed"}}
    assert of_weight(findings(folder, as_json([row(33, state_name="")])), "rejected") == {33: {"state"}}


def test_a_code_that_somebody_made_up_is_left_out_and_a_branch_without_its_institution_is_named(folder: Folder) -> None:
    found = findings(folder, as_json([row(1, edrpou="11111111"), row(2, support_name="Філія")]))
    assert by_edebo(folder)[1].edrpou is None
    assert of_weight(found, "needs a person") == {1: {"edrpou"}, 2: {"branch"}}


def test_what_the_register_said_of_a_closed_one_or_of_a_row_that_lost_its_address_is_remembered(folder: Folder) -> None:
    run(folder, as_json([row(1), row(2)]))
    run(folder, as_json([row(1, state_name="призупинено"), row(2, email="-")]))
    found = findings(folder, as_json([row(1, institution_name="Інша назва"), row(2, institution_name="І ця інша")]))
    assert of_weight(found, "needs a person") == {}
    assert [by_edebo(folder)[number].name for number in (1, 2)] == ["Інша назва", "І ця інша"]


def test_words_that_nobody_knows_come_as_a_draft_that_is_filled_in_and_given_back(folder: Folder) -> None:
    place = folder.path.parent / "map.yaml"
    unknown = 'Відділ освіти "Нового" міста: район'
    rows = [row(1, governance_name=unknown), row(2, governance_name=unknown), row(3, institution_type_name="гурток")]
    assert run(folder, as_json(rows), "--draft-map", str(place), "--dry-run").exit_code == 0
    text = place.read_text(encoding="utf-8")
    assert "institutions: 2; hromadas: UA4606025 (2)" in text
    assert run(folder, as_json(rows), "--map", str(place)).exit_code == 0
    assert not {1, 2, 3} & by_edebo(folder).keys()
    refused = run(folder, as_json(rows), "--draft-map", str(place))
    assert "is there already" in str(refused.exception)
    place.write_text(text.replace('район": null', 'район": "00-0000001"'), encoding="utf-8")
    kinds = place.with_name("kinds.yaml")
    kinds.write_text("kinds: {гурток: extracurricular}\n", encoding="utf-8")
    assert run(folder, as_json(rows), "--map", str(place), "--map", str(kinds)).exit_code == 0
    assert {1, 2, 3} <= by_edebo(folder).keys()


@pytest.mark.parametrize("text", ["authorities: [a]\n", "kinds: x\n", "other: {}\n", "- a\n"])
def test_what_is_no_map_is_refused(folder: Folder, text: str) -> None:
    place = folder.path.parent / "map.yaml"
    place.write_text(text, encoding="utf-8")
    assert "is no map" in str(run(folder, as_json([row(1)]), "--map", str(place)).exception)


def test_a_legacy_code_that_a_hromada_and_its_town_shared_is_the_town_s(folder: Folder) -> None:
    lines = [
        {"Кодифікатор": code, "КОАТУУ": legacy}
        for code, legacy in (
            ("UA46060250000000001", "4610100000"),
            ("UA46060250010015970", "4610100000"),
            ("UA46060250020000002", "4610200000"),
            ("UA46060250030000003", "4610200000"),
            ("UA46060000000000004", "Новий район"),
        )
    ]
    table = folder.path.parent / "places.xlsx"
    table.write_bytes(as_xlsx(lines))
    rows = [row(1, katottg=""), row(2, katottg="", koatuu_id="4610200000")]
    found = findings(folder, as_json(rows), "--koatuu", str(table))
    assert by_edebo(folder)[1].katottg == "UA46060250010015970"
    assert of_weight(found, "needs a person") == {2: {"koatuu"}}


def test_an_import_that_would_leave_an_invalid_folder_writes_nothing_and_names_the_record(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioning.edebo.cleaning.is_placeholder", lambda code: False)
    result = run(folder, as_json([row(1, edrpou="11111111")]))
    assert "46-8000001: edrpou: 11111111 is a placeholder" in str(result.exception)
    assert 1 not in by_edebo(folder)
    assert not (folder.path / "imports").exists()
