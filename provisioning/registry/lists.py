"""Reads the files with institutions, or remembers what reading them gave."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from provisioning.registry.documents import Document, parse_document, read_as_text
from provisioning.registry.problems import Problem, Severity, as_row, from_row
from provisioning.registry.reading_cache import ReadingCache
from provisioning.registry.records import Record, read_records
from provisioning.registry.schema.institutions import INSTITUTIONS, PartialEntry


@dataclass(frozen=True, slots=True)
class RecordList:
    """One file: its document, its records, and what is wrong with their shape. `key` names it in the cache."""

    document: Document
    records: list[Record]
    problems: list[Problem]
    key: str


def read_list(folder: Path, file: str, cache: ReadingCache) -> RecordList:
    """Read one file; never raises for what is in it."""
    document, usable = read_as_text(folder, file)
    key = cache.key(document.text)
    if not usable:
        return RecordList(document, [], [], key)
    # A text that had to be repaired is read anew each time: what is kept belongs to a text as it is.
    kept = None if document.problems else _kept(document, cache.find(key))
    if kept is not None:
        return RecordList(document, kept, [], key)
    is_clean = not document.problems
    parse_document(document)
    if not document.readable:
        return RecordList(document, [], [], key)
    records, problems = read_records(document)
    if is_clean and not problems and not any(p.severity is Severity.ERROR for p in document.problems):
        cache.keep(key, [document.starts, [as_row(problem) for problem in document.problems], document.value])
    return RecordList(document, records, problems, key)


def _kept(document: Document, lines: Sequence[bytes] | None) -> list[Record] | None:
    """The records of an entry, given to the document; None when it is not an entry of ours."""
    try:
        starts, problems, value = lines or ()
        entries: list[Any] = INSTITUTIONS.validate_json(value)
        document.starts = [(line, column) for line, column in json.loads(starts)]
        read = [from_row(row) for row in json.loads(problems)]
    except (ValueError, TypeError, ValidationError):
        return None
    if len(entries) != len(document.starts):
        return None
    document.value = entries
    document.problems += [replace(p, source=replace(p.source, file=document.file)) for p in read]
    return [Record(document, index, cast(PartialEntry, entry)) for index, entry in enumerate(entries)]
