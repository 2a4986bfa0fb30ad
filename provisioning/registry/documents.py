"""The files of a configuration folder, their content, and the place of each value in them.

Nodes are thrown away after reading, since thousands of institutions would keep hundreds of megabytes alive; a place
inside a record is found by composing its file once more, and only when there is a problem to report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yaml.nodes import MappingNode, Node, SequenceNode

from provisioning.model.institution import Source
from provisioning.registry.parsing import compose
from provisioning.registry.problems import Problem, Severity
from provisioning.registry.reading import read_text
from provisioning.registry.values import NodeReader, source_of

Location = tuple[int | str, ...]
"""Steps from the root of a file to a value: positions in lists, keys in mappings."""

_ID: Final = re.compile(r"""\bid\s*:\s*["']?([0-9]{2}-[0-9]{7})\b""")


@dataclass(slots=True)
class Document:
    """One file: its plain value, or None when it could not be read."""

    file: str
    text: str = ""
    value: Any = None
    starts: list[tuple[int, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _root: Node | None = None
    _lines: list[str] | None = None

    @property
    def readable(self) -> bool:
        return self.value is not None

    def start_of(self, index: int) -> Source:
        """Return the place where record `index` of a list begins."""
        line, column = self.starts[index]
        return Source(self.file, line, column)

    def place(self, location: Location, *, key: bool = False) -> Source:
        """Return the place of a value, or of its key; the nearest place above when there is no such value."""
        near = self._place_in_record(location, key)
        if near is not None:
            return near
        if self._root is None:
            self._root, _ = compose(self.text, self.file)
        return source_of(_find(self._root, location, key), self.file) if self._root else Source(self.file)

    def _place_in_record(self, location: Location, key: bool) -> Source | None:
        """The same from the lines of one record, which are composed in no time; None where that cannot be relied on."""
        index = location[0] if location else None
        if not isinstance(index, int) or index >= len(self.starts):
            return None
        if self._lines is None:
            self._lines = self.text.split("\n")
        first = self.starts[index][0]
        after = self.starts[index + 1][0] if index + 1 < len(self.starts) else len(self._lines) + 1
        root, _ = compose("\n".join(self._lines[first - 1 : after - 1]), self.file)
        if not isinstance(root, SequenceNode) or len(root.value) != 1:
            return None
        start, found = source_of(root.value[0], self.file), source_of(_find(root, (0, *location[1:]), key), self.file)
        if (start.line, start.column) != (1, self.starts[index][1]):
            return None
        return Source(self.file, first - 1 + found.line, found.column)

    def mentioned_ids(self) -> frozenset[str]:
        """Return the ids in a file that could not be read, so that references to them are not called unknown."""
        return frozenset(_ID.findall(self.text))


def read_single(folder: Path, file: str) -> Document:
    """Return one of the single files; an empty one when it is not there."""
    return read_document(folder, file) if (folder / file).exists() else Document(file)


def read_document(folder: Path, file: str) -> Document:
    """Read one file of the folder; never raises for what is in it."""
    document, usable = read_as_text(folder, file)
    if usable:
        parse_document(document)
    return document


def read_as_text(folder: Path, file: str) -> tuple[Document, bool]:
    """Return a document without its value yet, and whether parsing its text makes sense."""
    text, problems, usable = read_text(folder / file, file)
    return Document(file, text, problems=problems), usable


def parse_document(document: Document) -> None:
    """Give a document the value of its text, and what is wrong with it."""
    root, refused = compose(document.text, document.file)
    # A tab or a stray character has been reported already; what the parser says about that line adds nothing.
    known = {problem.source.line for problem in document.problems if problem.severity is Severity.ERROR}
    document.problems += [problem for problem in refused if problem.source.line not in known]
    if root is None:
        return
    reader = NodeReader(document.file)
    document.value = reader.value(root)
    document.problems += [problem for problem in reader.problems if problem.source.line not in known]
    if isinstance(root, SequenceNode):
        document.starts = [(item.start_mark.line + 1, item.start_mark.column + 1) for item in root.value]


def _find(node: Node, location: Location, key: bool) -> Node:
    for depth, step in enumerate(location):
        last = depth == len(location) - 1
        if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            continue
        pair = _pair(node, step)
        if pair is None:
            return node
        node = pair[0] if last and key else pair[1]
    return node


def _pair(node: Node, step: int | str) -> tuple[Node, Node] | None:
    if not isinstance(node, MappingNode):
        return None
    return next((pair for pair in node.value if pair[0].value == step), None)
