"""What a changed row moves: over every field that says where it belongs, nothing moves or stays without a finding."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.support import edebo as export
from tests.support.configuration import Folder
from tests.support.register import authority, codes, edebo, found_by, records

COUNCIL = "Зеленогайська сільська рада"
HERE, NEXT = "UA46060010010011111", "UA46060020010011111"
AUTHORITIES = [
    *(authority(f"{o}-0000012", COUNCIL, f"UA{o}060010010011111") for o in ("23", "46", "53")),
    *(authority(f"{o}-0000001", "Обласна рада") for o in ("23", "46", "53")),
    authority("46-0000013", "Міська рада", "UA46060020010011111"),
    authority("46-0000014", "Відділ освіти Синьоводської міської ради", "UA46060030010011111"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "realm-config")
    made.write(*AUTHORITIES)
    return made


def given(folder: Folder, *rows: dict[str, object], name: str = "export.json") -> list[dict[str, object]]:
    path = folder.path.parent / name
    path.write_bytes(export.as_json(list(rows)))
    return found_by(folder, [path])


def contents(folder: Folder) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in sorted(folder.path.rglob("*")) if one.is_file()}


def said(oblast: str, how: str) -> dict[str, object]:
    """A row of one of three oblasts, by its code, its old code, or the region's name alone."""
    code, regions = f"UA{oblast}060010010011111", {"23": "Запорізька", "46": "Львівська", "53": "Полтавська"}
    ways: dict[str, dict[str, object]] = {
        "code": {"katottg": code},
        "old code": {"katottg": "", "koatuu_id": f"{oblast}10100000"},
        "region": {"katottg": "", "koatuu_id": "", "region_name": regions[oblast]},
    }
    return ways[how]


@pytest.mark.parametrize("how", ["code", "old code", "region"])
@pytest.mark.parametrize("body", [COUNCIL, "Обласна рада"])
def test_no_row_moves_a_record_to_another_oblast(folder: Folder, body: str, how: str) -> None:
    for n, (before, after) in enumerate(permutations(("23", "46", "53"), 2)):
        number = 100001 + n
        given(folder, export.row(number, governance_name=body, **said(before, how)))
        was = records(folder)[number]
        if was.superior is None or was.superior[:2] != before:
            pytest.fail(f"{number} is under {was.superior}")
        row = export.row(number, governance_name=body, email="other@schools.example", **said(after, how))
        for _ in range(2):
            found = given(folder, row)
            assert codes(found, "needs a person").get(number, set()) - {"koatuu"} == {"other-oblast"}
            assert records(folder)[number] == was


def test_an_id_that_is_given_again_in_another_oblast_takes_over_no_record(folder: Folder) -> None:
    given(folder, export.row(100001, governance_name=COUNCIL, katottg=HERE))
    before = contents(folder)
    row = export.row(100001, institution_name="Зовсім інший ліцей", governance_name=COUNCIL, **said("23", "code"))
    assert codes(given(folder, row)) == {100001: {"other-institution"}}
    after = contents(folder)
    assert before == after


def test_a_record_that_a_person_moved_to_another_oblast_is_not_asked_again(folder: Folder) -> None:
    given(folder, export.row(100001, governance_name=COUNCIL, katottg=HERE))
    row = export.row(100001, governance_name=COUNCIL, **said("23", "code"))
    assert codes(given(folder, row)) == {100001: {"other-oblast"}}
    file = next((folder.path / "institutions").glob("46-edebo.yaml"))
    text = file.read_text(encoding="utf-8").replace(HERE, "UA23060010010011111").replace("46-0000012", "23-0000012")
    file.write_text(text, encoding="utf-8")
    assert codes(given(folder, row)) == codes(given(folder, row)) == {}
    assert records(folder)[100001].superior == "23-0000012"


def test_a_place_that_a_person_kept_against_the_register_is_not_asked_again_unless_the_body_changes(
    folder: Folder,
) -> None:
    given(folder, export.row(100001, governance_name=COUNCIL, **said("23", "code")))
    file = next((folder.path / "institutions").glob("23-edebo.yaml"))
    text = file.read_text(encoding="utf-8").replace("UA23060010010011111", HERE).replace('"23-0000012"', '"46-0000012"')
    file.write_text(text, encoding="utf-8")
    assert codes(given(folder, export.row(100001, governance_name=COUNCIL, **said("23", "code")))) == {}
    changed = export.row(100001, governance_name="Обласна рада", **said("23", "code"))
    assert codes(given(folder, changed)) == codes(given(folder, changed)) == {100001: {"body-changed"}}
    assert records(folder)[100001].superior == "46-0000012"


