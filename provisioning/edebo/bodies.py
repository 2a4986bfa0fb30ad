"""Names of governing bodies taken apart, and whether two of them name one body. Pure.

The register writes “Від. освіти Зеленогайської с/р”, the configuration “Відділ освіти Зеленогайської сільської ради”.
Both are the department of one council. A word that differs and is not known to mean the same makes another body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from provisioning.edebo.wording import (
    FILLERS,
    HEADS,
    HROMADA,
    OBLAST_NOUN,
    RAION_NOUN,
    SUBJECTS,
    Level,
    Organ,
    levels,
    organ,
    place_noun,
    tokens,
    toponym,
)
from provisioning.model.katottg import OBLASTS

_EDUCATION: Final = frozenset({"освіт", "гуманітарн"})
_VOWELS: Final = re.compile("[аеєиіїоуюя]")
_SUFFIX: Final = re.compile("[сцз]ьк$")


@dataclass(frozen=True, slots=True)
class BodyName:
    """What a name says. `place` is a stem; `noun` says that it was written as “міста Калуш”, not as “Калуської”.

    `raion` and `oblast` say where the council is, `district` and `city` belong to a district of a city.
    `rest` are words without a known meaning, such as a founder's own name.
    """

    levels: frozenset[Level] = frozenset()
    organs: frozenset[Organ] = frozenset()
    place: str = ""
    noun: bool = False
    raion: str = ""
    oblast: str = ""
    district: str = ""
    city: str = ""
    head: str = ""
    subjects: frozenset[str] = frozenset()
    rest: frozenset[str] = frozenset()

    @property
    def is_general(self) -> bool:
        """Whether it could be the name of any council of its level: “Міська рада”, “Відділ освіти”."""
        return not (self.place or self.rest or self.district or self.oblast or self.raion) and not (
            self.levels & {Level.OBLAST, Level.NATIONAL}
        )


@dataclass(slots=True)
class _Reading:
    """A name while it is read: what was found so far, and adjectives of places that belong to nothing yet."""

    words: list[str]
    found: dict[str, str] = field(default_factory=dict)
    levels: frozenset[Level] = frozenset()
    organs: set[Organ] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    rest: set[str] = field(default_factory=set)
    loose: list[str] = field(default_factory=list)
    noun: bool = False

    def next_word(self, index: int) -> str:
        """The word after `index` that says something."""
        return next((word for word in self.words[index + 1 :] if not FILLERS.fullmatch(word)), "")

    def take(self, index: int) -> int:
        """Read one word or more; the index of the next."""
        word = self.words[index]
        if (stem := toponym(word)) is not None:
            self._adjective(stem, self.next_word(index))
        elif said := levels(word):
            self.levels = self.levels or said
        elif which := organ(word):
            self._organ(which, word)
        elif head := HEADS.fullmatch(word):
            self.found.setdefault("head", head[1])
        elif subject := SUBJECTS.fullmatch(word):
            self.subjects.add(subject[1])
        elif (level := place_noun(word)) is not None:
            return self._place_noun(index, level)
        elif not (FILLERS.fullmatch(word) or RAION_NOUN.fullmatch(word) or OBLAST_NOUN.fullmatch(word)):
            self.rest.add(word)
        return index + 1

    def _adjective(self, stem: str, after: str) -> None:
        said = levels(after)
        if RAION_NOUN.fullmatch(after):
            self.found.setdefault("raion" if "place" in self.found else "district", stem)
        elif OBLAST_NOUN.fullmatch(after) or Level.OBLAST in said:
            self.found["oblast"] = _oblast_of(stem) or stem
            if OBLAST_NOUN.fullmatch(after) and not self.levels and "place" not in self.found:
                self.loose.append("")
        elif said or organ(after):
            self.found.setdefault("place", stem)
        else:
            self.loose.append(stem)

    def _organ(self, which: Organ, word: str) -> None:
        self.organs.add(which)
        if not self.levels and word.startswith("громад"):
            self.levels = HROMADA

    def _place_noun(self, index: int, level: Level) -> int:
        """“міста Калуш”, “м. Біла Церква”: up to two words that are nothing else."""
        taken = []
        for word in self.words[index + 1 : index + 3]:
            if toponym(word) or levels(word) or organ(word) or HEADS.fullmatch(word) or FILLERS.fullmatch(word):
                break
            if RAION_NOUN.fullmatch(word) or OBLAST_NOUN.fullmatch(word) or SUBJECTS.fullmatch(word):
                break
            taken.append(word.replace("-", ""))
        name = "".join(taken)
        if "place" in self.found or "district" in self.found:
            self.found.setdefault("city", name)
        elif name:
            self.found["place"], self.noun = name, True
            self.levels = self.levels or frozenset({level})
        return index + 1 + len(taken)


@lru_cache(maxsize=50_000)
def body_name(text: str) -> BodyName:
    """Take a name apart."""
    reading = _Reading(tokens(text))
    index = 0
    while index < len(reading.words):
        index = reading.take(index)
    return _settled(reading)


def _settled(reading: _Reading) -> BodyName:
    """Give adjectives that stood alone their meaning, and a raion or oblast without a council its level."""
    found, said = reading.found, reading.levels
    if "place" not in found and "oblast" not in found and len(loose := [s for s in reading.loose if s]) == 1:
        found["place"] = loose[0]
    elif "place" not in found:
        reading.rest.update(stem for stem in reading.loose if stem)
    if Organ.MINISTRY in reading.organs:
        said = frozenset({Level.NATIONAL})
    elif not said and "district" in found and "place" not in found:
        found["place"], said = found.pop("district"), frozenset({Level.RAION})
    elif not said and "oblast" in found and "place" not in found:
        said = frozenset({Level.OBLAST})
    if Level.OBLAST in said and "place" in found and "oblast" not in found:
        found["oblast"] = _oblast_of(found.pop("place")) or ""
    return BodyName(
        levels=said,
        organs=frozenset(reading.organs),
        noun=reading.noun,
        subjects=frozenset(reading.subjects),
        rest=frozenset(reading.rest),
        **found,
    )


def is_same(one: BodyName, other: BodyName) -> bool:
    """Whether two names are one body's in other words: only endings, order and what one leaves out differ."""
    return (
        is_same_council(one, other)
        and one.place == other.place
        and one.noun == other.noun
        and is_same_department(one, other)
    )


