"""Rows of an export file, whatever its form: JSON, CSV or XML. Owns encodings, delimiters and the names of columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from provisioning.model.errors import AikomError, ExitCode
from provisioning.model.institution import Source

MAX_BYTES: Final = 500 * 1024 * 1024

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("institution_id", "university_id"),
    "name": ("institution_name", "university_name"),
    "type": ("institution_type_name", "university_type_name"),
    "katottg": ("katottg", "katottgcodeu", "katottg_id"),
    "koatuu": ("koatuu_id", "koatuu_code"),
    "parent": ("parent_institution_id", "university_parent_id"),
    "governance": ("governance_name", "university_governance_name"),
    "email": ("email", "university_email"),
    "edrpou": ("edrpou", "university_edrpou", "institution_edrpou"),
    "state": ("state_name", "state", "institution_state_name", "status"),
}
"""What we read → how exports of different kinds of institution call it; the first that is there counts."""

_REQUIRED: Final = ("id", "name", "type")


class ExportUnreadable(AikomError):
    """A file is not an export that can be read; nothing of it was used."""

    exit_code = ExitCode.INVALID_INPUT


@dataclass(frozen=True, slots=True)
class Row:
    """One row; absent and empty fields are the same. `source` has the line in CSV, the row's number elsewhere."""

    source: Source
    id: str
    name: str
    type: str
    katottg: str
    koatuu: str
    parent: str
    governance: str
    email: str
    edrpou: str
    state: str


def read_rows(path: Path) -> Iterator[Row]:
    """Rows of one file, in order. Raises ExportUnreadable when it is no export at all."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ExportUnreadable(
                f"{path} has more than {MAX_BYTES // 1024**2} MB", remedy="split it, one file per oblast"
            )
        data = path.read_bytes()
    except OSError as failure:
        raise ExportUnreadable(f"{path} cannot be read: {failure.strerror}", remedy="check the path") from failure
    text = _decoded(data)
    readers = {"{": _json, "[": _json, "<": _xml}
    rows = readers.get(text.lstrip()[:1], _csv)(path, text)
    return _checked(path, rows)


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark; else Windows-1251, which older exports use."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _checked(path: Path, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[Row]:
    first = True
    for number, raw in rows:
        fields = {str(key).strip().lower(): value for key, value in raw.items() if key is not None}
        if first:
            _refuse_unless_export(path, fields)
            first = False
        yield Row(Source(str(path), number), **{name: _field(fields, name) for name in _COLUMNS})
    if first:
        raise ExportUnreadable(f"{path} has no rows", remedy="download the export again")


def _refuse_unless_export(path: Path, fields: Mapping[str, Any]) -> None:
    missing = [_COLUMNS[key][0] for key in _REQUIRED if not any(name in fields for name in _COLUMNS[key])]
    if missing:
        raise ExportUnreadable(
            f"{path} lacks the columns {', '.join(missing)}",
            remedy="give the open export of institutions, in JSON, CSV or XML",
        )


def _field(fields: Mapping[str, Any], name: str) -> str:
    value = next((fields[column] for column in _COLUMNS[name] if column in fields), None)
    return "" if value is None else str(value)


def _json(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as failure:
        raise ExportUnreadable(f"{path} is not JSON: {failure}", remedy="download the export again") from failure
    rows = document if isinstance(document, list) else _only_list(document)
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            yield number, row


def _only_list(document: Any) -> list[Any]:
    """Exports wrap the rows in an object now and then; one without any list is a single row."""
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    return lists[0] if lists else [document]


def _csv(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as failure:
        raise ExportUnreadable(
            f"{path}:{reader.line_num} is not CSV: {failure}", remedy="download the export again"
        ) from failure


def _xml(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ExportUnreadable(f"{path} defines entities, which no export does", remedy="download the export again")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # entities are refused above
    except ElementTree.ParseError as failure:
        raise ExportUnreadable(f"{path} is not XML: {failure}", remedy="download the export again") from failure
    rows = (element for element in root.iter() if any(child.tag.lower() in _IDS for child in element))
    for number, element in enumerate(rows, 1):
        yield number, {child.tag: child.text for child in element}


_IDS: Final = frozenset(_COLUMNS["id"])
