"""The one way to write a record of `institutions/*.yaml`: order of keys, quotes, indentation. Pure.

Everything that writes such files - formatting, import, export - writes them through here, so that two of them never
disagree and a git diff shows what changed and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final

KEYS: Final = (
    "id",
    "kind",
    "name",
    "edrpou",
    "edebo_id",
    "katottg",
    "authority",
    "branch_of",
    "email",
    "generation",
    "earlier",
    "deactivated",
    "rights",
)
"""Keys of a record in their order; keys that are not listed follow as they were."""

INNER_KEYS: Final = ("generation", "reason", "document", "date", "successors", "add", "remove")
"""Keys of the groups inside a record, in their order."""

_CODES: Final = frozenset({"id", "edrpou", "authority", "branch_of", "successors"})
"""Digits that are text: always in quotes, so that no reader takes them for numbers."""

_PLAIN: Final = re.compile(r"[^\W\d_«№][^\n#:\[\]{}]*|[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9.-]+|[«№][^\n#:\[\]{}]*")
"""Texts that every YAML reader takes as they stand: no sign in them that means anything in YAML."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: Final = frozenset(
    {"yes", "no", "on", "off", "true", "false", "y", "n", "null", "nan", "inf", "infinity"},
)
INDENT: Final = "  "


def position(key: str) -> tuple[int, str]:
    """Return the place of a key in a record, for sorting."""
    return (KEYS.index(key), "") if key in KEYS else (len(KEYS), key)


def record_lines(entry: Mapping[str, Any]) -> list[str]:
    """Write a whole record as lines, the dash on the first."""
    lines = [line for key in sorted(entry, key=position) for line in pair_lines(key, entry[key])]
    return [("- " if number == 0 else INDENT) + line for number, line in enumerate(lines)]


def pair_lines(key: str, value: Any) -> list[str]:
    """Return one key with its value, as lines without the record's own indentation."""
    if isinstance(value, Mapping):
        inner = [line for name in _inner(value) for line in pair_lines(name, value[name])]
        return [f"{key}:", *(INDENT + line for line in inner)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        if all(isinstance(item, Mapping) for item in value) and value:
            return [f"{key}:", *(INDENT + line for item in value for line in _item_lines(item))]
        return [f"{key}: [{', '.join(scalar(key, item) for item in value)}]"]
    return [f"{key}: {scalar(key, value)}"]


def scalar(key: str, value: Any) -> str:
    """Return one value as YAML, read the same by every reader."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    if key not in _CODES and (_is_plain(text) or (key == "date" and _DATE.fullmatch(text))):
        return text
    return json.dumps(text, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and text == text.strip() and text.lower() not in _WORDS and text.isprintable()


def _inner(group: Mapping[str, Any]) -> list[str]:
    return sorted(group, key=lambda key: (INNER_KEYS.index(key), "") if key in INNER_KEYS else (len(INNER_KEYS), key))


def _item_lines(item: Mapping[str, Any]) -> list[str]:
    lines = [line for key in _inner(item) for line in pair_lines(key, item[key])]
    return [("- " if number == 0 else INDENT) + line for number, line in enumerate(lines)]
