"""Under which authority a row belongs: place decides, the name within it. Pure.

The sphere of activity follows from this (order cl. 3), so an authority of another oblast is never taken by its name. A
body is placed where its name and the row's place agree on one authority, or where a person decided so; else it stays
open, with a suggestion from the same oblast.

    authority is of      agrees with a row
    the country          always, when its id begins with 00
    an oblast            of the same oblast
    a raion              of the same oblast, when it says which raion; else whose code of place lies in it
    a hromada            whose code of place lies in it; unknown where one of the two has no code of a hromada, unless
                         both have one of a raion, and of two
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from itertools import combinations
from typing import Final

from provisioning.edebo.bodies import BodyName, body_name
from provisioning.edebo.cleaning import is_nothing
from provisioning.edebo.decisions import Decisions
from provisioning.edebo.identity import is_of_one_administration, is_same, is_there
from provisioning.edebo.suggesting import Suggestion, suggest
from provisioning.edebo.wording import HROMADA, Level
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution, Source
from provisioning.model.katottg import CITIES, NATIONAL, authority_oblast, hromada_of, raion_of
from provisioning.model.text import folded


class How(StrEnum):
    """Why a row belongs where it was put."""

    DECIDED = "a person decided so"
    NAME = "its name"
    WORDS = "the same name in other words"


class Agreement(Enum):
    """How an authority's place and a row's go together."""

    AGREES = 1
    UNKNOWN = 2
    DIFFERS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row lies: digits of the oblast, and `UA` with seven digits of the hromada or four of the raion; None
    where it does not say.
    """

    oblast: str | None
    hromada: str | None = None
    raion: str | None = None

    @classmethod
    def of(cls, oblast: str | None, katottg: str | None) -> Place:
        """Make the place of a row that lies in this oblast and has this code; the code counts in the oblast alone."""
        return cls(oblast) if oblast is None else cls(oblast, hromada_of(katottg), raion_of(katottg))

    @property
    def code(self) -> str | None:
        """The part of its code that says most."""
        return self.hromada or self.raion


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority that rows may be put under; `text` is its name as the eye takes it."""

    id: InstitutionId
    name: str
    text: str
    body: BodyName
    oblast: str
    place: Place
    edrpou: str | None
    source: Source

    @property
    def hromada(self) -> str | None:
        """`UA` and seven digits of the hromada that it is of, when its code says one."""
        return self.place.hromada

    def agreement(self, place: Place) -> Agreement:
        """Return how well the authority fits a row, by the table above; its oblast is the row's already."""
        wide = bool(self.body.levels & _WIDE)
        if self.oblast == NATIONAL or (wide and not self.body.is_general):
            return Agreement.AGREES
        here, there = self.place, place
        mine, theirs = (here.raion, there.raion) if wide else (here.hromada, there.hromada)
        if mine is not None and theirs is not None:
            return Agreement.AGREES if mine == theirs else Agreement.DIFFERS
        other_raion = here.raion is not None and there.raion is not None and here.raion != there.raion
        return Agreement.DIFFERS if other_raion else Agreement.UNKNOWN

    def is_of(self, place: Place) -> bool:
        """Return whether it is an authority of the hromada where a row lies."""
        return self.hromada is not None and self.hromada == place.hromada and not self.body.levels & _WIDE


@dataclass(frozen=True, slots=True)
class Placed:
    """One authority, and why."""

    id: InstitutionId
    how: How


@dataclass(frozen=True, slots=True)
class Open:
    """No one authority; `why` goes on after the body's name. `suggestion` is of the row's oblast and only a hint.

    `named` is the one authority that the name alone would mean.
    """

    why: str
    suggestion: Suggestion | None = None
    named: InstitutionId | None = None


_WIDE: Final = frozenset({Level.NATIONAL, Level.OBLAST, Level.RAION})
_Key = tuple[Place, str]


