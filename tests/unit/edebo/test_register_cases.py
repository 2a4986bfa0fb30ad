"""Rows of the kinds that came out wrong, each as its kind must be: place decides, updates follow or ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.configuration import Folder
from tests.support.register import CASES, authority, codes, edebo, found_by, records

SYNIOVODY = authority("46-0000011", "Відділ освіти Синьоводської міської ради", "UA46060250010015970")

HIRSKE = authority("46-0000012", "Управління освіти Гірської громади", "UA46060010010011111")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "realm-config")


def test_a_namesake_of_another_oblast_is_never_taken(folder: Folder) -> None:
    folder.write(authority("07-0000011", "Зеленогайська сільська рада", "UA07020010010033333"))
    found = found_by(folder, [CASES / "namesakes.csv"])
    assert codes(found, "rejected") == {number: {"authority"} for number in (910001, 910002, 910003)}
    assert records(folder)[910004].superior == "07-0000011"
    assert {one["oblast"] for one in found if one["weight"] == "rejected"} == {"23 Запорізька"}


def test_a_general_name_is_one_question_per_oblast_and_never_a_suggestion_of_another(folder: Folder) -> None:
    folder.write(authority("46-0000001", "Обласна рада"))
    draft = folder.path.parent / "map.yaml"
    found = found_by(folder, [CASES / "generic.csv"], "--draft-map", str(draft))
    assert codes(found, "rejected") == {number: {"authority"} for number in range(920002, 920006)}
    assert records(folder)[920001].superior == "46-0000001"
    text = draft.read_text(encoding="utf-8")
    assert text.count('"Обласна рада": null') == 4
    assert [oblast for oblast in ("05", "07", "23", "53") if f'  "{oblast}":' in text] == ["05", "07", "23", "53"]
    assert "46-0000001" not in text


def test_a_changed_body_is_a_finding_with_old_and_new_until_a_person_decides(folder: Folder) -> None:
    folder.write(SYNIOVODY, HIRSKE)
    assert codes(found_by(folder, [CASES / "older.csv"])) == {}
    draft = folder.path.parent / "map.yaml"
    edebo(folder, [CASES / "newer.csv"], "--draft-map", str(draft), "--dry-run")
    for _ in range(2):
        found = found_by(folder, [CASES / "newer.csv"])
        assert codes(found, "needs a person") == {930003: {"body-changed"}}
        assert "Відділ освіти Синьоводської міської ради" in found[0]["message"]
        assert "Гірська сільська рада" in found[0]["message"]
    assert {records(folder)[n].superior for n in (930001, 930002, 930003)} == {"46-0000011"}
    text = draft.read_text(encoding="utf-8")
    assert 'now under 46-0000011: 1, whose body was "Відділ освіти Синьоводської міської ради"' in text
    assert text.count(": null") == 1


def test_a_renamed_department_of_the_same_council_is_followed_and_listed_with_old_and_new(folder: Folder) -> None:
    folder.write(SYNIOVODY, HIRSKE)
    found_by(folder, [CASES / "older.csv"])
    draft = folder.path.parent / "map.yaml"
    found = found_by(folder, [CASES / "newer.csv"], "--draft-map", str(draft))
    renamed = [one for one in found if one["edebo_id"] in (930001, 930002)]
    assert {one["code"] for one in renamed} == {"body-changed"} and len(renamed) == 2
    for one in renamed:
        assert "was “Відділ освіти Синьоводської міської ради”" in one["message"]
        assert "is “Управління освіти, культури і спорту Синьоводської міської ради”" in one["message"]
    assert '# followed, institutions: 2; of "Відділ освіти Синьоводської' in draft.read_text(encoding="utf-8")
    assert codes(found_by(folder, [CASES / "newer.csv"]), "note") == {None: {"placed"}}


def test_a_decision_is_kept_and_not_asked_again(folder: Folder) -> None:
    folder.write(SYNIOVODY, HIRSKE)
    found_by(folder, [CASES / "older.csv"])
    draft = folder.path.parent / "map.yaml"
    edebo(folder, [CASES / "newer.csv"], "--draft-map", str(draft), "--dry-run")
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace('"Гірська сільська рада": null', '"Гірська сільська рада": "46-0000012"'), "utf-8")
    assert codes(found_by(folder, [CASES / "newer.csv"], "--map", str(draft)), "needs a person") == {}
    made = records(folder)
    assert [made[n].superior for n in (930001, 930002, 930003)] == ["46-0000011", "46-0000011", "46-0000012"]
    assert codes(found_by(folder, [CASES / "newer.csv"])) == {None: {"placed"}}
    assert (folder.path / "imports" / "map.yaml").is_file()


def test_an_authority_corrected_by_hand_after_the_question_is_an_answer(folder: Folder) -> None:
    folder.write(SYNIOVODY, HIRSKE)
    found_by(folder, [CASES / "older.csv"])
    found_by(folder, [CASES / "newer.csv"])
    file = next((folder.path / "institutions").glob("46-edebo.yaml"))
    head, _, last = file.read_text(encoding="utf-8").rpartition('authority: "46-0000011"')
    file.write_text(f'{head}authority: "46-0000012"{last}', encoding="utf-8")
    assert codes(found_by(folder, [CASES / "newer.csv"]), "needs a person") == {}
    assert codes(found_by(folder, [CASES / "newer.csv"])) == {None: {"placed"}}
    assert records(folder)[930003].superior == "46-0000012"


def test_suspended_is_neither_closed_nor_a_reason_to_deactivate(folder: Folder) -> None:
    folder.write(SYNIOVODY)
    found_by(folder, [CASES / "older.csv"])
    endings = folder.path.parent / "endings.csv"
    found = found_by(folder, [CASES / "states.csv"], "--draft-deactivations", str(endings))
    assert codes(found) == {
        930001: {"suspended"},
        930002: {"closed-here-open"},
        930003: {"closed-here-open"},
        940004: {"state"},
    }
    assert "deactivat" not in next(one for one in found if one["code"] == "suspended")["remedy"]
    lines = endings.read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ["46-0930002", "46-0930003"]
    assert [line.split(";")[4:] for line in lines[1:]] == [["ліквідація", "", "", ""], ["реорганізація", "", "", ""]]


def test_a_head_institution_that_is_not_here_is_a_finding(folder: Folder) -> None:
    folder.write(SYNIOVODY, authority("00-0000002", "Міністерство освіти і науки України"))
    found = found_by(folder, [CASES / "parents.csv"])
    assert codes(found) == {950001: {"parent"}, 950002: {"parent"}}
    made = records(folder)
    assert (made[950001].superior, made[950002].superior) == ("00-0000002", "46-0000011")


def test_addresses_are_mended_and_said_and_of_several_none_is_chosen(folder: Folder) -> None:
    folder.write(SYNIOVODY)
    draft = folder.path.parent / "map.yaml"
    found = found_by(folder, [CASES / "addresses.csv"], "--draft-map", str(draft))
    assert codes(found) == {
        **{number: {"email-mended"} for number in (960001, 960002, 960003)},
        960004: {"email-several"},
    }
    made = records(folder)
    assert [made[960000 + n].email for n in (1, 2, 3)] == [f"a{n}@schools.example" for n in (1, 2, 3)]
    text = draft.read_text(encoding="utf-8")
    assert "a4@schools.example, head64@mail.example" in text
    draft.write_text(text.replace('"960004": null', '"960004": a4@schools.example'), encoding="utf-8")
    assert codes(found_by(folder, [CASES / "addresses.csv"], "--map", str(draft)), "rejected") == {}
    assert records(folder)[960004].email == "a4@schools.example"
    assert codes(found_by(folder, [CASES / "addresses.csv"]), "rejected") == {}
