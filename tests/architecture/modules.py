"""The project's own modules and what each imports, read from the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("provisioning", "sidecar")


@dataclass(frozen=True)
class Module:
    """One file. `name` is dotted; `imports` are dotted names of modules, relative ones resolved."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def layer(self) -> str:
        """The room it belongs to: `provisioning.ledger`, `provisioning.settings`, `sidecar.gate`."""
        return ".".join(self.name.split(".")[:2])

    @property
    def imports(self) -> frozenset[str]:
        return frozenset(self._imported())

    def _imported(self) -> Iterator[str]:
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                parents = package.split(".")
                base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
                source = ".".join(part for part in (base, node.module or "") if part)
                yield source
                # `from provisioning.ledger import reader` names a module, not something inside one.
                named = (f"{source}.{alias.name}" for alias in node.names)
                yield from (name for name in named if node.level or _is_module(name))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product, by name."""
    return tuple(_read(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


def calls(module: Module) -> list[ast.Call]:
    """Every call in the module."""
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]


def texts(module: Module) -> list[str]:
    """Every string of the module that is not a docstring."""
    constants = (node for node in ast.walk(module.tree) if isinstance(node, ast.Constant))
    documentation = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    return [node.value for node in constants if isinstance(node.value, str) and id(node) not in documentation]


@cache
def _is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return name.startswith(PACKAGES) and (place.is_dir() or place.with_suffix(".py").is_file())


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))
