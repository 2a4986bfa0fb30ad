"""Legacy codes of places (KOATUU) as today's (KATOTTG), from the table that says how they follow from each other."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from provisioning.edebo.forms import ExportUnreadable, read_raw
from provisioning.model.identifiers import KATOTTG_PATTERN

_NEW: Final = re.compile(KATOTTG_PATTERN)
_OLD: Final = re.compile(r"[0-9]{9,10}")
_LEVELS: Final = (slice(4, 6), slice(6, 9), slice(9, 12), slice(12, 14))
"""Digits of a KATOTTG code that say raion, hromada, settlement and district of a city; noughts where it has none."""


def read_places(path: Path) -> dict[str, str]:
    """Return a table KOATUU → KATOTTG: two columns of a CSV file or spreadsheet, in any order; other columns are passed
    over.

    A hromada and the place it is named after had one legacy code: the place counts. A code that could be one of
    several places, and a row with several codes of one sort, say nothing. Raises ExportUnreadable, also for a table
    without any old code, such as the codifier of places alone.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in read_raw(path, ()):
        cells = [str(cell).strip().strip('"') for cell in row.cells.values() if cell is not None]
        new, old = [c for c in cells if _NEW.fullmatch(c)], [c for c in cells if _OLD.fullmatch(c)]
        if len(new) == len(old) == 1:
            found[old[0].zfill(10)].add(new[0])
    if not found:
        raise ExportUnreadable(
            f"{path} has no row with an old code (КОАТУУ) and a new one (КАТОТТГ)",
            remedy="give the Ministry's table of how the two follow from each other",
        )
    table = {}
    for legacy, codes in found.items():
        deepest = max(map(_depth, codes))
        of_that = [code for code in codes if _depth(code) == deepest]
        if len(of_that) == 1:
            table[legacy] = of_that[0]
    return table


def _depth(code: str) -> int:
    return sum(int(code[level]) > 0 for level in _LEVELS)
