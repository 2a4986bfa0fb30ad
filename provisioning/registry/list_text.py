"""The text of one `institutions/*.yaml` as records with their comments, so that it can be written again without loss.

Owns where comments belong: lines above a record or a key stay above it, a remark behind a value stays behind it, lines
at the end stay there. Values are `values.NodeReader`'s; writing them is `canonical`'s. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from provisioning.model.institution import Source
from provisioning.registry.canonical import INDENT, pair_lines, position
from provisioning.registry.parsing import compose
from provisioning.registry.problems import Problem, Severity, error
from provisioning.registry.reading import decode
from provisioning.registry.values import NodeReader

_REMARK: Final = re.compile(r"\s+(#.*)$")


@dataclass(slots=True)
class Pair:
    """One key. `raw` holds the lines as they were written where comments stand inside the value."""

    key: str
    value: Any
    above: list[str] = field(default_factory=list)
    beside: str = ""
    raw: list[str] | None = None

    def lines(self) -> list[str]:
        written = self.raw or pair_lines(self.key, self.value)
        if self.beside and not self.raw:
            written = [*written[:-1], f"{written[-1]}  {self.beside}"]
        return [*self.above, *written]


@dataclass(slots=True)
class Entry:
    """One record. `above` are its comment lines, blank ones between paragraphs included."""

    pairs: dict[str, Pair]
    above: list[str] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        return {key: pair.value for key, pair in self.pairs.items()}

    def set(self, key: str, value: Any) -> None:
        """Give a key another value; comments stay. None removes the key."""
        if value is None:
            self.pairs.pop(key, None)
            return
        kept = self.pairs.get(key)
        self.pairs[key] = Pair(key, value, kept.above if kept else [], kept.beside if kept else "")

    def lines(self) -> list[str]:
        ordered = sorted(self.pairs.values(), key=lambda pair: position(pair.key))
        written = [line for pair in ordered for line in pair.lines()]
        first = next(number for number, line in enumerate(written) if not line.startswith("#"))
        # A comment cannot stand between the dash and the first key: it goes above the record.
        return [
            *written[:first],
            *(("- " if number == first else INDENT) + line for number, line in enumerate(written) if number >= first),
        ]


@dataclass(slots=True)
class ListText:
    """A file: its head, its records, and the lines below the last one."""

    head: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def render(self) -> str:
        """Return the canonical text: one blank line between records, one line end at the end."""
        blocks = [self.head] if self.head else []
        blocks += [[*_spaced(entry.above), *entry.lines()] for entry in self.entries]
        blocks += [self.below] if self.below else []
        return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def parse_list(data: bytes, file: str) -> ListText | tuple[Problem, ...]:
    """Return the file's records with their comments; its problems when it cannot be read as a list of records."""
    reading = decode(data, file)
    root, refused = compose(reading.text, file) if reading.usable else (None, [])
    reader = NodeReader(file)
    value: Any = reader.value(root) if root is not None else None
    found = [*reading.problems, *refused, *reader.problems]
    errors = tuple(problem for problem in found if problem.severity is Severity.ERROR)
    if errors:
        return errors
    if not isinstance(root, SequenceNode) or not all(isinstance(item, MappingNode) for item in root.value):
        return (error("not-a-list", Source(file), "this is not a list of records", "begin each record with `- id:`"),)
    lines = reading.text.replace("\r\n", "\n").split("\n")
    if (lost := _comments_in_braces(lines, root, file)) is not None:
        return (lost,)
    return _split(lines, root, value)


def new_entry(values: Mapping[str, Any], above: Iterable[str] = ()) -> Entry:
    """Return a record that no file has yet."""
    return Entry({key: Pair(key, value) for key, value in values.items()}, list(above))


def _comments_in_braces(lines: list[str], root: SequenceNode, file: str) -> Problem | None:
    """A comment inside `{ … }` has no place in a record that stands on lines of its own."""
    for node in root.value:
        inner = lines[node.start_mark.line : node.end_mark.line]
        if node.flow_style and any("#" in line for line in inner):
            source = Source(file, node.start_mark.line + 1, node.start_mark.column + 1)
            remedy = "move the comment above the record, or write each key on its own line"
            return error("comment-in-braces", source, "a comment inside braces would be lost", remedy)
    return None


def _split(lines: list[str], root: SequenceNode, values: list[dict[str, Any]]) -> ListText:
    result = ListText()
    done = 0
    for node, value in zip(root.value, values, strict=True):
        start = node.start_mark.line
        above = _without_edges(lines[done:start])
        apart = bool(above) and not lines[start - 1].strip()
        if not result.entries:
            result.head, above = _head_of(above, apart)
        if node.flow_style and (remark := _REMARK.search(lines[node.end_mark.line][node.end_mark.column :])):
            above, apart = [*above, remark[1].rstrip()], False
        # A heading over several records stands apart from the first of them.
        result.entries.append(Entry(dict(_pairs(lines, node, value)), [*above, ""] if apart and above else above))
        done = _last_line(node) + 1
    result.below = _without_edges(lines[done:])
    return result


def _head_of(lines: list[str], apart: bool) -> tuple[list[str], list[str]]:
    """What stands above the first record: the file's head, and the record's own comment or heading.

    The last paragraph is the record's when it touches it, or when it is a heading (`# ---`).
    """
    blank = max((number for number, line in enumerate(lines) if not line.strip()), default=-1)
    last = lines[blank + 1 :]
    if blank < 0 or (apart and not last[0].startswith("# ---")):
        return lines, []
    return _without_edges(lines[:blank]), last


def _pairs(lines: list[str], node: MappingNode, values: Mapping[str, Any]) -> Iterator[tuple[str, Pair]]:
    done = node.start_mark.line
    in_line = bool(node.flow_style)
    for key, value in node.value:
        start, end = key.start_mark.line, _last_line(value)
        above = [] if in_line else [line.strip() for line in lines[done:start] if line.strip().startswith("#")]
        region = lines[start : end + 1]
        name = str(key.value)
        pair = Pair(name, values[name], above)
        if not in_line:
            pair.beside = _remark(lines[end], value)
            if not isinstance(value, ScalarNode) and any("#" in line for line in region):
                pair.raw = [line[key.start_mark.column :].rstrip() for line in region]
        yield name, pair
        done = end + 1


def _remark(line: str, value: Node) -> str:
    """The comment behind a value that ends in this line."""
    found = _REMARK.search(line[_end_column(value) :])
    return found[1].rstrip() if found else ""


def _last_line(node: Node) -> int:
    """Line of the last character that belongs to a node: the parser's end of a block is the next token's start."""
    if isinstance(node, ScalarNode) or _is_in_braces(node):
        return int(node.end_mark.line)
    children = (child for item in node.value for child in (item if isinstance(item, tuple) else (item,)))
    return max((_last_line(child) for child in children), default=int(node.end_mark.line))


def _is_in_braces(node: Node) -> bool:
    return isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style)


def _end_column(node: Node) -> int:
    while not isinstance(node, ScalarNode) and not _is_in_braces(node) and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.column)


def _without_edges(lines: list[str]) -> list[str]:
    """Comment lines without the blank ones around them."""
    kept = [line.rstrip() for line in lines]
    while kept and not kept[0]:
        kept = kept[1:]
    while kept and not kept[-1]:
        kept = kept[:-1]
    return kept


def _spaced(lines: list[str]) -> list[str]:
    """At most one blank line between paragraphs of comments."""
    return [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
