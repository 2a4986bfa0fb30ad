"""Finds reads of event data by a name in quotes, in source and in templates, without running them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

MAPPINGS: Final = frozenset({"task", "mail", "self"})
"""What else has `data`, and there it is a mapping: work to be done, mail, and a form with its fields."""

_METHODS: Final = frozenset({"get", "items", "keys", "values", "pop"})
_IN_TEMPLATE: Final = re.compile(r"\b(?:event|answer|\w+\.event)\.data\b[.\[]")


def keyed_reads(source: str) -> list[str]:
    """Return every read of somebody's `data` by key, and every place that parses it anew, as source text."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if _is_keyed(node)]


def keyed_reads_in_template(source: str) -> list[str]:
    """Return every read of event data by key in a template."""
    return _IN_TEMPLATE.findall(source)


def _is_keyed(node: ast.AST) -> bool:
    return any(_is_data(read) for read in _read_by_key(node))


def _read_by_key(node: ast.AST) -> Iterator[ast.AST]:
    """What this node reads by key: `x["a"]`, `x.get("a")`, `"a" in x`, `json.loads(x)`, `dict(x)`, `{**x}`."""
    match node:
        case ast.Subscript(value=read, slice=ast.Constant(value=str())):
            yield read
        case ast.Call(func=ast.Attribute(value=read, attr=method)) if method in _METHODS:
            yield read
        case ast.Call(func=ast.Attribute(attr="loads") | ast.Name(id="loads" | "dict"), args=[read, *_]):
            yield read
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[read]):
            yield read
        case ast.Dict(keys=keys, values=values):
            yield from (value for key, value in zip(keys, values, strict=True) if key is None)


def _is_data(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr="data"):
            return owner not in MAPPINGS
        case ast.Attribute(value=ast.Attribute(attr=owner), attr="data"):
            return owner not in MAPPINGS
        case _:
            return isinstance(node, ast.Attribute) and node.attr == "data"
