"""Deactivations that the register suggests: a draft that people complete, and reading it back. Source: order cl. 7, 10.

The draft names institutions that live here and are closed or reorganised in the register. A person adds the document,
the date and the successors, and removes what is not to end. Nothing is deactivated by the draft alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provisioning.edebo.cleaning import plain
from provisioning.edebo.report import table
from provisioning.edebo.results import Ending, Values
from provisioning.edebo.states import REASONS
from provisioning.edebo.tables import Columns, TableRow, read_table
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import DeactivationReason, Institution
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
_ID: Final = re.compile(r"[0-9]{2}-[0-9]{7}")
_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed file: what to write by id, ids without a document as yet, and what is wrong, each with its row."""

    changed: Mapping[InstitutionId, Values]
    left_open: tuple[str, ...]
    faults: tuple[str, ...]


def draft_endings(endings: Iterable[Ending]) -> str:
    """The draft as CSV for Excel, by oblast and name."""
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
    """Read a completed draft; wrong rows are in `faults`. Raises ExportUnreadable for a file that is none."""
    here = {one.id: one for one in configuration.institutions}
    changed: dict[InstitutionId, Values] = {}
    left_open: list[str] = []
    faults: list[str] = []
    remedy = "give the file of `provision import edebo --draft-deactivations`, completed"
    for row in read_table(path, _COLUMNS, tuple(_COLUMNS), remedy):
        identifier = plain(row["id"])
        found = [*_unknown(row, here), *_incomplete(row, here, today)]
        if not plain(row["document"]) and not plain(row["date"]):
            left_open.append(identifier)
        elif found or identifier in changed:
            faults += [f"{row.source}: {identifier}: {fault}" for fault in found or ["it stands here twice"]]
        else:
            changed[InstitutionId(identifier)] = {"deactivated": _deactivated(row)}
    return Completed(changed, tuple(left_open), tuple(faults))


def _unknown(row: TableRow, here: Mapping[InstitutionId, Institution]) -> Iterator[str]:
    one = here.get(InstitutionId(plain(row["id"])))
    if one is None:
        yield "there is no such record"
    elif one.deactivated is not None:
        yield f"it is deactivated already since {one.deactivated.date}; the first decision stands"


def _incomplete(row: TableRow, here: Mapping[InstitutionId, Institution], today: dt.date) -> Iterator[str]:
    document, day, reason = plain(row["document"]), day_of(row["date"]), reason_of(row["reason"])
    successors = ids_of(row["successors"])
    if not document or len(document) > 300:
        yield "the document is missing or longer than 300 characters"
    if day is None:
        yield f"“{plain(row['date'])[:20]}” is no date: write 2026-11-30 or 30.11.2026"
    elif day > today:
        yield f"{day} is in the future"
    if reason is None:
        yield f"“{plain(row['reason'])[:40]}” is no reason of order cl. 10: {', '.join(REASON_WORDS.values())}"
    for successor in successors:
        if InstitutionId(successor) not in here or successor == plain(row["id"]):
            yield f"the successor {successor} is no other record"
    if reason is DeactivationReason.REORGANISATION and not successors:
        yield "a reorganisation names its successors by their ids"


def _deactivated(row: TableRow) -> Values:
    values: Values = {
        "reason": reason_of(row["reason"]),
        "document": plain(row["document"]),
        "date": day_of(row["date"]),
    }
    if successors := ids_of(row["successors"]):
        values["successors"] = successors
    return values


def reason_of(text: str) -> DeactivationReason | None:
    """A reason by its Ukrainian or English word."""
    said = folded(plain(text))
    return next((one for one, word in REASON_WORDS.items() if said in (folded(word), folded(one.value))), None)


def day_of(text: str) -> dt.date | None:
    """A day as 2026-11-30 or as Excel shows it in Ukraine, 30.11.2026; a time behind it is left out."""
    said = plain(text).partition("T")[0].partition(" ")[0]
    try:
        if found := _DAY.fullmatch(said):
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        return dt.date.fromisoformat(said)
    except ValueError:
        return None


def ids_of(text: str) -> list[str]:
    """Our ids in a cell, whatever stands between them."""
    return list(dict.fromkeys(_ID.findall(text)))
