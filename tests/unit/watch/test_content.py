"""What counts as a change of the configuration folder, and how a git work tree is brought forward."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from provisioning.watch.content import PullFailed, content_digest, pull


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.ua", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    (folder / "realm-config").mkdir(parents=True)
    git(folder, "init", "--quiet")
    commit(folder, "a: 1\n")
    return folder


def commit(folder: Path, text: str) -> None:
    (folder / "realm-config" / "realm.yaml").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "change")


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(origin), str(tmp_path / "clone")], check=True)
    return tmp_path / "clone" / "realm-config"


def test_the_digest_follows_content_names_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n")
    first = content_digest(tmp_path)
    file.touch()
    (tmp_path / "notes.txt").write_text("not read by anybody")
    assert content_digest(tmp_path) == first
    file.rename(tmp_path / "b.yaml")
    renamed = content_digest(tmp_path)
    (tmp_path / "b.yaml").write_text("a: 2\n")
    assert len({first, renamed, content_digest(tmp_path)}) == 3


def test_a_file_cannot_pass_for_two(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    (one / "a.yaml").write_text("xb.yamly")
    (two / "a.yaml").write_text("x")
    (two / "b.yaml").write_text("y")
    assert content_digest(one) != content_digest(two)


def test_a_pull_brings_new_commits_and_says_which(origin: Path, clone: Path) -> None:
    assert pull(clone) is None
    commit(origin, "a: 2\n")
    assert pull(clone) is not None
    assert (clone / "realm.yaml").read_text() == "a: 2\n"


def test_branches_that_parted_are_refused_and_nothing_is_merged(origin: Path, clone: Path) -> None:
    commit(clone.parent, "a: here\n")
    commit(origin, "a: there\n")
    with pytest.raises(PullFailed, match="pull"):
        pull(clone)
    assert (clone / "realm.yaml").read_text() == "a: here\n"


def test_a_folder_outside_git_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PullFailed):
        pull(tmp_path)
