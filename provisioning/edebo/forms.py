"""Files of an export, whatever their form: JSON, CSV, XML or a spreadsheet (XLSX). Owns encodings and delimiters.

Each reader yields rows as (number, heading → value); the number is the line in CSV and in a spreadsheet, the row's
own elsewhere. Which headings mean what is the business of `rows`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from provisioning.model.errors import AikomError, ExitCode

MAX_BYTES: Final = 500 * 1024 * 1024
"""Of a file, and of what a spreadsheet holds when unpacked."""

Raw = Iterator[tuple[int, Mapping[str, Any]]]
_SEP: Final = re.compile(r'"?sep=([;,\t|])"?', re.IGNORECASE)
"""The line by which Excel is told the delimiter; it stands before the headings."""

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
    text = _decoded(data)
    first = text.lstrip()[:1]
    if first == "<":
        return _xml(path, text, ids)
    return _json(path, text) if first in ("{", "[") else _csv(path, text)


def _too_large(path: Path) -> ExportUnreadable:
    return ExportUnreadable(f"{path} has more than {MAX_BYTES // 1024**2} MB", remedy="split it, one file per oblast")


def _decoded(data: bytes) -> str:
    """UTF-16 by its mark (Excel's “Unicode text”), UTF-8 with or without one, else Windows-1251, as older exports."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _json(path: Path, text: str) -> Raw:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as failure:
        raise ExportUnreadable(f"{path} is not JSON: {failure}", remedy=_AGAIN) from failure
    rows = document if isinstance(document, list) else _only_list(document)
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            yield number, row


def _only_list(document: Any) -> list[Any]:
    """Exports wrap the rows in an object now and then; one without any list is a single row."""
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    return lists[0] if lists else [document]


def _csv(path: Path, text: str) -> Raw:
    head, _, after = text.partition("\n")
    said = _SEP.fullmatch(head.strip())
    body, skipped = (after, 1) if said else (text, 0)
    delimiter = said[1] if said else max(";,\t", key=head.count)
    reader = csv.DictReader(io.StringIO(body, newline=""), delimiter=delimiter, strict=False)
    try:
        for row in reader:
            yield reader.line_num + skipped, row
    except csv.Error as failure:
        line = reader.line_num + skipped
        raise ExportUnreadable(f"{path}:{line} is not CSV: {failure}", remedy=_AGAIN) from failure


def _xml(path: Path, text: str, ids: Collection[str]) -> Raw:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ExportUnreadable(f"{path} defines entities, which no export does", remedy=_AGAIN)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # entities are refused above
    except ElementTree.ParseError as failure:
        raise ExportUnreadable(f"{path} is not XML: {failure}", remedy=_AGAIN) from failure
    rows = (element for element in root.iter() if any(child.tag.lower() in ids for child in element))
    for number, element in enumerate(rows, 1):
        yield number, {child.tag: child.text for child in element}


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
    headings = [str(heading) for heading in next(numbered, (0, []))[1]]
    for number, cells in numbered:
        yield number, dict(zip(headings, map(_cell, cells), strict=False))


def _cell(value: Any) -> Any:
    """A spreadsheet keeps every number as a fraction."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, dt.date) else value