@dataclass(slots=True)
class Authorities:
    """The authorities that are not deactivated, by oblast, and what people decided about names of the register.

    For rows that do not say where they lie, `lying` holds per oblast and body in which hromadas its other rows do, and
    `namesakes` per oblast and place in which hromadas, or raions, rows of any council of that name do.
    """

    by_oblast: Mapping[str, tuple[Authority, ...]]
    decided: Decisions
    lying: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    namesakes: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    _known: dict[_Key, Placed | Open] = field(default_factory=dict)

    @classmethod
    def of(cls, institutions: Iterable[Institution], decided: Decisions) -> Authorities:
        """Make the authorities of the configuration, and of what people decided."""
        found: defaultdict[str, list[Authority]] = defaultdict(list)
        for one in institutions:
            if one.kind.is_authority and one.deactivated is None:
                oblast = authority_oblast(one.id, one.katottg)
                place, name = Place.of(oblast, one.katottg), folded(one.name)
                found[oblast].append(
                    Authority(one.id, one.name, name, body_name(one.name), oblast, place, one.edrpou, one.source)
                )
        return cls({oblast: tuple(all_of_it) for oblast, all_of_it in found.items()}, decided)

    def observe(self, governance: str, place: Place) -> None:
        """Remember where a row of a body lies."""
        if place.oblast is None or place.code is None or not governance:
            return
        body = body_name(governance)
        if place.hromada is not None and not body.is_general:
            # A name of every hromada says nothing about the rows that do not say theirs.
            self.lying[place.oblast, folded(governance)].add(place.hromada)
        if body.place and not body.levels & _WIDE:
            self.namesakes[place.oblast, body.place].add(place.code)

    def find(self, governance: str, place: Place) -> Placed | Open:
        """Return the authority of a row that names this body and lies there."""
        key = (place, folded(governance))
        if key not in self._known:
            self._known[key] = self._find(governance, key[1], place)
        return self._known[key]

    def _find(self, governance: str, text: str, place: Place) -> Placed | Open:
        decided = self.decided.authority(text, place.oblast, place.hromada)
        if decided is not None:
            return Placed(decided, How.DECIDED)
        if not any(map(str.isalpha, text)) or is_nothing(text):
            return Open("names no governing body")
        body = body_name(governance)
        if place.oblast in CITIES:
            body = body.as_district()
        if place.oblast is None:
            return self._national(text, body) or Open("names no authority that is known, and the row no oblast")
        if body.oblast and body.oblast != place.oblast and body.oblast.isdigit():
            return Open(f"is of oblast {body.oblast}, and the row lies in oblast {place.oblast}")
        if place.hromada is None and (common := self._by_neighbours(governance, text, place)) is not None:
            return common
        return self._national(text, body) or self._local(text, body, place)

    def _by_neighbours(self, governance: str, text: str, place: Place) -> Placed | None:
        """Where all rows of the same body lie whose place is known, when that is one authority."""
        lying = (code for code in self.lying.get((place.oblast or "", text), ()) if code.startswith(place.raion or ""))
        found = {self.find(governance, Place(place.oblast, code, raion_of(code))) for code in lying}
        (only,) = found if len(found) == 1 else (None,)
        return only if isinstance(only, Placed) else None

    def _national(self, text: str, body: BodyName) -> Placed | None:
        here = self.by_oblast.get(NATIONAL, ())
        exact = [one for one in here if one.text == text]
        same = exact or [one for one in here if is_same(one.body, body)]
        return Placed(same[0].id, How.NAME if exact else How.WORDS) if len(same) == 1 else None

    def _local(self, text: str, body: BodyName, place: Place) -> Placed | Open:
        here = self.by_oblast.get(place.oblast or "", ())
        if body.edrpou:
            # A code in the text excludes every authority of another code.
            here = tuple(one for one in here if one.edrpou in (None, body.edrpou))
        exact = [one for one in here if one.text == text]
        same = [one for one in here if one not in exact and is_same(one.body, body)]
        there = [one for one in here if one.is_of(place) and is_there(one.body, body)]
        if body.is_general and not body.levels and any(one.body.district and one.is_of(place) for one in here):
            # “Управління освіти” in a city with departments of its districts may be any of them.
            there = []
        wide = [one for one in here if is_of_one_administration(one.body, body)]
        for how, found in ((How.NAME, exact), (How.WORDS, same), (How.WORDS, there), (How.WORDS, wide)):
            agreeing = [one for one in found if one.agreement(place) is Agreement.AGREES]
            if len(agreeing) == 1:
                return Placed(agreeing[0].id, how)
            if agreeing:
                return Open(f"is the name of several authorities there: {', '.join(one.id for one in agreeing)}")
        if any(one.hromada == place.hromada and one.body.levels & HROMADA for one in here if one.hromada):
            # The hromada is another authority's: a name alone does not lead out of it.
            return self._open(here, [*exact, *same], body, place)
        return self._without_code(exact, same, body, place) or self._open(here, [*exact, *same], body, place)

    def _without_code(
        self, exact: list[Authority], same: list[Authority], body: BodyName, place: Place
    ) -> Placed | None:
        """The only authority of that name in the oblast, where one of the two has no code of a hromada."""
        found = exact or same
        if len(found) != 1 or len(exact) + len(same) != 1 or body.is_general:
            return None
        if found[0].agreement(place) is not Agreement.UNKNOWN or self._has_namesake(found[0], body, place):
            return None
        if body.raion and not found[0].body.raion:
            # It is told from a namesake by its raion, and nothing says that this authority lies there.
            return None
        return Placed(found[0].id, How.NAME if exact else How.WORDS)

    def _has_namesake(self, one: Authority, body: BodyName, place: Place) -> bool:
        """Whether rows of this export name a council of that name in two hromadas of the oblast, its own being one."""
        lying = self.namesakes.get((place.oblast or "", body.place), set())
        codes = {code for code in (*lying, one.place.code, place.code) if code is not None}
        return any(not a.startswith(b) and not b.startswith(a) for a, b in combinations(codes, 2))

    def _open(self, here: tuple[Authority, ...], named: list[Authority], body: BodyName, place: Place) -> Open:
        suggestion = suggest(here, body, place.hromada)
        if not named:
            return Open("names no authority that is known", suggestion)
        ids = ", ".join(one.id for one in named)
        if len(named) > 1:
            return Open(f"is the name of several authorities of oblast {place.oblast}: {ids}", suggestion)
        alone = None if body.is_general else named[0].id
        return Open(f"is the name of {ids}, but its place is another or not known", suggestion, alone)
