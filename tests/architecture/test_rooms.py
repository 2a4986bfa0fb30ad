"""Rooms inside a room: no circle at any level, and nothing private crosses a wall."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.modules import Module, modules


def _packages() -> list[str]:
    parts = [module.name.split(".") for module in modules()]
    return sorted({".".join(part[:length]) for part in parts for length in range(1, len(part))})


def _entry(name: str, package: str) -> str | None:
    """The entry of `package` that a module belongs to; None for one that stands outside it, or is its face."""
    rest = name.removeprefix(f"{package}.")
    return None if rest == name else rest.split(".")[0]


def arrows(package: str, found: Iterable[Module]) -> Mapping[str, set[str]]:
    """Entry of the package (a module or a folder) → the other entries of it that it imports."""
    graph: dict[str, set[str]] = {}
    for module in found:
        entry = _entry(module.name, package)
        if entry is not None:
            used = {_entry(name, package) for name in module.imports}
            graph.setdefault(entry, set()).update(name for name in used if name is not None and name != entry)
    return graph


def circle(graph: Mapping[str, set[str]]) -> list[str] | None:
    """Entries that import each other in a loop, or None."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        loop: list[str] = error.args[1]
        return loop
    return None


def private_imports(module: Module) -> list[str]:
    """Names with a leading underscore that the module takes from another module of the product, by import or by dot."""
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("provisioning", "sidecar")
        for alias in node.names
    }
    private = sorted(name for name in foreign if name.startswith("_"))
    reached = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.attr.startswith("_") and not node.attr.startswith("__") and node.value.id not in ("self", "cls")
    }
    return private + sorted(reached - _own(module))


def _own(module: Module) -> set[str]:
    """`name._attribute` where the attribute belongs to a class of the same file."""
    inside = {
        node.attr
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    } | {node.name for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)}
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in inside
    } | {"os._exit"}


def test_no_circle_between_the_entries_of_a_package() -> None:
    circles = {package: circle(arrows(package, modules())) for package in _packages()}
    assert {package: found for package, found in circles.items() if found is not None} == {}


def test_nothing_private_crosses_a_wall() -> None:
    assert {module.name: found for module in modules() if (found := private_imports(module))} == {}


def _module(name: str, source: str) -> Module:
    return Module(name, modules()[0].path, ast.parse(source))


def test_a_circle_is_found() -> None:
    found = [
        _module("p.a.one", "from p.b.two import x"),
        _module("p.b.two", "from p.c import x"),
        _module("p.c", "from p.a.three import x"),
    ]
    assert set(circle(arrows("p", found)) or ()) == {"a", "b", "c"}
    assert circle(arrows("p", found[:2])) is None


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from provisioning.model.events import _plain", ["_plain"]),
        ("def f(reader):\n    return reader._stream(1)", ["reader._stream"]),
        ("class A:\n    def __init__(self): self._x = 1\n    def same(self, other): return other._x == self._x", []),
        ("from provisioning.model.events import chain", []),
    ],
)
def test_a_private_name_is_found(source: str, found: list[str]) -> None:
    assert private_imports(_module("provisioning.x", source)) == found
