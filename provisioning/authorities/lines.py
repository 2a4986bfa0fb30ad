"""Lines of a file of authorities: which heading means what, and what a line says, cleaned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from provisioning.edebo.addresses import read_address
from provisioning.edebo.cleaning import clean_edrpou, clean_katottg, clean_name, is_nothing, plain
from provisioning.edebo.endings import day_of
from provisioning.edebo.tables import Columns, TableRow, read_table
from provisioning.model.institution import Source
from provisioning.model.text import folded

HEADINGS: Final = {
    "id": "Код",
    "name": "Назва",
    "edrpou": "ЄДРПОУ",
    "katottg": "КАТОТТГ",
    "email": "Електронна пошта",
    "level": "Рівень",
    "superior": "Вищий орган",
    "predecessors": "Попередники",
    "document": "Документ",
    "date": "Дата",
}
"""Headings of the file as people get it."""

_OTHERS: Final = {
    "name": ("найменування", "повна назва"),
    "edrpou": ("код єдрпоу",),
    "katottg": ("код катоттг",),
    "email": ("e-mail", "пошта"),
}
_COLUMNS: Final[Columns] = {name: (heading.lower(), name, *_OTHERS.get(name, ())) for name, heading in HEADINGS.items()}
_REMEDY: Final = f"give a table with the columns {', '.join(HEADINGS.values())}"


class Rank(StrEnum):
    """Rank of an authority: ministry → oblast → (raion) → hromada or city, and districts of cities."""

    MINISTRY = "ministry"
    OBLAST = "oblast"
    RAION = "raion"
    HROMADA = "hromada"
    CITY = "city"
    DISTRICT = "district"


RANK_WORDS: Final = {
    Rank.MINISTRY: "міністерство",
    Rank.OBLAST: "область",
    Rank.RAION: "район",
    Rank.HROMADA: "громада",
    Rank.CITY: "місто",
    Rank.DISTRICT: "район міста",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One authority as a person wrote it. `superior` and `predecessors` are ids, EDRPOU codes or names.

    `faults` say what cannot be used; a line with one changes nothing.
    """

    source: Source
    id: str
    name: str
    edrpou: str | None
    katottg: str | None
    email: str | None
    rank: Rank | None
    superior: str
    predecessors: tuple[str, ...]
    document: str
    date: dt.date | None
    faults: tuple[tuple[str, str], ...] = ()


def read_lines(path: Path) -> Iterator[Line]:
    """Read the lines of one file, in order. Raises ExportUnreadable for a file of no form, or without names and
    addresses.
    """
    for row in read_table(path, _COLUMNS, ("name", "email"), _REMEDY):
        if any(not is_nothing(row[name]) for name in _COLUMNS):
            yield _line(row)


def _line(row: TableRow) -> Line:
    faults = [("cells", row.miscounted)] if row.miscounted else []
    name = clean_name(row["name"]).value
    if not name:
        faults.append(("name", "the line has no name"))
    address = None if is_nothing(row["email"]) else read_address(plain(row["email"]))
    if address is not None and address.value is None:
        faults.append(("email", address.fault or "no e-mail address"))
    edrpou, katottg = clean_edrpou(row["edrpou"]), clean_katottg(row["katottg"])
    for code, one in (("edrpou", edrpou), ("katottg", katottg)):
        if one.value is None and one.remark is not None:
            faults.append((code, one.remark))
    rank = rank_of(row["level"])
    if rank is None and not is_nothing(row["level"]):
        faults.append(("level", f"“{plain(row['level'])[:40]}” is no level: {', '.join(RANK_WORDS.values())}"))
    date = None if is_nothing(row["date"]) else day_of(row["date"])
    if date is None and not is_nothing(row["date"]):
        faults.append(("date", f"“{plain(row['date'])[:20]}” is no date: write 2026-11-30 or 30.11.2026"))
    return Line(
        source=row.source,
        id=plain(row["id"]),
        name=name or "",
        edrpou=edrpou.value,
        katottg=katottg.value,
        email=None if address is None else address.value,
        rank=rank,
        superior=plain(row["superior"]),
        predecessors=tuple(filter(None, (plain(part) for part in row["predecessors"].replace("\n", ";").split(";")))),
        document=plain(row["document"]),
        date=date,
        faults=tuple(faults),
    )


def rank_of(text: str) -> Rank | None:
    """Return a rank by its Ukrainian or English word; None for other words."""
    said = folded(plain(text))
    return next((one for one, word in RANK_WORDS.items() if said in (folded(word), folded(one.value))), None)
