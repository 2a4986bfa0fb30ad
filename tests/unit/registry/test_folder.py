"""The folder itself: what of it is read, once, and that nothing in it is passed over without a word."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.registry import Severity, load_configuration
from provisioning.registry.folder import institution_files, yaml_files
from provisioning.watch.content import content_digest
from tests.support.configuration_folder import DEPARTMENT, ROOT, TODAY, Folder, school

PLAIN = {"00-root.yaml": ROOT, "46/01-department.yaml": DEPARTMENT, "46/02-schools.yaml": school(2) + school(3)}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "config")
    shutil.rmtree(made.path / "institutions")
    return made


def write(below: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (below / name).parent.mkdir(parents=True, exist_ok=True)
        (below / name).write_text(text, encoding="utf-8")


def mount(below: Path, files: dict[str, str], moment: str = "..2026_11_30_12_00_00.1") -> None:
    """Lay files out as Kubernetes' AtomicWriter does, or swap them for newer ones as it does."""
    write(below / moment, files)
    (below / "..data_tmp").symlink_to(moment)
    (below / "..data_tmp").replace(below / "..data")
    for top in {name.split("/")[0] for name in files}:
        if not (below / top).is_symlink():
            (below / top).symlink_to(f"..data/{top}")


def ids(folder: Folder) -> list[str]:
    return [institution.id for institution in folder.load().require().institutions]


def test_a_configmap_is_read_once_and_as_the_plain_folder_is(folder: Folder) -> None:
    write(folder.path / "institutions", PLAIN)
    plain, files = ids(folder), institution_files(folder.path)
    shutil.rmtree(folder.path / "institutions")
    mount(folder.path / "institutions", PLAIN)
    assert (ids(folder), institution_files(folder.path)) == (plain, files)
    assert not folder.load().problems


def test_a_configmap_of_the_whole_folder_is_read_as_the_plain_folder_is(folder: Folder, tmp_path: Path) -> None:
    write(folder.path / "institutions", PLAIN)
    everything = {file: (folder.path / file).read_text(encoding="utf-8") for file in yaml_files(folder.path)}
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    mount(mounted, everything)
    there = load_configuration(mounted, today=TODAY)
    assert yaml_files(mounted) == sorted(everything)
    assert [i.id for i in there.require().institutions] == ids(folder)
    assert content_digest(mounted) == content_digest(folder.path)


def test_swapping_a_configmap_for_equal_files_is_no_change_and_for_others_is_one(folder: Folder) -> None:
    mount(folder.path / "institutions", PLAIN)
    first = content_digest(folder.path)
    mount(folder.path / "institutions", PLAIN, "..2026_11_30_12_05_00.2")
    assert content_digest(folder.path) == first
    mount(folder.path / "institutions", {**PLAIN, "00-root.yaml": ROOT + "\n"}, "..2026_11_30_12_06_00.3")
    assert content_digest(folder.path) != first


@pytest.mark.parametrize("hidden", [".git", "..2026_11_30", ".idea/x", "46/.old", ".#46.yaml/x"])
def test_hidden_folders_are_skipped(hidden: str, folder: Folder) -> None:
    write(folder.path / "institutions", PLAIN)
    before = content_digest(folder.path)
    write(folder.path / "institutions" / hidden, {"46.yaml": school(2), "47.YAML": school(4)})
    assert not folder.load().problems
    assert content_digest(folder.path) == before


@pytest.mark.parametrize("suffix", [".YAML", ".Yaml", ".YML", ".yAml", ".yaml ", ".yml\t"])
@pytest.mark.parametrize("below", ["institutions", "institutions/46", "agreement", "."])
def test_a_suffix_in_the_wrong_case_is_an_error_that_names_the_file(below: str, suffix: str, folder: Folder) -> None:
    write(folder.path / "institutions", PLAIN)
    write(folder.path / below, {f"46-lviv{suffix}": school(4)})
    (problem,) = folder.load().problems
    file = f"46-lviv{suffix}" if below == "." else f"{below}/46-lviv{suffix}"
    assert (problem.severity, problem.code, problem.source.file) == (Severity.ERROR, "name-case", file)
    assert f"rename it to 46-lviv{suffix.strip().lower()}" in problem.remedy


def test_a_single_file_in_the_wrong_case_is_told_its_name(folder: Folder) -> None:
    write(folder.path / "institutions", PLAIN)
    (folder.path / "staff.yaml").rename(folder.path / "Staff.YAML")
    found = {problem.code: problem for problem in folder.load().problems}
    assert set(found) == {"no-file", "name-case"} and found["name-case"].remedy == "rename it to staff.yaml"


@pytest.mark.parametrize(
    "file",
    [
        "institutions/46.yaml.bak",
        "institutions/46.json",
        "institutions/47",
        "agreement/1.0.docx",
        "Institutions/46.yaml",
        "institutions-new/46.yaml",
        "imports/46.YML",
        "relm.yaml",
    ],
)
def test_a_file_that_nothing_reads_is_named(file: str, folder: Folder) -> None:
    write(folder.path / "institutions", PLAIN)
    write(folder.path, {file: school(4)})
    (problem,) = folder.load().problems
    assert (problem.severity, problem.code, problem.source.file) == (Severity.WARNING, "unknown-file", file)


@pytest.mark.parametrize(
    "file", ["institutions/README.md", "notes.txt", "schema/realm.schema.json", "imports/edebo.json"]
)
def test_what_stands_beside_the_files_on_purpose_is_left_alone(file: str, folder: Folder) -> None:
    write(folder.path / "institutions", PLAIN)
    write(folder.path, {file: "x"})
    assert not folder.load().problems


@pytest.mark.parametrize("target", ["../outside", ".", "..", "../institutions", "/", "../agreement/loop"])
def test_a_link_that_leads_out_or_round_is_an_error_and_not_followed(
    target: str, folder: Folder, tmp_path: Path
) -> None:
    write(folder.path / "institutions", PLAIN)
    write(tmp_path / "outside", {"46.yaml": school(4)})
    (folder.path / "agreement" / "loop").symlink_to("../institutions/loop")
    (folder.path / "institutions" / "loop").symlink_to(target if target != "../outside" else "../../outside")
    problems = [problem for problem in folder.load().problems if problem.source.file == "institutions/loop"]
    assert problems, "a link that nothing follows must be named"
    assert all("outside" not in file and file.count("loop") < 2 for file in institution_files(folder.path))


def test_two_linked_folders_that_hold_each_other_end(folder: Folder) -> None:
    write(folder.path / "institutions", {**PLAIN, "a/1.yaml": school(4), "b/2.yaml": school(5)})
    (folder.path / "institutions/a/x").symlink_to("../b")
    (folder.path / "institutions/b/y").symlink_to("../a")
    assert {problem.code for problem in folder.load().errors} == {"folder-link", "duplicate-id"}


@pytest.mark.parametrize("make_file", [False, True])
def test_a_folder_that_is_not_there_is_named(make_file: bool, tmp_path: Path) -> None:
    path = tmp_path / "nonexistent"
    if make_file:
        path.write_text("x")
    (problem,) = load_configuration(path).problems
    assert problem.code == "no-folder" and str(path) in problem.message


def test_a_folder_that_may_not_be_entered_is_named(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder.path / "institutions", PLAIN)
    closed, listed = folder.path / "institutions" / "46", Path.iterdir

    # NOTE: the tests may run as root, to whom no folder is closed: the system's answer is put in its place.
    def refused(path: Path) -> Iterator[Path]:
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    assert ("unreadable", "institutions/46") in {(p.code, p.source.file) for p in folder.load().problems}
