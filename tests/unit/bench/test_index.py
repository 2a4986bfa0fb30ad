"""`python -m bench` knows every figure, and keeps what each one prints."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from bench.__main__ import FIGURES, json_at_end
from tests.support.documents import ROOT

TOOLS = {"__main__", "country"}
"""Modules with a command line that are no figure."""


def _has_command_line(text: str) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in ast.parse(text).body)


def test_every_figure_is_in_the_index() -> None:
    files = (ROOT / "bench").glob("*.py")
    commands = {file.stem for file in files if _has_command_line(file.read_text(encoding="utf-8"))}
    assert commands - TOOLS == {entry.module for entry in FIGURES.values()}


@pytest.mark.parametrize("name", FIGURES)
def test_its_arguments_are_taken(name: str) -> None:
    entry = FIGURES[name]
    command = [sys.executable, "-m", f"bench.{entry.module}", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT).stdout
    options = {word for word in (*entry.short, *entry.full) if word.startswith("--")}
    assert [option for option in options if option not in told] == []


@pytest.mark.parametrize(
    ("printed", "document"),
    [
        ('3 s\n{"a": 1}\n', {"a": 1}),
        ("3 s\n[\n  1\n]\n", [1]),
        ("[bracket] in words\n[1]\n", [1]),
        ("3 s\n", None),
        ("[1]\nand words\n", None),
    ],
)
def test_the_document_is_what_stands_at_the_end(printed: str, document: object) -> None:
    assert json_at_end(printed.splitlines(keepends=True)) == document
