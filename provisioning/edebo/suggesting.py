"""Which authority an open body could be: a hint for a person with its reason, of the row's own oblast. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Protocol

from provisioning.edebo.bodies import BodyName
from provisioning.edebo.identity import is_of_one_council
from provisioning.edebo.wording import HROMADA, Level
from provisioning.model.identifiers import InstitutionId

_NEAR: Final = 0.8
"""How alike the names of two places must be to be suggested, 0 to 1: one letter of eight may differ."""


class Candidate(Protocol):
    """An authority of the row's oblast."""

    @property
    def id(self) -> InstitutionId: ...
    @property
    def name(self) -> str: ...
    @property
    def body(self) -> BodyName: ...
    @property
    def hromada(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An authority, and what speaks for it."""

    id: InstitutionId
    name: str
    reason: str


def suggest(here: Sequence[Candidate], body: BodyName, hromada: str | None) -> Suggestion | None:
    """Return the likeliest of the authorities of one oblast; None when nothing speaks for one alone."""
    there = [one for one in here if hromada is not None and one.hromada == hromada and one.body.levels & HROMADA]
    council = [one for one in here if is_of_one_council(one.body, body)]
    both = [one for one in council if one in there]
    wide = body.levels & {Level.OBLAST, Level.RAION}
    tried = (
        (both, "the same council in the same hromada, a department of another name: renamed or reorganised?"),
        (council, "the same council, its place is another or not known"),
        ([] if wide else there, f"the only authority of hromada {hromada}, where the rows lie"),
        (_alike(here, body), "a name that is like it"),
        ([one for one in here if wide & one.body.levels and not one.body.place], "the authority of the oblast"),
    )
    for found, reason in tried:
        if len(found) == 1:
            return Suggestion(found[0].id, found[0].name, reason)
    return None


def _alike(here: Sequence[Candidate], body: BodyName) -> list[Candidate]:
    """Authorities of a place whose name is nearly the same."""
    if not body.place:
        return []
    return [
        one
        for one in here
        if one.body.place
        and (one.body.levels & body.levels or not body.levels)
        and SequenceMatcher(None, one.body.place, body.place).ratio() >= _NEAR
    ]
