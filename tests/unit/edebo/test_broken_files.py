"""Exports that are cut off or broken: no cell is taken for another, no row is lost, and a damaged file is refused."""

from __future__ import annotations

import json
from itertools import combinations, count
from pathlib import Path

import pytest

from tests.support import edebo as export
from tests.support.configuration import Folder
from tests.support.register import codes, edebo, found_by, records

NUMBERS = range(100001, 100007)
ROWS = [export.row(n, institution_name=f"Ліцей № {n}", parent_institution_id="") for n in NUMBERS]
PEOPLE = export.for_people(ROWS)
_FILES = count()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "realm-config")
    made.write()
    return made


def written(folder: Folder, data: bytes) -> Path:
    path = folder.path.parent / f"export-{next(_FILES)}.csv"
    path.write_bytes(data)
    return path


def lines(rows: list[dict[str, object]] = PEOPLE) -> list[str]:
    return export.as_csv(rows, encoding="utf-8").decode().splitlines(keepends=True)


def state(folder: Folder) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in sorted(folder.path.rglob("*")) if one.is_file()}


@pytest.mark.parametrize("rows", [ROWS, PEOPLE], ids=["interface", "people"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_wherever_an_export_is_cut_off_no_record_changes(
    folder: Folder, rows: list[dict[str, object]], encoding: str
) -> None:
    """The last row is of one institution, whose cells grow byte by byte."""
    whole = export.as_csv(rows, encoding=encoding)
    found_by(folder, [written(folder, whole)])
    before = state(folder)
    assert len(records(folder)) == len(NUMBERS) + 1
    for end in range(len(whole) - 1, len(whole) - 330, -9):
        result = edebo(folder, [written(folder, whole[:end])])
        assert result.exit_code == 0 or "cut off" in str(result.exception), (end, result.output)
        assert state(folder) == before, end


def test_a_line_with_a_delimiter_too_many_or_too_few_is_rejected_and_moves_no_cell(folder: Folder) -> None:
    for at in range(1, len(ROWS[0])):
        broken = lines(ROWS)
        cells = broken[2].split(";")
        broken[2] = ";".join([*cells[:at], "зайве", *cells[at:]])
        broken[3] = ";".join([*broken[3].split(";")[:at], *broken[3].split(";")[at + 1 :]])
        found = codes(found_by(folder, [written(folder, "".join(broken).encode())], "--dry-run"))
        assert found == {100002: {"cells"}, 100003: {"cells"}}


@pytest.mark.parametrize(("opened", "closed"), [*combinations(range(1, 7), 2), *((n, None) for n in range(1, 7))])
def test_a_quotation_mark_without_an_end_never_swallows_a_row(folder: Folder, opened: int, closed: int | None) -> None:
    broken = lines()
    broken[opened] = broken[opened].replace("Ліцей", '"Ліцей «Надія»')
    if closed is not None:
        broken[closed] = broken[closed].replace("Ліцей", '"Ліцей «Надія»')
    result = edebo(folder, [written(folder, "".join(broken).encode())])
    assert result.exit_code != 0 and "quotation mark" in str(result.exception)
    assert set(records(folder)) == {None}


@pytest.mark.parametrize("heading", PEOPLE[0])
def test_a_column_that_stands_there_twice_is_refused(folder: Folder, heading: str) -> None:
    twice = [line.rstrip("\r\n") + f";{heading if n == 0 else 'інше'}\r\n" for n, line in enumerate(lines())]
    result = edebo(folder, [written(folder, "".join(twice).encode())])
    assert result.exit_code != 0 and f"{heading.lower()} twice" in str(result.exception)


def test_a_column_twice_that_nobody_reads_is_passed_over(folder: Folder) -> None:
    twice = [
        line.rstrip("\r\n") + (";Примітка;Примітка\r\n" if n == 0 else ";a;b\r\n") for n, line in enumerate(lines())
    ]
    assert codes(found_by(folder, [written(folder, "".join(twice).encode())])) == {}


def test_a_row_that_says_neither_state_nor_day_of_closing_is_not_open(folder: Folder) -> None:
    silent = [{key: value for key, value in one.items() if key != "state_name"} for one in ROWS]
    for data in (export.as_json([*ROWS[:3], *silent[3:]]), export.as_xml([*ROWS[:3], *silent[3:]])):
        assert codes(found_by(folder, [written(folder, data)], "--dry-run")) == {n: {"state"} for n in NUMBERS[3:]}
    renamed = "".join(lines()).replace("Статус", "Стан закладу").encode()
    assert codes(found_by(folder, [written(folder, renamed)])) == {n: {"state"} for n in NUMBERS}


def test_rows_without_any_value_are_passed_over(folder: Folder) -> None:
    data = "".join([*lines(), ";" * (len(PEOPLE[0]) - 1) + "\r\n", "\r\n"] * 1).encode()
    assert codes(found_by(folder, [written(folder, data)])) == {}


@pytest.mark.parametrize("letter", ["\x91", "\x1b", "\ud83d", "\ufffe", "\ue000", "\u2028", "\u0085", "\u202e"])
def test_a_letter_that_no_record_may_have_is_left_out_of_names_drafts_and_reports(folder: Folder, letter: str) -> None:
    rows = [
        export.row(n, institution_name=f"Ліцей {letter}№ 1", governance_name=body)
        for n, body in (
            (100001, f"Міністерство{letter}"),
            (100002, f"Невідома{letter} рада"),
        )
    ]
    path = folder.path.parent / "export.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    draft = folder.path.parent / "map.yaml"
    assert codes(found_by(folder, [path], "--draft-map", str(draft)), "rejected") == {100002: {"authority"}}
    assert records(folder)[100001].name == "Ліцей № 1"
    assert draft.read_text(encoding="utf-8").splitlines()
