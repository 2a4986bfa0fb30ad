"""Rules that hold in every room: size, names, clocks, docstrings."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.modules import Module, modules
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
    assert module.name.split(".")[-1] not in NAMELESS


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
    calls = [node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    asked = {call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS}
    assert asked == set()
