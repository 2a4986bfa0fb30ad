"""Names of governing bodies taken apart: what council, of which place, and which department of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
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
    adjective,
    levels,
    organ,
    place_noun,
    tokens,
    toponym,
)
from provisioning.model.katottg import OBLASTS

EDUCATION: Final = frozenset({"освіт", "гуманітарн"})
"""Subjects by which a department has to do with schools."""

_EDRPOU: Final = re.compile(r"[0-9]{8}")
_VOWELS: Final = re.compile("[аеєиіїоуюя]")
_ENDING: Final = re.compile("(?:ий|ій|а|я|е|є|і)$")
"""Of the adjective in a place's name of two words: “Великий Лиман” is “Великолиманська”."""

_SUFFIX: Final = re.compile("[сцз]ьк$")


@dataclass(frozen=True, slots=True)
class BodyName:
    """What a name says. `place` is a stem; `noun` says that it was written as “міста Калуш”, not as “Калуської”.

    `raion` and `oblast` say where the council is; `district` is a district of `city`, which `place` is then not.
    `edrpou` is a code in the text, `rest` are words without a known meaning, such as a founder's own name.
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
    edrpou: str = ""
    subjects: frozenset[str] = frozenset()
    rest: frozenset[str] = frozenset()

    @property
    def is_general(self) -> bool:
        """Whether it could be the name of any council of its level: “Міська рада”, “Відділ освіти”."""
        return not (self.place or self.rest or self.district or self.oblast or self.raion) and not (
            self.levels & {Level.OBLAST, Level.NATIONAL}
        )

    @property
    def is_educational(self) -> bool:
        """Whether it is a council, or a department that has to do with education as far as its name says."""
        return not self.subjects or bool(self.subjects & EDUCATION)

    @property
    def says_something(self) -> bool:
        """Whether it names a council or a department at all."""
        return bool(self.levels or self.organs or (self.head and self.subjects))

    def as_district(self) -> BodyName:
        """Return the same, for a city that has districts where oblasts have raions."""
        if self.levels != {Level.RAION} or not self.place:
            return self
        return replace(self, levels=frozenset(), organs=frozenset(), district=self.place, place="")


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
        word, after = self.words[index], self.next_word(index)
        if (stem := toponym(word) or _of_raion(word, after)) is not None:
            self._adjective(stem, after)
        elif said := levels(word):
            self.levels = self.levels or said
        elif which := organ(word):
            self._organ(which, word)
        elif head := HEADS.fullmatch(word):
            self.found.setdefault("head", head[1])
        elif _EDRPOU.fullmatch(word):
            self.found.setdefault("edrpou", word)
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
            if self.noun and is_alike(self.found.get("place", ""), stem):
                self.found["place"], self.noun = stem, False
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
        name = "".join([*(_ENDING.sub("о", word) for word in taken[:-1]), *taken[-1:]])
        is_district = Level.RAION in self.levels
        if "place" in self.found and not is_district and is_alike(name, self.found["place"]):
            return index + 1 + len(taken)
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
    elif "district" in found and "place" in found:
        found["city"] = found.pop("place")
    elif "city" in found and Level.RAION in said and "place" in found:
        found["district"] = found.pop("place")
    elif not said and "district" in found and "city" not in found:
        found["place"], said = found.pop("district"), frozenset({Level.RAION})
    elif not said and "oblast" in found and "place" not in found:
        said = frozenset({Level.OBLAST})
    if Level.OBLAST in said and "place" in found and "oblast" not in found:
        found["oblast"] = _oblast_of(found.pop("place")) or ""
    is_district = "district" in found
    return BodyName(
        levels=frozenset() if is_district else said,
        organs=frozenset() if is_district else frozenset(reading.organs),
        noun=reading.noun,
        subjects=frozenset(reading.subjects),
        rest=frozenset(reading.rest),
        **found,
    )


def is_alike(noun: str, adjective: str) -> bool:
    """Return whether a place and an adjective begin with the same letters, vowels aside (“Біла Церква”,
    “Білоцерківськ”).
    """
    stem, base = _bare(noun), _bare(_SUFFIX.sub("", adjective))
    alike = next((n for n, (a, b) in enumerate(zip(stem, base, strict=False)) if a != b), min(len(stem), len(base)))
    return alike >= max(3, len(stem) - 3)


def _bare(word: str) -> str:
    """A word without what changes when another is made of it: which vowels it has, and soft signs."""
    return _VOWELS.sub("_", word.replace("ь", ""))


def _of_raion(word: str, after: str) -> str | None:
    """Stem of the adjective by which a raion or a district is called (“Соборного району”); None for other words."""
    return adjective(word) if RAION_NOUN.fullmatch(after) or Level.RAION in levels(after) else None


def _oblast_of(stem: str) -> str | None:
    return _OBLAST_STEMS.get(stem)


_OBLAST_STEMS: Final = {
    stem: code for code, name in OBLASTS.items() if (stem := toponym(name.lower().replace("'", ""))) is not None
} | {"волинськ": "07", "закарпатськ": "21"}
