"""The database's own register of institutions: name, path in the hierarchy, authority or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One institution or authority. `sphere` is its path from the root authority down."""

    id: str
    name: str
    sphere: str
    is_authority: bool


def read_register(path: Path) -> Mapping[str, Entry]:
    """The register by id."""
    entries = (Entry(**fields) for fields in json.loads(path.read_text(encoding="utf-8")))
    return {entry.id: entry for entry in entries}


def write_register(path: Path, entries: Iterable[Entry]) -> None:
    """Keep a register for `read_register`."""
    text = json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")
