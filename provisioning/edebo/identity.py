"""Whether two names of governing bodies name one body. Pure.

The register writes “Від. освіти Зеленогайської с/р”, the configuration “Відділ освіти Зеленогайської сільської ради”.
Both are the department of one council. A word that differs and is not known to mean the same makes another body.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from provisioning.edebo.bodies import EDUCATION, BodyName, is_alike
from provisioning.edebo.wording import HROMADA, Level, Organ, is_slip

_NOTHING: Final[frozenset[str]] = frozenset()


def is_same(one: BodyName, other: BodyName) -> bool:
    """Return whether two names are one body's in other words: only endings, order and what one leaves out differ."""
    return (
        is_same_council(one, other)
        and one.place == other.place
        and one.noun == other.noun
        and is_same_department(one, other)
    )


def is_same_council(one: BodyName, other: BodyName) -> bool:
    """Return whether two names may be of one council or administration, its place's name left aside."""
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


def is_there(one: BodyName, other: BodyName) -> bool:
    """Return whether two names are of one authority, given that both are of one hromada. Source: order cl. 3.

    A hromada has one council, and a council one department for education. So what the council is called (village or
    settlement, council or military administration), what its department is called, and a slip of the pen do not matter
    there; another place's name, another district and a department for other subjects do.
    """
    if not (one.is_educational and other.is_educational) or one.rest != other.rest or one.district != other.district:
        return False
    if not (one.levels <= HROMADA and other.levels <= HROMADA) or not _fit(one.oblast, other.oblast):
        return False
    if one.district:
        return _same_city(one, other)
    if one.is_general or other.is_general:
        return one.says_something and other.says_something and _meet(one.levels, other.levels)
    if one.noun != other.noun:
        return is_alike(one.place, other.place) if one.noun else is_alike(other.place, one.place)
    return bool(one.place) and one.city == other.city and is_slip(one.place, other.place)


def is_of_one_administration(one: BodyName, other: BodyName) -> bool:
    """Return whether two names are of one oblast's or raion's administration or council, departments of
    education both.
    """
    wide = one.levels & other.levels & {Level.OBLAST, Level.RAION}
    return (
        bool(wide)
        and is_same(replace(one, head="", subjects=_NOTHING), replace(other, head="", subjects=_NOTHING))
        and (one.is_educational and other.is_educational)
    )


def is_of_one_council(one: BodyName, other: BodyName) -> bool:
    """Return whether two names are of one council; their departments may differ."""
    named = bool(one.place or one.levels & {Level.OBLAST})
    return named and is_same_council(one, other) and (one.place == other.place or is_kin(one, other))


def is_kin(one: BodyName, other: BodyName) -> bool:
    """Return whether a place's name and an adjective may be of one place (“Калуш”, “Калуської”), and all else agrees.

    Likeness: only to be asked of bodies of one hromada.
    """
    if one.noun == other.noun or not is_same_council(one, other):
        return False
    return is_alike(one.place, other.place) if one.noun else is_alike(other.place, one.place)


def is_same_department(one: BodyName, other: BodyName) -> bool:
    """Return whether two names of one council speak of one department, as far as they say.

    A council alone means its department of education, never a department that says other subjects only.
    """
    if Organ.MINISTRY in one.organs | other.organs:
        return one.subjects == other.subjects
    if not one.head or not other.head:
        said = one.subjects | other.subjects
        return not said or bool(said & EDUCATION) or one.subjects == other.subjects
    if one.head != other.head:
        return False
    if one.subjects == other.subjects:
        return True
    smaller, larger = sorted((one.subjects, other.subjects), key=len)
    return smaller < larger and bool(smaller & EDUCATION)


def _same_city(one: BodyName, other: BodyName) -> bool:
    """Whether two districts may be of one city; the city is written as a noun or as an adjective, or left out."""
    return not (one.city and other.city) or one.city[:3] == other.city[:3]


def _meet(one: frozenset[object], other: frozenset[object]) -> bool:
    return not one or not other or bool(one & other)


def _fit(one: str, other: str) -> bool:
    return not one or not other or one == other
