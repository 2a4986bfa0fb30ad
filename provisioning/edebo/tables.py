"""Tables with headings, whatever their form: which heading means what, and which must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from provisioning.edebo.forms import AGAIN, CUT, ExportUnreadable, read_raw
from provisioning.model.institution import Source

_SURROGATES: Final = re.compile("[\ud800-\udfff]")
"""Halves of letters, as a program that cuts a text leaves them: no file can hold them."""

_APOSTROPHES: Final = str.maketrans("’ʼ`", "'''")

Columns = Mapping[str, tuple[str, ...]]
"""What is read → how files call it, in small letters; the first that is there counts."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its place and its cells; None where the table has no such column. `fault` says why its cells cannot be
    trusted.
    """

    source: Source
    cells: Mapping[str, str | None]
    fault: str | None = None

    @property
    def miscounted(self) -> str | None:
        """The fault of a row in a file that people wrote, where the last line may lack its end."""
        return None if self.fault == CUT else self.fault

    def __getitem__(self, name: str) -> str:
        """A cell; empty where the table has no such column."""
        return self.cells[name] or ""


def read_table(path: Path, columns: Columns, required: Sequence[str], remedy: str) -> Iterator[TableRow]:
    """Yield rows in order, those without any value left out. Raises ExportUnreadable for a file of no form, without
    rows, without a required column, or with one twice.
    """
    first = True
    for number, raw, fault in read_raw(path, columns[required[0]]):
        fields = {_heading(key): value for key, value in raw.items()}
        if first:
            _refuse_without(path, fields, columns, required, remedy)
            first = False
        _refuse_twice(path, raw, columns)
        if any(value is not None and str(value).strip() for value in raw.values()):
            yield TableRow(Source(str(path), number), {name: _cell(fields, columns[name]) for name in columns}, fault)
    if first:
        raise ExportUnreadable(f"{path} has no rows", remedy=remedy)


def _heading(key: object) -> str:
    return " ".join(str(key).translate(_APOSTROPHES).lower().split())


def _refuse_without(
    path: Path, fields: Mapping[str, Any], columns: Columns, required: Sequence[str], remedy: str
) -> None:
    missing = [columns[key][0] for key in required if not any(name in fields for name in columns[key])]
    if missing:
        raise ExportUnreadable(f"{path} lacks the columns {', '.join(missing)}", remedy=remedy)


def _refuse_twice(path: Path, raw: Mapping[str, Any], columns: Columns) -> None:
    """A column that stands there twice could mean either."""
    for key in raw:
        if AGAIN in key and (heading := _heading(key.partition(AGAIN)[0])) in chain.from_iterable(columns.values()):
            raise ExportUnreadable(f"{path} has the column {heading} twice", remedy="remove or rename one of the two")


def _cell(fields: Mapping[str, Any], names: Sequence[str]) -> str | None:
    present = [name for name in names if name in fields]
    if not present:
        return None
    value = fields[present[0]]
    return "" if value is None else _SURROGATES.sub("", str(value))
