"""Files of an export, whatever their form: JSON, CSV, XML or a spreadsheet (XLSX). Owns encodings and delimiters.

Each reader yields rows as number and heading → value; the number is the line in CSV and in a spreadsheet, the row's
own elsewhere. Which headings mean what is the business of `rows`. A file that is cut off or broken is refused, or its
broken line is marked: nothing is made up where cells are missing.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from provisioning.model.errors import AikomError, ExitCode

MAX_BYTES: Final = 500 * 1024 * 1024
"""Of a file, and of what a spreadsheet holds when unpacked."""

AGAIN: Final = "\x00"
"""Stands in the heading of a column, before its number, when the heading stands in the file already."""


CUT: Final = "the file ends within this line, which may be cut off"
"""The fault of a last line without a line end, as a download that broke off leaves it and some people's editors do."""


class RawRow(NamedTuple):
    """One row; `fault` says why its cells cannot be trusted."""

    number: int
    cells: Mapping[str, Any]
    fault: str | None = None


Raw = Iterator[RawRow]
_SEP: Final = re.compile(r'"?sep=([;,\t|])"?', re.IGNORECASE)
"""The line by which Excel is told the delimiter; it stands before the headings."""

_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_AGAIN: Final = "download the export again"


class ExportUnreadable(AikomError):
    """A file is not an export that can be read; nothing of it was used."""

    exit_code = ExitCode.INVALID_INPUT


def read_raw(path: Path, ids: Collection[str]) -> Raw:
    """Yield the rows of one file, in order; `ids` are lower-case headings that identify an XML row.

    Raises ExportUnreadable when the file cannot be read or is of none of the forms.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as failure:
        raise ExportUnreadable(f"{path} cannot be read: {failure.strerror}", remedy="check the path") from failure
    if size > MAX_BYTES:
        raise _too_large(path)
    if data.startswith(b"PK"):
        return _xlsx(path, data)
    text = _decoded(path, data)
    first = text.lstrip()[:1]
    if first == "<":
        return _xml(path, text, ids)
    return _json(path, text) if first in ("{", "[") else _csv(path, text)


def _too_large(path: Path) -> ExportUnreadable:
    return ExportUnreadable(f"{path} has more than {MAX_BYTES // 1024**2} MB", remedy="split it, one file per oblast")


def _decoded(path: Path, data: bytes) -> str:
    """UTF-16 by its mark (Excel's “Unicode text”), UTF-8 with or without one, else Windows-1251, as older exports.

    A file of one of these that is damaged is none of the others: its letters would come out as other letters.
    """
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as failure:
        line, encoding = data.count(b"\n", 0, failure.start) + 1, failure.encoding
    try:
        if not utf16 and not _is_mostly_utf8(data):
            return data.decode("cp1251")
    except UnicodeDecodeError as failure:
        line, encoding = data.count(b"\n", 0, failure.start) + 1, "cp1251"
    raise ExportUnreadable(f"{path}:{line} is damaged or cut off: it is not {encoding} text", remedy=_AGAIN)


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether more Cyrillic letters are whole UTF-8 than bytes are not UTF-8 at all."""
    whole = data.decode("utf-8", errors="replace")
    return len(_CYRILLIC.findall(whole)) > whole.count("\ufffd")


def _json(path: Path, text: str) -> Raw:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as failure:
        raise ExportUnreadable(f"{path} is not JSON: {failure}", remedy=_AGAIN) from failure
    rows = document if isinstance(document, list) else _only_list(document)
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            yield RawRow(number, row)


def _only_list(document: Any) -> list[Any]:
    """Exports wrap the rows in an object now and then; one without any list is a single row."""
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    return lists[0] if lists else [document]


def _csv(path: Path, text: str) -> Raw:
    head, _, after = text.partition("\n")
    said = _SEP.fullmatch(head.strip())
    body, skipped = (after, 1) if said else (text, 0)
    delimiter = said[1] if said else max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=False)
    last = body.rstrip("\r\n").count("\n") + 1 if body and body[-1] not in "\r\n" else 0
    try:
        headings = _distinct(next(reader, []))
        for cells in reader:
            line = reader.line_num + skipped
            if cells:
                _refuse_open_quote(f"{path}:{line}", cells, delimiter, len(headings))
                fault = _fault(cells, len(headings), is_cut=reader.line_num == last)
                yield RawRow(line, dict(zip(headings, cells, strict=False)), fault)
    except csv.Error as failure:
        line = reader.line_num + skipped
        raise ExportUnreadable(f"{path}:{line} is not CSV: {failure}", remedy=_AGAIN) from failure


def _fault(cells: list[str], columns: int, *, is_cut: bool) -> str | None:
    """Why a line's cells may not be what they seem: a delimiter without quotes around it, a line that is cut off."""
    if len(cells) != columns:
        return f"the line has {len(cells)} cells and the headings are {columns}"
    return CUT if is_cut and cells[-1] else None


def _refuse_open_quote(where: str, cells: Iterable[str], delimiter: str, columns: int) -> None:
    """Lines that a quotation mark swallowed are in no other row: the file is refused."""
    for cell in cells:
        if "\n" in cell and cell.count(delimiter) >= max(1, (columns - 1) // 2):
            lines = cell.count("\n") + 1
            raise ExportUnreadable(
                f"{where}: {lines} lines are one cell: a quotation mark before “{cell[:40].strip()}” has no end",
                remedy="write it twice, or take the export as XLSX",
            )


def _distinct(headings: Iterable[object]) -> list[str]:
    """Headings; one that stands there again is marked, so that no column hides another."""
    seen: Counter[str] = Counter()
    marked = []
    for heading in map(str, headings):
        seen[heading] += 1
        marked.append(heading if seen[heading] == 1 else f"{heading}{AGAIN}{seen[heading]}")
    return marked


def _xml(path: Path, text: str, ids: Collection[str]) -> Raw:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ExportUnreadable(f"{path} defines entities, which no export does", remedy=_AGAIN)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # entities are refused above
    except ElementTree.ParseError as failure:
        raise ExportUnreadable(f"{path} is not XML: {failure}", remedy=_AGAIN) from failure
    rows = (element for element in root.iter() if any(child.tag.lower() in ids for child in element))
    for number, element in enumerate(rows, 1):
        tags = _distinct(child.tag for child in element)
        yield RawRow(number, dict(zip(tags, (child.text for child in element), strict=True)))


def _xlsx(path: Path, data: bytes) -> Raw:
    """The first sheet; its first row are the headings."""
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MAX_BYTES:
            raise _too_large(path)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        lines = list(sheet.iter_rows())
    except (CalamineError, BadZipFile) as failure:
        raise ExportUnreadable(f"{path} is no spreadsheet that can be read: {failure}", remedy=_AGAIN) from failure
    return _under_headings(lines, 1 + (sheet.start or (0, 0))[0])


def _under_headings(lines: Iterable[list[Any]], first: int) -> Raw:
    numbered = enumerate(lines, first)
    headings = _distinct(next(numbered, (0, []))[1])
    for number, cells in numbered:
        yield RawRow(number, dict(zip(headings, map(_cell, cells), strict=False)))


def _cell(value: Any) -> Any:
    """A spreadsheet keeps every number as a fraction."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, dt.date) else value
