"""`python -m bench` knows every figure, and keeps what each one prints."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.__main__ import SIZES, Sizes, figures, json_at_end
from tests.support.documents import ROOT


def test_every_figure_says_what_it_tells() -> None:
    known = figures()
    assert {"ledger_verify", "provisioning"} <= set(known)
    assert [name for name, what in known.items() if not what] == []
    assert SIZES.keys() <= known.keys()


@pytest.mark.parametrize("name", figures())
def test_its_arguments_are_taken(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT).stdout
    sizes = SIZES.get(name, Sizes())
    options = {word for word in (*sizes.short, *sizes.full) if word.startswith("--")}
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
