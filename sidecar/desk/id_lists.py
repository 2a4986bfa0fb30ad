"""Lists of institutions that a person pastes or uploads: ids with anything between them, or a table's first column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from provisioning.model.identifiers import parse_username

MOST: Final = 4_000
"""Ids in one list: as many as one request of 64 KB carries. More are chosen by authority or by OIS, or in parts."""

_BETWEEN: Final = re.compile(r"[\s,;]+")
_CELL_END: Final = re.compile(r"[,;\t]")


@dataclass(frozen=True, slots=True)
class IdList:
    """Names of accounts, each once, in order; `wrong` are words that are none."""

    names: tuple[str, ...]
    wrong: tuple[str, ...]


def pasted_ids(text: str) -> IdList:
    """Read ids from a text in which anything may stand between them."""
    return _sorted_out([word for word in _BETWEEN.split(text) if word])


def uploaded_ids(content: bytes) -> IdList:
    """Read ids from the first column of a table; a first line of headings is skipped. Raises UnicodeDecodeError."""
    lines = [line for line in content.decode("utf-8-sig").splitlines() if line.strip()]
    cells = [_CELL_END.split(line, maxsplit=1)[0].strip().strip('"') for line in lines]
    if len(cells) > 1 and parse_username(cells[0]) is None:
        del cells[0]
    return _sorted_out(cells)


def _sorted_out(words: list[str]) -> IdList:
    once = dict.fromkeys(words)
    return IdList(
        tuple(word for word in once if parse_username(word) is not None),
        tuple(word for word in once if parse_username(word) is None),
    )
