"""Rules that hold in every room: size, names, clocks, docstrings."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.modules import ROOT, Module, calls, modules
from tests.architecture.test_layers import PURE

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def _ids(module: Module) -> str:
    return module.name


@pytest.mark.parametrize("module", modules(), ids=_ids)
def test_a_file_is_one_room(module: Module) -> None:
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    assert not set(module.name.split(".")) & NAMELESS


@pytest.mark.parametrize("folder", ["tests", "bench", "examples"])
def test_what_stands_around_the_product_keeps_to_the_same_size_and_names(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    assert [str(f) for f in files if len(f.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE] == []
    assert [str(f) for f in files if {*f.relative_to(ROOT).with_suffix("").parts} & NAMELESS] == []


@pytest.mark.parametrize("module", modules(), ids=_ids)
def test_a_module_says_what_it_owns(module: Module) -> None:
    empty = not module.tree.body
    assert empty or ast.get_docstring(module.tree)


@pytest.mark.parametrize("module", modules(), ids=_ids)
def test_functions_are_short(module: Module) -> None:
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)]
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno is not None}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("module", [m for m in modules() if m.layer in PURE], ids=_ids)
def test_pure_modules_are_given_the_time(module: Module) -> None:
    functions = [call.func for call in calls(module)]
    asked = {function.attr for function in functions if isinstance(function, ast.Attribute) and function.attr in CLOCKS}
    assert asked == set()
