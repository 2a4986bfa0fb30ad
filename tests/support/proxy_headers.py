"""The written list of headers that a proxy before the central database hands on, refuses or leaves behind, as a value.

Read from docs/for-central-database.md, which is the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2]
TEMPLATES: Final = PROJECT / "examples/central_database"
PAGE: Final = PROJECT / "docs/for-central-database.md"


class Treatment(StrEnum):
    """What becomes of a header; the value is how its row of the list begins."""

    HANDED_ON = "hands it on"
    REFUSED_415 = "refuses with 415"
    REFUSED_400 = "refuses with 400"
    FOR_THE_GATE = "shows it to the gate only"
    OF_THE_PROXY = "acts on it itself"
    LEFT_BEHIND = "leaves it behind"


def _rows() -> Iterator[tuple[str, Treatment]]:
    text = PAGE.read_text(encoding="utf-8")
    section = text[text.index("### Headers of a request") : text.index("### Methods, paths and bodies")]
    for names, said in re.findall(r"^\| (.*?) \| (.*?) \|$", section, re.MULTILINE):
        for treatment in Treatment:
            if said.startswith(treatment):
                yield from ((name, treatment) for name in re.findall(r"`([^`]+)`", names))


_ALL: Final = tuple(_rows())
LISTED: Final[Mapping[str, Treatment]] = dict(_ALL)
"""Header or, with an asterisk, beginning of headers → treatment."""

if len(LISTED) != len(_ALL):
    raise ValueError(f"{PAGE.name} lists a header twice")

HANDED_ON: Final = tuple(name for name, what in LISTED.items() if what is Treatment.HANDED_ON)
FOR_THE_GATE: Final = tuple(name for name, what in LISTED.items() if what is Treatment.FOR_THE_GATE)
REFUSED: Final[Mapping[str, int]] = {
    name: 415 if what is Treatment.REFUSED_415 else 400
    for name, what in LISTED.items()
    if what in (Treatment.REFUSED_415, Treatment.REFUSED_400)
}


def treatment_of(name: str) -> Treatment | None:
    """Return what the list says of a header, by its name or the beginning of it; None when it says nothing."""
    for listed, treatment in LISTED.items():
        if re.fullmatch(re.escape(listed).replace(r"\*", ".*"), name, re.IGNORECASE):
            return treatment
    return None
