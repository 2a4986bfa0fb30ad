"""The authorities as a configuration writes them: official names, codes, places, superiors.

Every hromada has one, but in 70 of 1,469 it is not configured: a good part of those are namesakes of configured ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.country import edrpou_code
from bench.invented.places import FRONT, KYIV, OBLASTS, Codifier, District, Hromada

MINISTRY: Final = "00-0000001"
_FIRST: Final = 9_000_001
"""Numbers of the authorities' ids: beyond any EDEBO id."""

NOT_CONFIGURED: Final = 70
_BAD_CONTROL: Final = 0.006

_TITLES: Final = {
    "міськ": (
        ("Управління освіти", 30),
        ("Відділ освіти", 22),
        ("Відділ освіти, молоді та спорту", 12),
        ("Управління освіти, культури, молоді та спорту", 8),
        ("Управління освіти і науки", 6),
        ("Департамент освіти", 5),
        ("Управління гуманітарної політики", 3),
        ("Департамент освіти та науки", 2),
    ),
    "селищн": (
        ("Відділ освіти, культури, молоді та спорту", 38),
        ("Відділ освіти", 28),
        ("Управління освіти, культури, туризму, молоді та спорту", 6),
        ("Відділ освіти, охорони здоров'я, культури та соціального захисту", 4),
        ("Гуманітарний відділ", 4),
        ("Відділ освіти, сім'ї, молоді та спорту", 4),
    ),
    "сільськ": (
        ("Відділ освіти, культури, молоді та спорту", 40),
        ("Відділ освіти", 25),
        ("Гуманітарний відділ", 6),
        ("Сектор освіти", 5),
        ("Відділ освіти, культури, туризму та спорту", 6),
        ("Відділ з питань освіти та культури", 4),
    ),
}
"""Stem of the council's kind → titles of its department, with weights."""

_ITSELF: Final = {"міськ": 0.02, "селищн": 0.12, "сільськ": 0.25}
"""How often there is no department, and the council itself is the authority."""


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority. `title` is its department's, empty for a council itself; `place` is what it governs."""

    id: str
    name: str
    edrpou: str
    katottg: str
    email: str
    superior: str | None
    level: str
    oblast: str
    title: str = ""
    place: Hromada | District | None = None
    city: Hromada | None = None
    configured: bool = True


def council(hromada: Hromada) -> str:
    """`Зеленогайська сільська рада`."""
    return f"{hromada.name.feminine} {hromada.kind}а рада"


def of_council(hromada: Hromada) -> str:
    """`Зеленогайської сільської ради`."""
    return f"{hromada.name.feminine_genitive} {hromada.kind}ої ради"


def of_raion_and_oblast(hromada: Hromada) -> str:
    """`Львівського району Львівської області`."""
    return f"{hromada.raion.name.masculine_genitive} району {OBLASTS[hromada.oblast]}ої області"


def authorities(seed: int, places: Codifier, scale: float = 1.0) -> tuple[Authority, ...]:
    """All authorities, the ministry first, those that are not configured among them."""
    randomly = random.Random(f"{seed}:authorities")  # noqa: S311 - invented data, not secrets
    left_out = _left_out(randomly, places, scale)
    return tuple(_Maker(randomly, places, left_out).make())


def _left_out(randomly: random.Random, places: Codifier, scale: float) -> frozenset[str]:
    """Codes of hromadas whose authority is not configured: half of them namesakes of one that is."""
    groups = list(places.namesakes().values())
    here = [group for group in groups if len({h.oblast for h in group}) < len(group)]
    others = [group for group in groups if group not in here]
    count = round(NOT_CONFIGURED * scale)
    of_namesakes = [*here[: max(1, count // 10)], *randomly.sample(others, min(len(others), count // 2 - count // 10))]
    codes = {randomly.choice(group).code for group in of_namesakes}
    lone = [h.code for h in places.hromadas if h.name.stem not in places.namesakes() and h.kind != "міськ"]
    return frozenset(codes.union(randomly.sample(lone, count - len(codes))))


class _Maker:
    def __init__(self, randomly: random.Random, places: Codifier, left_out: frozenset[str]) -> None:
        self._randomly = randomly
        self._places = places
        self._left_out = left_out
        self._number = _FIRST - 1

    def make(self) -> Iterator[Authority]:
        capital = self._places.oblasts[KYIV]
        name = "Міністерство освіти і науки України"
        yield Authority(MINISTRY, name, "38487950", capital, "mon@ministry.example", None, "ministry", "00")
        tops = {code: self._oblast(code) for code in (*OBLASTS, KYIV)}
        yield from tops.values()
        for hromada in self._places.hromadas:
            own = self._hromada(hromada, tops[hromada.oblast].id)
            yield own
            for district in hromada.districts:
                words = f"адміністрації {district.stem}ого району {of_council(hromada)}"
                yield self._district(f"Управління освіти {words}", own, district, hromada)
        for district in self._places.kyiv:
            words = f"Управління освіти {district.stem}ої районної в місті Києві державної адміністрації"
            yield self._district(words, tops[KYIV], district, None)

    def _oblast(self, code: str) -> Authority:
        if code == KYIV:
            title = "Департамент освіти і науки"
            whose = "виконавчого органу Київської міської ради (Київської міської державної адміністрації)"
        else:
            title = self._randomly.choice(("Департамент освіти і науки", "Управління освіти і науки"))
            military = code in FRONT or self._randomly.random() < 0.4
            whose = f"{OBLASTS[code]}ої обласної {'військової' if military else 'державної'} адміністрації"
        return self._one(f"{title} {whose}", self._places.oblasts[code], MINISTRY, "oblast", code, title=title)

    def _hromada(self, hromada: Hromada, superior: str) -> Authority:
        itself = self._randomly.random() < _ITSELF[hromada.kind]
        titles, weights = zip(*_TITLES[hromada.kind], strict=True)
        title = "" if itself else self._randomly.choices(titles, weights)[0]
        executive, full = self._randomly.choices(
            (("", False), (" виконавчого комітету", False), ("", True)), (65, 15, 20)
        )[0]
        name = council(hromada) if itself else f"{title}{executive} {of_council(hromada)}"
        if full:
            name += f" {of_raion_and_oblast(hromada)}"
        return self._one(
            name,
            hromada.code,
            superior,
            "hromada",
            hromada.oblast,
            title=title,
            place=hromada,
            configured=hromada.code not in self._left_out,
        )

    def _district(self, name: str, superior: Authority, district: District, city: Hromada | None) -> Authority:
        title = "Управління освіти"
        return self._one(
            name, district.code, superior.id, "district", superior.oblast, title=title, place=district, city=city
        )

    def _one(
        self,
        name: str,
        katottg: str,
        superior: str,
        level: str,
        oblast: str,
        *,
        title: str,
        place: Hromada | District | None = None,
        city: Hromada | None = None,
        configured: bool = True,
    ) -> Authority:
        self._number += 1
        edrpou = edrpou_code(self._randomly.randrange(1_000_000, 4_500_000))
        if self._randomly.random() < _BAD_CONTROL:
            edrpou = edrpou[:7] + str((int(edrpou[7]) + self._randomly.randint(1, 9)) % 10)
        identifier, email = f"{oblast}-{self._number}", f"osvita{self._number}@authority.example"
        return Authority(
            identifier, name, edrpou, katottg, email, superior, level, oblast, title, place, city, configured
        )
