"""`make test` and `make assure` are everything between them, nothing runs in both, and `.ci/run` runs both."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.architecture.modules import ROOT

LEAVES_OUT = re.compile(r"^(--ignore|--ignore-glob|--deselect|-k|--lf|--last-failed|--maxfail|-x)(=|$)")
ALTERNATIVES = {"test": ["-m", "not assure"], "assure": ["-m", "assure"]}
HIDES = re.compile("collect" + "_ignore|pytest_" + "ignore_collect|pytest_" + "deselected")


def recipe(target: str, makefile: str) -> list[list[str]]:
    """The commands of a target, its variables put in."""
    values = dict(re.findall(r"^([A-Z]+) := (.*)$", makefile, re.MULTILINE))
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert found is not None
    lines = re.sub(r"\$\(([A-Z]+)\)", lambda name: values[name[1]], found[1]).splitlines()
    return [shlex.split(line.lstrip("\t@")) for line in lines]


def chosen(target: str, makefile: str) -> tuple[list[str], list[str]]:
    """By what a target's pytest chooses tests, and from where; fails on any other way to leave one out."""
    (command,) = [words for words in recipe(target, makefile) if "pytest" in words]
    words = command[command.index("pytest") + 1 :]
    assert [word for word in words if LEAVES_OUT.match(word)] == []
    marks = [word for number, word in enumerate(words) if "-m" in words[max(0, number - 1) : number + 1]]
    return marks, [word for word in words if word.startswith("tests")]


@pytest.mark.parametrize("target", ALTERNATIVES)
def test_the_two_commands_differ_by_one_mark_and_its_absence(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert chosen(target, makefile) == (ALTERNATIVES[target], ["tests"])


@pytest.mark.parametrize("word", ["-k short", "--ignore=tests/faults", "--deselect tests/x.py::test_y"])
def test_another_way_to_leave_tests_out_is_found(word: str) -> None:
    with pytest.raises(AssertionError):
        chosen("test", f'PYTEST := pytest\ntest: setup\n\t$(PYTEST) {word} -m "not assure" tests\n')


def test_every_run_of_continuous_integration_is_both() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line in ("make test", "make assure")] == ["make test", "make assure"]


def test_no_test_is_hidden_from_both() -> None:
    """That none is skipped either, tests/conftest.py sees to."""
    texts = {file: file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests").rglob("*.py"))}
    assert [str(file) for file, text in texts.items() if HIDES.search(text)] == []
    with_tests = [file for file, text in texts.items() if re.search(r"^\s*def test_", text, re.MULTILINE)]
    assert [str(file) for file in with_tests if not file.name.startswith("test_")] == []
    options = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.pytest.ini_options]")[2]
    assert re.search(r"norecursedirs|python_files|--ignore|--deselect|-k |-m ", options) is None
