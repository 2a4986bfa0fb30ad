"""Rooms inside a room: no circle at any level, and nothing private crosses a wall."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

import pytest

from tests.architecture.modules import PACKAGES, Module, modules

LOADERS: Final = ("import_module", "__import__")

BY_TEXT: Final = {"provisioning.cli.main", "provisioning.ledger.destinations"}
"""Modules that load others of their own package when they are asked for, so that a command begins quickly."""


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
    """Private names that the module takes from another module of the product: by import, by dot or by `getattr`."""
    inside = _own(module)
    return [*_imported_private(module), *sorted(name for name, private in _reached(module) if private not in inside)]


def _imported_private(module: Module) -> list[str]:
    """Whatever the name is called here; a module with a private name is private as a whole."""
    sources = [node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in sources if (node.module or "").split(".")[0] in PACKAGES]
    names = {alias.name for node in ours for alias in node.names if _is_private(alias.name)}
    return sorted(
        names | {part for name in module.imports if name.startswith(PACKAGES) for part in _private_parts(name)}
    )


def _private_parts(name: str) -> list[str]:
    return [part for part in name.split(".") if _is_private(part)]


def _reached(module: Module) -> Iterator[tuple[str, str]]:
    """What is read and its private name, for each `other._name`, `self.other._name` and `getattr(other, "_name")`."""
    for node in ast.walk(module.tree):
        match node:
            case (
                ast.Attribute(value=ast.Name(id="self" | "cls")) | ast.Attribute(value=ast.Name(id="os"), attr="_exit")
            ):
                continue
            case ast.Attribute(attr=name) if _is_private(name):
                yield ast.unparse(node), name
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]) if _is_private(
                name
            ):
                yield ast.unparse(node), name


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _own(module: Module) -> set[str]:
    """Attributes and methods of the file's own classes: another object of such a class may be looked into."""
    nodes = [inner for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef) for inner in ast.walk(node)]
    attributes = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)} | {
        node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "self"
    }


def through_their_face(package: str, found: Iterable[Module]) -> list[str]:
    """Modules of the package that import from the package itself, while it imports from them: a circle."""
    inside = [module for module in found if module.name == package or module.name.startswith(f"{package}.")]
    face = [module for module in inside if module.name == package]
    if not any(name.startswith(f"{package}.") for module in face for name in module.imports):
        return []
    return [module.name for module in inside if module.name != package and package in _taken_from(module)]


def _taken_from(module: Module) -> set[str]:
    """Modules from which it takes something that is no module."""
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {str(node.module) for node in nodes if {f"{node.module}.{a.name}" for a in node.names} - module.imports}


def imported_by_text(module: Module) -> list[str]:
    """Imports that name a module in quotes, which no test here follows."""
    called = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in called if ast.unparse(call.func).split(".")[-1] in LOADERS]


def test_no_circle_between_the_entries_of_a_package() -> None:
    circles = {package: circle(arrows(package, modules())) for package in _packages()}
    assert {package: found for package, found in circles.items() if found is not None} == {}


def test_no_circle_between_a_package_and_its_entries() -> None:
    found = {package: through_their_face(package, modules()) for package in _packages()}
    assert {package: names for package, names in found.items() if names} == {}


def test_modules_are_imported_by_text_only_where_that_is_the_purpose() -> None:
    found = {module.name for module in modules() if imported_by_text(module)}
    assert found == BY_TEXT


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
    "source",
    [
        "from provisioning.ledger import reader",
        "from provisioning.ledger import reader as _reader",
        "import provisioning.ledger.reader",
        "import provisioning.ledger.reader as reader",
        "if TYPE_CHECKING:\n    from provisioning.ledger import reader",
        "def f():\n    from provisioning.ledger import reader",
    ],
)
def test_each_way_to_import_a_module_is_an_arrow(source: str) -> None:
    assert arrows("provisioning.ledger", [_module("provisioning.ledger.other", source)]) == {"other": {"reader"}}


def test_a_circle_through_the_face_of_a_package_is_found() -> None:
    found = [
        _module("provisioning.ledger.reader", "from provisioning.ledger import open_ledger"),
        _module("provisioning.ledger.store", "from provisioning.ledger import reader"),
        _module("provisioning.ledger", "from provisioning.ledger.reader import LedgerReader"),
    ]
    assert through_their_face("provisioning.ledger", found) == ["provisioning.ledger.reader"]
    assert through_their_face("provisioning.ledger", found[:2]) == []


@pytest.mark.parametrize("call", ["importlib.import_module('x')", "import_module('x')", "__import__('x')"])
def test_an_import_by_text_is_found(call: str) -> None:
    assert imported_by_text(_module("provisioning.x", call)) == [call]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from provisioning.model.events import _plain", ["_plain"]),
        ("from provisioning.model.events import _plain as plain", ["_plain"]),
        ("from provisioning.model._events import plain", ["_events"]),
        ("from provisioning.model.events import plain as _plain", []),
        ("if TYPE_CHECKING:\n    from provisioning.model.events import _plain", ["_plain"]),
        ("def f(reader):\n    return reader._stream(1)", ["reader._stream"]),
        ("def f(self):\n    return self.reader._stream(1)", ["self.reader._stream"]),
        ("def f(reader):\n    return getattr(reader, '_stream')", ["getattr(reader, '_stream')"]),
        ("def _stream(): ...\ndef f(reader):\n    return reader._stream(1)", ["reader._stream"]),
        ("class A:\n    def __init__(self): self._x = 1\n    def same(self, other): return other._x == self._x", []),
        ("from provisioning.model.events import chain", []),
    ],
)
def test_a_private_name_is_found(source: str, found: list[str]) -> None:
    assert private_imports(_module("provisioning.x", source)) == found
