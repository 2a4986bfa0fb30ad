"""Rules that hold in every room: size, names, clocks, docstrings."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.modules import ROOT, calls, modules
from tests.architecture.test_layers import PURE

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def test_a_file_is_one_room() -> None:
    long = {module.name: len(module.path.read_text(encoding="utf-8").splitlines()) for module in modules()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}
    assert [name for name in long if set(name.split(".")) & NAMELESS] == []


@pytest.mark.parametrize("folder", ["tests", "bench", "examples"])
def test_what_stands_around_the_product_keeps_to_the_same_size_and_names(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    assert [str(f) for f in files if len(f.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE] == []
    assert [str(f) for f in files if {*f.relative_to(ROOT).with_suffix("").parts} & NAMELESS] == []


def test_a_module_says_what_it_owns() -> None:
    full = [module for module in modules() if module.tree.body]
    assert [module.name for module in full if not ast.get_docstring(module.tree)] == []


def test_functions_are_short() -> None:
    functions = [(module.name, f) for module in modules() for f in ast.walk(module.tree) if isinstance(f, FUNCTIONS)]
    long = {(name, f.name): f.end_lineno - f.lineno + 1 for name, f in functions if f.end_lineno is not None}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_pure_modules_are_given_the_time() -> None:
    called = [(module.name, call.func) for module in modules() if module.layer in PURE for call in calls(module)]
    asked = [(name, of.attr) for name, of in called if isinstance(of, ast.Attribute) and of.attr in CLOCKS]
    assert asked == []