def is_same_council(one: BodyName, other: BodyName) -> bool:
    """Whether two names may be of one council or administration, its place's name left aside."""
    return (
        _meet(one.levels, other.levels)
        and _meet(one.organs, other.organs)
        and _fit(one.raion, other.raion)
        and _fit(one.oblast, other.oblast)
        and one.district == other.district
        and _same_city(one, other)
        and one.rest == other.rest
        and bool(one.place or other.place or one.rest or one.levels & other.levels)
    )


def is_of_one_council(one: BodyName, other: BodyName) -> bool:
    """Whether two names are of one council; their departments may differ."""
    named = bool(one.place or one.levels & {Level.OBLAST})
    return named and is_same_council(one, other) and (one.place == other.place or is_kin(one, other))


def is_kin(one: BodyName, other: BodyName) -> bool:
    """Whether a place's name and an adjective may be of one place (“Калуш”, “Калуської”), and all else agrees.

    Likeness: only to be asked of bodies of one hromada.
    """
    if one.noun == other.noun or not is_same_council(one, other):
        return False
    noun, adjective = (one.place, other.place) if one.noun else (other.place, one.place)
    stem, base = _VOWELS.sub("_", noun), _VOWELS.sub("_", _SUFFIX.sub("", adjective))
    alike = next((n for n, (a, b) in enumerate(zip(stem, base, strict=False)) if a != b), min(len(stem), len(base)))
    return alike >= max(3, len(stem) - 3)


def is_same_department(one: BodyName, other: BodyName) -> bool:
    """Whether two names of one council speak of one department, as far as they say.

    A council alone means its department of education, never a department that says other subjects only.
    """
    if Organ.MINISTRY in one.organs | other.organs:
        return one.subjects == other.subjects
    if not one.head or not other.head:
        said = one.subjects | other.subjects
        return not said or bool(said & _EDUCATION) or one.subjects == other.subjects
    if one.head != other.head:
        return False
    if one.subjects == other.subjects:
        return True
    smaller, larger = sorted((one.subjects, other.subjects), key=len)
    return smaller < larger and bool(smaller & _EDUCATION)


def _same_city(one: BodyName, other: BodyName) -> bool:
    """A district of a city is no raion; in Kyiv all raions are districts, and their names leave the city out."""
    if one.city == other.city or any(name.city.startswith(("києв", "київ")) for name in (one, other)):
        return True
    return bool(one.city and other.city) and one.city[:3] == other.city[:3]


def _meet(one: frozenset[object], other: frozenset[object]) -> bool:
    return not one or not other or bool(one & other)


def _fit(one: str, other: str) -> bool:
    return not one or not other or one == other


def _oblast_of(stem: str) -> str | None:
    return _OBLAST_STEMS.get(stem)


_OBLAST_STEMS: Final = {
    stem: code for code, name in OBLASTS.items() if (stem := toponym(name.lower().replace("'", ""))) is not None
} | {"волинськ": "07", "закарпатськ": "21"}
