"""Deactivations that the register suggests: a draft that people complete, and reading it back. Source: order cl. 7, 10.

The draft names institutions that live here and are closed or reorganised in the register. A person adds the document,
the date and the successors, and removes what is not to end. Nothing is deactivated by the draft alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provisioning.edebo.cleaning import plain
from provisioning.edebo.report import table
from provisioning.edebo.results import Ending, Values
from provisioning.edebo.states import REASONS
from provisioning.edebo.tables import Columns, TableRow, read_table
from provisioning.model.configuration import Configuration
from provisioning.model.endings import ending_faults
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, DeactivationReason, Institution
from provisioning.model.katottg import OBLASTS, place_oblast
from provisioning.model.text import folded

REASON_WORDS: Final = {
    DeactivationReason.LIQUIDATION: "ліквідація",
    DeactivationReason.REORGANISATION: "реорганізація",
    DeactivationReason.INTERFERENCE: "втручання",
    DeactivationReason.CYBER_INCIDENT: "кіберінцидент",
}
"""Reasons of order cl. 10 as people write them into the file."""

_HEADINGS: Final = ("Код", "Назва", "Область", "Стан у реєстрі", "Підстава", "Документ", "Дата", "Правонаступники")
_COLUMNS: Final[Columns] = {
    "id": ("код", "id"),
    "reason": ("підстава", "reason"),
    "document": ("документ", "document"),
    "date": ("дата", "date"),
    "successors": ("правонаступники", "successors"),
}
_REMEDY: Final = "give the file of `provision import edebo --draft-deactivations`, completed"
_ID: Final = re.compile(r"[0-9]{2}-[0-9]{7}")
_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed file: what to write by id, ids without a document as yet, and what is wrong, each with its row."""

    changed: Mapping[InstitutionId, Values]
    left_open: tuple[str, ...]
    faults: tuple[str, ...]


def draft_endings(endings: Iterable[Ending]) -> str:
    """Return the draft as CSV for Excel, by oblast and name."""
    rows = sorted((_row(one) for one in endings), key=lambda row: (row["Область"], row["Назва"], row["Код"]))
    return table(rows, _HEADINGS)


def _row(ending: Ending) -> dict[str, str]:
    one, candidate = ending.institution, ending.candidate
    oblast = place_oblast(one.id, one.katottg)
    return {
        "Код": one.id,
        "Назва": one.name,
        "Область": f"{oblast} {OBLASTS.get(oblast, '')}".strip(),
        "Стан у реєстрі": candidate.said,
        "Підстава": REASON_WORDS[REASONS[candidate.state]],
        "Документ": "",
        "Дата": "",
        "Правонаступники": "",
    }


def read_endings(path: Path, configuration: Configuration, today: dt.date) -> Completed:
    """Read a completed draft; wrong rows are in `faults`. Raises ExportUnreadable for a file that is none.

    `today` is the day in Kyiv.
    """
    here = {one.id: one for one in configuration.institutions}
    changed: dict[InstitutionId, Values] = {}
    left_open: list[str] = []
    faults: list[str] = []
    for row in read_table(path, _COLUMNS, tuple(_COLUMNS), _REMEDY):
        identifier = InstitutionId(plain(row["id"]))
        if not row.miscounted and not plain(row["document"]) and not plain(row["date"]):
            left_open.append(identifier)
            continue
        why, found = (None, [row.miscounted]) if row.miscounted else _read(row)
        if why is not None:
            found += _wrong(why, identifier, here, today)
        if identifier in changed:
            found.append("it stands here twice")
        faults += [f"{row.source}: {identifier}: {fault}" for fault in found]
        if why is not None and not found:
            changed[identifier] = {"deactivated": _values(why)}
    return Completed(changed, tuple(left_open), tuple(faults))


def _read(row: TableRow) -> tuple[Deactivation | None, list[str]]:
    day, reason = day_of(row["date"]), reason_of(row["reason"])
    found = []
    if day is None:
        found.append(f"“{plain(row['date'])[:20]}” is no date: write 2026-11-30 or 30.11.2026")
    if reason is None:
        words = ", ".join(REASON_WORDS.values())
        found.append(f"“{plain(row['reason'])[:40]}” is no reason of order cl. 10: {words}")
    if day is None or reason is None:
        return None, found
    return Deactivation(reason, plain(row["document"]), day, ids_of(row["successors"])), found


def _wrong(
    why: Deactivation, identifier: InstitutionId, here: Mapping[InstitutionId, Institution], today: dt.date
) -> list[str]:
    """By the one rule for deactivations, wherever they are written."""
    one = here.get(identifier)
    if one is None:
        return ["there is no such record"]
    if one.deactivated is not None:
        return [f"it is deactivated already since {one.deactivated.date}; the first decision stands"]
    before = one.earlier[-1].deactivation.date if one.earlier else None
    found = ending_faults(why, identifier, today, before, here.__contains__)
    return [f"{fault.message}; {fault.remedy}" for fault in found]


def _values(why: Deactivation) -> Values:
    successors: Values = {"successors": list(why.successors)} if why.successors else {}
    return {"reason": why.reason, "document": why.document, "date": why.date, **successors}


def reason_of(text: str) -> DeactivationReason | None:
    """Return a reason by its Ukrainian or English word."""
    said = folded(plain(text))
    return next((one for one, word in REASON_WORDS.items() if said in (folded(word), folded(one.value))), None)


def day_of(text: str) -> dt.date | None:
    """Return a day as 2026-11-30 or as Excel shows it in Ukraine, 30.11.2026; a time behind it is left out."""
    said = plain(text).partition("T")[0].partition(" ")[0]
    try:
        if found := _DAY.fullmatch(said):
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        return dt.date.fromisoformat(said)
    except ValueError:
        return None


def ids_of(text: str) -> tuple[InstitutionId, ...]:
    """Return our ids in a cell, whatever separates them."""
    return tuple(map(InstitutionId, dict.fromkeys(_ID.findall(text))))
