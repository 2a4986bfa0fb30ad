"""Finds what reads event data past its type, in source and in templates, without running them.

What an event has as `data` is text for the chain and its export. Whoever else touches it is about to parse it, so every
`.data` is found but that of a form's field, of work to be done and of mail, which have mappings of that name.
"""

from __future__ import annotations

import ast
import re
from typing import Final

FORMS: Final = frozenset({"form", "asked", "self"})
"""Names of forms: `form.text.data` is what was typed into a field."""

OWNERS: Final = frozenset({"field", "task", "mail", "self"})
"""Names of what has `data` itself: a field of a form, work to be done, mail."""

_EVENTS: Final = frozenset({"event"})
_CONTENTS: Final = frozenset({"content"})
_AS_MAPPING: Final = frozenset({"asdict", "astuple", "vars", "getattr", "hasattr", "dict"})
_IN_TEMPLATE: Final = re.compile(r"\b(\w+(?:\.\w+)*)\.(?:data|content)\b")


def keyed_reads(source: str) -> list[str]:
    """Return every read of event data by a name in quotes, or on the way to one, as source text."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if _is_keyed(node)]


def keyed_reads_in_template(source: str) -> list[str]:
    """Return every read of an event's data or content in a template, where no type checker follows it."""
    return [match[0] for match in _IN_TEMPLATE.finditer(source) if match[1].split(".")[0] not in FORMS | OWNERS]


def _is_keyed(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="data"):
            return not _has_its_own(node.value)
        case ast.Attribute(attr="to_data"):
            return True
        case ast.Call(func=ast.Name(id=function) | ast.Attribute(attr=function), args=[read, *_]):
            return function in _AS_MAPPING and _is_content(read)
        case ast.Attribute(attr="__dict__", value=read):
            return _is_content(read)
        case _:
            return False


def _has_its_own(owner: ast.expr) -> bool:
    """Whether `owner.data` is that of a field, of work to be done or of mail."""
    match owner:
        case ast.Name(id=name):
            return name in OWNERS
        case ast.Attribute(value=ast.Name(id=name), attr=field):
            return field in OWNERS or (name in FORMS and field not in _EVENTS)
        case _:
            return False


def _is_content(read: ast.expr) -> bool:
    """Whether it is what an event says: `event.content`, `content`, `event.listed()`."""
    match read:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in _CONTENTS
        case ast.Call(func=ast.Attribute(attr="listed")):
            return True
        case _:
            return False
