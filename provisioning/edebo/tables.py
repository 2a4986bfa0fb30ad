"""Tables with headings, whatever their form: which heading means what, and which must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provisioning.edebo.forms import ExportUnreadable, read_raw
from provisioning.model.institution import Source

_APOSTROPHES: Final = str.maketrans("’ʼ`", "'''")

Columns = Mapping[str, tuple[str, ...]]
"""What is read → how files call it, in small letters; the first that is there counts."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its place and its cells; None where the table has no such column."""

    source: Source
    cells: Mapping[str, str | None]

    def __getitem__(self, name: str) -> str:
        """A cell; empty where the table has no such column."""
        return self.cells[name] or ""


def read_table(path: Path, columns: Columns, required: Sequence[str], remedy: str) -> Iterator[TableRow]:
    """Yield rows in order. Raises ExportUnreadable for a file of no form, without rows, or without a
    required column.
    """
    first = True
    for number, raw in read_raw(path, columns[required[0]]):
        fields = {_heading(key): value for key, value in raw.items() if key is not None}
        if first:
            _refuse_without(path, fields, columns, required, remedy)
            first = False
        yield TableRow(Source(str(path), number), {name: _cell(fields, columns[name]) for name in columns})
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


def _cell(fields: Mapping[str, Any], names: Sequence[str]) -> str | None:
    present = [name for name in names if name in fields]
    if not present:
        return None
    value = fields[present[0]]
    return "" if value is None else str(value)
