"""What is remembered of files is what reading them gives, whatever happened to files, program or cache meanwhile."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from provisioning.registry import LoadResult, ReadingCache, load_configuration, reading_cache
from tests.support.configuration import MINISTRY, Folder, school

TODAY = date(2026, 11, 25)
DOUBLE_SPACE = "name: Ліцей  № 2"
DEACTIVATED = 'deactivated: {reason: liquidation, document: "№ 12-о", date: 2026-01-20}'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "realm-config")
    made.write(school(1), school(3, DEACTIVATED), school(4, "rights: {remove: [grades.write]}"))
    other = school(5).replace("name: Ліцей № 5 «Надія» імені О’Генрі", DOUBLE_SPACE)
    (made.path / "institutions" / "other.yaml").write_text(other, encoding="utf-8")
    return made


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def load(folder: Folder, store: Path, today: date = TODAY) -> LoadResult:
    return load_configuration(folder.path, today=today, cache=ReadingCache(store))


def places(result: LoadResult) -> list[str]:
    sources = [str(institution.source) for institution in result.require().institutions]
    return sources + [f"{problem.source} {problem.code}" for problem in result.problems]


def same(one: LoadResult, other: LoadResult) -> bool:
    """Equal, places included: those do not take part in the comparison of institutions."""
    return one == other and places(one) == places(other)


def test_the_second_reading_gives_the_same_and_parses_nothing(
    folder: Folder, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = load_configuration(folder.path, today=TODAY)
    assert [problem.code for problem in fresh.problems] == ["spaces"]
    assert same(load(folder, store), fresh)
    monkeypatch.setattr("provisioning.registry.lists.parse_document", lambda document: pytest.fail(document.file))
    assert same(load(folder, store), fresh)


def test_a_renamed_file_keeps_its_entry_and_tells_its_new_name(folder: Folder, store: Path) -> None:
    load(folder, store)
    file = folder.path / "institutions" / "other.yaml"
    file.rename(file.with_name("renamed.yaml"))
    assert same(load(folder, store), load_configuration(folder.path, today=TODAY))
    assert places(load(folder, store))[-1].startswith("institutions/renamed.yaml:3:9")


@pytest.mark.parametrize("edited", [school(1, "email: new@schools.example"), school(6), "", "# nothing\n" + school(1)])
def test_an_edited_file_is_read_anew(folder: Folder, store: Path, edited: str) -> None:
    load(folder, store)
    folder.write(edited)
    assert same(load(folder, store), load_configuration(folder.path, today=TODAY))


def test_a_mistake_that_comes_later_is_found_at_its_place(folder: Folder, store: Path) -> None:
    load(folder, store)
    (folder.path / "institutions" / "third.yaml").write_text(school(1), encoding="utf-8")
    found = load(folder, store)
    assert found.configuration is None
    assert [(p.code, str(p.source)) for p in found.errors] == [("duplicate-id", "institutions/third.yaml:1:7")]


def test_rules_see_the_other_files_and_the_day(folder: Folder, store: Path) -> None:
    load(folder, store)
    assert [p.code for p in load(folder, store, today=date(2026, 1, 1)).errors] == ["date-in-future"]
    rights = folder.path / "rights.yaml"
    rights.write_text(rights.read_text(encoding="utf-8").replace("grades.write", "grades.wrote"), encoding="utf-8")
    assert same_problems(load(folder, store), load_configuration(folder.path, today=TODAY))


def same_problems(one: LoadResult, other: LoadResult) -> bool:
    return one.problems == other.problems


def test_another_edition_of_the_program_finds_nothing(
    folder: Folder, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(folder, store)
    before = {path.name for path in store.iterdir()}
    monkeypatch.setattr(reading_cache, "edition_of", lambda *parts: "another")
    load(folder, store)
    assert len({path.name for path in store.iterdir()} - before) == len(before)


@pytest.mark.parametrize("damage", [b"", b"null\n", b"[]\n[]\n[]", b"[[1, 3]]\n[]\n[]\n", b"\xff\xfe", b"{}\n{}\n{}\n"])
def test_a_damaged_entry_counts_as_none(folder: Folder, store: Path, damage: bytes) -> None:
    load(folder, store)
    for entry in store.iterdir():
        entry.write_bytes(damage)
    assert same(load(folder, store), load_configuration(folder.path, today=TODAY))


def test_an_entry_is_checked_like_a_file(folder: Folder, store: Path) -> None:
    load(folder, store)
    for entry in store.iterdir():
        entry.write_bytes(entry.read_bytes().replace(b'"kind": "school"', b'"kind": "palace"'))
    assert same(load(folder, store), load_configuration(folder.path, today=TODAY))


def test_a_folder_that_others_may_write_is_not_used(folder: Folder, store: Path) -> None:
    store.mkdir()
    store.chmod(0o777)
    load(folder, store)
    assert list(store.iterdir()) == []


def test_the_folder_is_its_owner_s_alone(folder: Folder, store: Path) -> None:
    load(folder, store)
    assert stat.S_IMODE(store.stat().st_mode) == 0o700


def test_a_wrong_file_is_never_remembered(folder: Folder, store: Path) -> None:
    folder.write(MINISTRY, school(1, "colour: red"))
    for _ in range(2):
        assert same_problems(load(folder, store), load_configuration(folder.path, today=TODAY))


def test_old_entries_are_removed(folder: Folder, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_cache, "_KEPT_ENTRIES", 3)
    for number in range(10, 16):
        folder.write(school(number))
        load(folder, store)
        load(folder, store)
    assert len(list(store.iterdir())) == 3
