"""From YAML nodes to plain values. Scalars are decided here and nowhere else, as in YAML 1.2 and more strictly:
`true` and `false`, integers without leading zeros, decimals; everything else is text.

An unquoted scalar that another YAML reader would take for something else (`NO`, `0123`, `12:30`) is an error.
"""

from __future__ import annotations

import re
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode

from provisioning.model.institution import Source
from provisioning.registry.problems import Problem, error, shown, warning
from provisioning.registry.reading import hidden_character

_BOOLEANS: Final = {"true": True, "false": False}
_NOTHING: Final = frozenset(("", "~", "null", "Null", "NULL"))
_AMBIGUOUS_WORDS: Final = frozenset(
    [
        *("yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"),
        *("y", "Y", "n", "N", "True", "TRUE", "False", "FALSE", "=", "<<"),
    ]
)
_SPECIAL: Final = frozenset(_BOOLEANS) | _NOTHING | _AMBIGUOUS_WORDS
_NUMBER_START: Final = frozenset("0123456789+-.")
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER_ELSEWHERE: Final = re.compile(
    r"""[-+]?(?:0[box][0-9a-fA-F_]+
      |[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?
      |\.[0-9_]+(?:[eE][-+]?[0-9]+)?
      |\.(?:inf|Inf|INF))
    |\.(?:nan|NaN|NAN)
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\ ].*)?""",
    re.VERBOSE,
)
"""What YAML 1.1 or 1.2 readers turn into a number, a time or a date."""


def source_of(node: Node, file: str) -> Source:
    """Return the place where a node begins."""
    return Source(file, node.start_mark.line + 1, node.start_mark.column + 1)


class NodeReader:
    """Turns the nodes of one file into values and gathers what is wrong with them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.problems: list[Problem] = []

    def value(self, node: Node) -> Any:
        """Return the plain value of a node: dict, list, text, number, truth value, or None for nothing."""
        if node.__class__ is ScalarNode:
            return self._scalar(node)
        if node.tag:
            self._tag(node)
        if isinstance(node, MappingNode):
            return self._mapping(node)
        return [self.value(item) for item in node.value]

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, item in node.value:
            if key.__class__ is not ScalarNode:
                self._add("key-not-text", key, "a list or mapping as a key", "write a plain word before the colon")
                continue
            name = key.value
            if key.tag:
                self._tag(key)
            if name in result:
                self._duplicate(node, name, key)
                continue
            result[name] = self._scalar(item) if item.__class__ is ScalarNode else self.value(item)
        return result

    def _scalar(self, node: ScalarNode) -> Any:
        text: str = node.value
        if node.tag:
            self._tag(node)
        if not node.style:
            if text in _SPECIAL:
                return self._special(node, text)
            if text[0] in _NUMBER_START:
                return self._maybe_number(node, text)
        if not text.isprintable():
            self._unprintable(node, text)
        elif "  " in text or text != text.strip():
            self._spaces(node, text)
        return text

    def _special(self, node: ScalarNode, text: str) -> Any:
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if text in _NOTHING:
            self._add("empty-value", node, "a key without a value", "write the value, or remove the key")
            return None
        self._ambiguous(node, text)
        return text

    def _maybe_number(self, node: ScalarNode, text: str) -> Any:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        if _NUMBER_ELSEWHERE.fullmatch(text) and not _DATE.fullmatch(text):
            self._ambiguous(node, text)
        if not text.isprintable():
            self._unprintable(node, text)
        elif "  " in text:
            self._spaces(node, text)
        return text

    def _ambiguous(self, node: ScalarNode, text: str) -> None:
        if text.lower() in ("yes", "no", "on", "off", "true", "false", "y", "n"):
            remedy = f'write "{text}" in quotes when it is a text, or true / false when it is a yes or no'
        else:
            remedy = f'put it in quotes: "{shown(text)}"'
        message = f"{shown(text)} without quotes is read differently by different programs"
        self._add("ambiguous-value", node, message, remedy)

    def _unprintable(self, node: ScalarNode, text: str) -> None:
        place = source_of(node, self._file)
        if "\n" in text or "\r" in text:
            self.problems.append(error("line-break", place, "a text of several lines", "write it on one line"))
            return
        for character in text:
            # NOTE: unusual spaces are reported where they stand, by `reading`.
            if character == "\t" or not (character.isprintable() or character.isspace()):
                self.problems.append(hidden_character(character, place))
                return

    def _spaces(self, node: ScalarNode, text: str) -> None:
        place = source_of(node, self._file)
        where = "double spaces in" if "  " in text else "a space before or after"
        self.problems.append(
            warning("spaces", place, f"{where} the text “{shown(text)}”", "leave single spaces between the words only")
        )

    def _tag(self, node: Node) -> None:
        self._add("tag", node, f"the tag {shown(node.tag)} is not read here", "remove the word that begins with !")

    def _duplicate(self, node: MappingNode, name: str, key: ScalarNode) -> None:
        first = next(other for other, _ in node.value if other.value == name)
        line = first.start_mark.line + 1
        message = f"the key {shown(name)} stands here twice, first in line {line}"
        self._add("duplicate-key", key, message, "keep one of the two")

    def _add(self, code: str, node: Node, message: str, remedy: str) -> None:
        self.problems.append(error(code, source_of(node, self._file), message, remedy))