def test_a_code_whose_oblast_is_contradicted_is_not_taken(folder: Folder) -> None:
    given(folder, export.row(100001, governance_name=COUNCIL, katottg=HERE))
    row = {**export.row(100001, governance_name=COUNCIL, katottg="UA23060010010011111"), "koatuu_id": "4610100000"}
    assert codes(given(folder, row)) == {100001: {"region"}}
    assert records(folder)[100001].katottg == HERE


def test_a_body_that_means_another_authority_at_the_new_place_moves_the_record_and_says_so(folder: Folder) -> None:
    folder.write(authority("46-0000013", "Міська рада", HERE), authority("46-0000014", "Міська рада", NEXT))
    given(folder, export.row(100001, governance_name="Міська рада", katottg=HERE))
    found = given(folder, export.row(100001, governance_name="Міська рада", katottg=NEXT))
    assert codes(found) == {100001: {"moved"}} and "from 46-0000013 to 46-0000014" in str(found[0]["message"])
    assert records(folder)[100001].superior == "46-0000014"


def test_a_body_that_means_nobody_at_the_new_place_is_asked_until_a_person_answers(folder: Folder) -> None:
    given(folder, export.row(100001, governance_name="Міська рада", katottg=NEXT))
    moved = export.row(100001, governance_name="Міська рада", katottg="UA46060990010011111")
    for _ in range(2):
        assert codes(given(folder, moved)) == {100001: {"place-changed"}}
        assert records(folder)[100001].katottg == NEXT
    answer = folder.path.parent / "map.yaml"
    answer.write_text('authorities:\n  "46":\n    "Міська рада":\n      UA4606099: "46-0000014"\n', encoding="utf-8")
    assert edebo(folder, [folder.path.parent / "export.json"], "--map", str(answer)).exit_code == 0
    assert records(folder)[100001].superior == "46-0000014"
    assert codes(given(folder, moved)) == {}


BODY, OTHER, UNKNOWN = "Відділ освіти Синьоводської міської ради", COUNCIL, "Гірська сільська рада"


def branch(body: str, parent: int | None, katottg: str = "UA46060030010011111") -> dict[str, object]:
    return export.row(100002, governance_name=body, katottg=katottg, parent_institution_id=parent)


HEAD = export.row(100001, governance_name=BODY, katottg="UA46060030010011111")


@pytest.mark.parametrize("parent", [100001, None])
@pytest.mark.parametrize(("body", "place"), [(OTHER, HERE), (UNKNOWN, "UA46060030010011111")])
def test_a_branch_whose_body_is_no_longer_its_heads_stays_and_is_asked(
    folder: Folder, body: str, place: str, parent: int | None
) -> None:
    given(folder, HEAD, branch(BODY, 100001))
    assert records(folder)[100002].superior == "46-0100001"
    for _ in range(2):
        found = given(folder, HEAD, branch(body, parent, place))
        assert codes(found, "needs a person")[100002] & {"branch-body", "body-changed"}
        assert any(BODY in str(one["message"]) and body in str(one["message"]) for one in found)
        assert records(folder)[100002].superior == "46-0100001"


def test_a_new_branch_with_an_unknown_body_of_its_own_is_not_put_under_its_heads_authority(folder: Folder) -> None:
    found = given(folder, HEAD, branch(UNKNOWN, 100001))
    assert codes(found)[100002] == {"parent", "authority"} and 100002 not in records(folder)


def test_a_branch_follows_its_head_that_moves_in_the_same_export(folder: Folder) -> None:
    given(folder, HEAD, branch(BODY, 100001))
    head = export.row(100001, governance_name=OTHER, katottg=HERE)
    found = given(folder, head, branch(OTHER, 100001, HERE))
    assert codes(found) == {100001: {"body-changed"}, 100002: {"body-changed"}}
    assert (records(folder)[100001].superior, records(folder)[100002].superior) == ("46-0000012", "46-0100001")
    before = contents(folder)
    given(folder, head, branch(OTHER, 100001, HERE))
    assert contents(folder) == before
