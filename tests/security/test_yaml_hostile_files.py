"""Hostile or damaged YAML is an error with its place, at once; nothing is contacted.

Source: docs/security.md row 27.
"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from provisioning.registry import Severity
from tests.support.configuration_folder import Folder, school

FILE = "institutions/46.yaml"

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

CASES = {
    "alias bomb": (BOMB, "anchor", 1),
    "alias": (school() + "- *x\n", "alias", 6),
    "merge key": (school() + "  <<: {a: b}\n", "unknown-key", 6),
    "deep in brackets": ("[" * 10_000 + "]" * 10_000, "too-deep", 1),
    "deep in mappings": ("{a: " * 10_000 + "}" * 10_000, "too-deep", 1),
    "deep in dashes": ("- " * 10_000 + "x\n", "too-deep", 1),
    "deep by indentation": ("".join(" " * depth + "a:\n" for depth in range(3_000)), "too-deep", 32),
    "duplicate key": (school() + "  kind: preschool\n", "duplicate-key", 6),
    "python object": (school(name="!!python/object/apply:os.system [id]"), "tag", 3),
    "python name": (school(name="!!python/name:os.system ''"), "tag", 3),
    "own tag": (school(name="!secret x"), "tag", 3),
    "binary": (school(name="!!binary aGVsbG8="), "tag", 3),
    "NUL": (school(name="Ліцей\x00"), "control-character", 3),
    "escape code": (school(name="Ліцей\x1b[31m"), "control-character", 3),
    "escaped NUL": (school(name='"Ліцей \\0"'), "control-character", 3),
    "BOM": ("\ufeff" + school(), "bom", 1),
    "BOM inside": (school(name="Лі\ufeffцей"), "hidden-character", 3),
    "UTF-16": ("\ufeff" + school(), "not-utf-8", 1),
    "windows-1251": (school().encode("windows-1251"), "not-utf-8", 3),
    "tab": (school() + "\tedebo_id: 5\n", "tab", 6),
    "Norway": (school(name="NO"), "ambiguous-value", 3),
    "leading zero": (school(edrpou="0123"), "ambiguous-value", 6),
    "leading zero, eight digits": (school(edrpou="01234567"), "ambiguous-value", 6),
    "number instead of text": (school(edrpou="32855961"), "not-text", 6),
    "sexagesimal": (school(name="12:30"), "ambiguous-value", 3),
    "float": (school(name="1e5"), "ambiguous-value", 3),
    "infinity": (school(name=".inf"), "ambiguous-value", 3),
    "huge number": (school(edebo_id="9" * 5_000), "ambiguous-value", 6),
    "null": (school(name="~"), "empty-value", 3),
    "two documents": (school() + "---\n" + school(2), "several-documents", 6),
    "direction override": (school(name="Ліцей \u202e1 №"), "hidden-character", 3),
    "direction override in a comment": (school() + "# \u2066 x\n", "hidden-character", 6),
    "zero width": (school(name="Ліц\u200bей"), "hidden-character", 3),
    "escaped zero width": (school(name='"Ліц\\u200bей"'), "hidden-character", 3),
    "line break": (school(name='"Ліцей\\r\\nBcc: x@example.com"'), "line-break", 3),
    "line break in a block": (school(name="|\n    Ліцей\n    другий"), "line-break", 3),
    "key is a list": (school() + "  ? [a, b]\n  : c\n", "key-not-text", 6),
    "unclosed quote": (school() + '  edrpou: "0214', "syntax", 6),
    "unclosed quote that the next one closes": (school(name='"Ліцей'), "syntax", 4),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20_000, "not-utf-8", 1),
    "only control characters": ("\x01" * 1_000_000, "control-character", 1),
    "control characters in many lines": ("\x01\n" * 1_000_000, "control-character", 1),
    "only tabs": ("\t" * 1_000_000, "syntax", 1),
    "a million keys": ("".join(f"k{n}: v\n" for n in range(30_000)), "not-a-list", 1),
    "empty": ("", "empty-file", 1),
    "comments only": ("# nothing\n", "empty-file", 1),
    "a text": ("hello\n", "not-a-list", 1),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_an_error_with_its_line_within_a_second(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, code, line = CASES[case]
    data = text if isinstance(text, bytes) else text.encode("utf-16" if case == "UTF-16" else "utf-8")
    folder = Folder(tmp_path / "config")
    folder.write(FILE, data)
    monkeypatch.setattr(socket, "socket", _no_network)
    started = time.perf_counter()
    result = folder.load()
    elapsed = time.perf_counter() - started
    assert result.configuration is None
    places = [(p.code, p.source.line) for p in result.problems if p.source.file == FILE]
    assert (code, line) in places
    assert all(problem.source.file == FILE for problem in result.errors)
    assert all((problem.message + problem.remedy).isprintable() for problem in result.problems)
    assert elapsed < 1


def test_a_file_of_100_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    with (folder.path / FILE).open("wb") as file:
        os.truncate(file.fileno(), 100 * 1024 * 1024)
    started = time.perf_counter()
    problem = folder.only()
    assert time.perf_counter() - started < 1
    assert (problem.severity, problem.code, str(problem.source)) == (Severity.ERROR, "too-large", f"{FILE}:1:1")


def test_a_pipe_in_the_folder_does_not_hang_the_reading(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    os.mkfifo(folder.path / FILE)
    assert folder.only().code == "not-a-file"


def test_a_link_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "config")
    (folder.path / FILE).symlink_to(tmp_path / "nowhere.yaml")
    assert folder.only().code == "unreadable"


def _no_network(*_args: object, **_options: object) -> None:
    raise AssertionError("reading the configuration opened a socket")
