"""From text to YAML nodes with places, by the C parser. Refuses what a configuration never needs: anchors, aliases,
several documents, deep nesting. Never constructs objects: what a node means is decided in `values`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml
from yaml.nodes import Node

from provisioning.model.institution import Source
from provisioning.registry.problems import Problem, error

MAX_DEPTH: Final = 32
"""Levels of nesting; the deepest file that makes sense has six."""

MAX_ANCHORS_LISTED: Final = 20
"""An alias bomb is one mistake, not a thousand."""

_SYNTAX: Final = (
    ("but found '<scalar>'", "a text where a key should begin", "look at the quotes here and in the line above"),
    ("could not find expected ':'", "a line that is neither `key: value` nor `- item`", "add the colon, or quote it"),
    ("mapping values are not allowed", "a colon followed by a space where a value goes on", "put the value in quotes"),
    ("cannot start any token", "a tab or a sign that cannot begin a value", "put the value in quotes"),
    ("found unexpected end of stream", "a quote that is never closed", "close the quote"),
    ("unknown escape character", "an unknown escape after \\ in a text", "write \\\\, or use single quotes"),
    ("expected <block end>", "a line with the wrong indentation", "line it up with its neighbours"),
    ("expected ',' or", "a list in brackets that is not closed or lacks a comma", "add the comma or the bracket"),
    ("expected the node content", "a value is missing here", "write the value, or remove the sign"),
    ("inconsistent indentation", "a line with the wrong indentation", "line it up with its neighbours"),
    ("undefined tag handle", "a tag that is not defined", "remove it: the file needs no tags"),
)


class _TooDeep(Exception):
    """Raised out of the C composer; holds the place."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.line = line
        self.column = column


class _Composer(yaml.CBaseLoader):
    """The C parser with our own idea of tags (none) and a counter of depth in place of the resolver's hooks."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def resolve(self, _kind: type[Node], _value: object, _implicit: object) -> str:
        """No tag: `values` decides by the text alone."""
        return ""

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        """Called by the composer before each node."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            mark = parent.start_mark if parent is not None else None
            raise _TooDeep(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)

    def ascend_resolver(self) -> None:
        """Called by the composer after each node."""
        self._depth -= 1


def compose(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Return the root node of the text; None, with the reasons, when it is not one plain YAML document."""
    try:
        if "&" in text or "*" in text:
            found = list(_anchors(text, file))
            if found:
                return None, found
        root: Node | None = _Composer(text).get_single_node()
    except _TooDeep as deep:
        return None, [_too_deep(Source(file, deep.line, deep.column))]
    except yaml.YAMLError as failure:
        return None, [_syntax_problem(failure, file)]
    if root is None:
        remedy = "write the entries, or take the file from the repository again"
        return None, [error("empty-file", Source(file), "the file is empty", remedy)]
    return root, []


def _anchors(text: str, file: str) -> Iterator[Problem]:
    """Anchors and aliases, found from events so that nothing is expanded."""
    parser = _Composer(text)
    listed = 0
    while listed < MAX_ANCHORS_LISTED and parser.check_event():
        event = parser.get_event()
        name = getattr(event, "anchor", None)
        if name is None or event is None or event.start_mark is None:
            continue
        listed += 1
        place = Source(file, event.start_mark.line + 1, event.start_mark.column + 1)
        word = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
        sign = "*" if word == "alias" else "&"
        yield error(
            word, place, f"{sign}{name[:30]}: a YAML {word}, which is not read here", "write the value out, or quote it"
        )


def _too_deep(place: Source) -> Problem:
    return error("too-deep", place, f"nested deeper than {MAX_DEPTH} levels", "remove the needless brackets or dashes")


def _syntax_problem(failure: yaml.YAMLError, file: str) -> Problem:
    words = str(getattr(failure, "problem", None) or getattr(failure, "reason", None) or "not readable as YAML")
    mark = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
    place = Source(file, mark.line + 1, mark.column + 1) if mark is not None else Source(file)
    if "maximum nesting depth" in words:
        return _too_deep(place)
    if "another document" in words:
        remedy = "make it a file of its own, and remove the line `---`"
        return error("several-documents", place, "a second YAML document begins here", remedy)
    context = str(getattr(failure, "context", None) or "")
    if "quoted scalar" in context and "end of stream" in words:
        start = failure.context_mark  # type: ignore[attr-defined]  # every error with a context has its mark
        place = Source(file, start.line + 1, start.column + 1)
    for known, message, remedy in _SYNTAX:
        if known in words:
            return error("syntax", place, message, remedy)
    return error("syntax", place, f"not readable as YAML: {words}", "compare the line with its neighbours")
