"""The codifier of places: oblasts, raions, hromadas, settlements, districts of cities; today's and legacy codes.

The oblasts are the real ones, with their real two digits; everything below them is invented.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.invented.words import PlaceName, distinct_names, place_name

OBLASTS: Final = {
    "05": "Вінницьк",
    "07": "Волинськ",
    "12": "Дніпропетровськ",
    "14": "Донецьк",
    "18": "Житомирськ",
    "21": "Закарпатськ",
    "23": "Запорізьк",
    "26": "Івано-Франківськ",
    "32": "Київськ",
    "35": "Кіровоградськ",
    "44": "Луганськ",
    "46": "Львівськ",
    "48": "Миколаївськ",
    "51": "Одеськ",
    "53": "Полтавськ",
    "56": "Рівненськ",
    "59": "Сумськ",
    "61": "Тернопільськ",
    "63": "Харківськ",
    "65": "Херсонськ",
    "68": "Хмельницьк",
    "71": "Черкаськ",
    "73": "Чернівецьк",
    "74": "Чернігівськ",
}
"""Two digits of KATOTTG and KOATUU → stem of the oblast's adjective."""

KYIV: Final = "80"
CITIES: Final = {KYIV: "Київ", "85": "Севастополь"}
CRIMEA: Final = "01"
FRONT: Final = frozenset({"14", "23", "44", "59", "63", "65"})
"""Oblasts at the front, where military administrations of settlements stand in for councils."""

HROMADAS: Final = 1_469
NAMESAKES: Final = 350
"""Hromadas that share their name with another one."""

RAIONS: Final = 5
"""Of an oblast, on average 136 / 24."""

DISTRICTS: Final = (
    *("Шевченківськ", "Центральн", "Індустріальн", "Заводськ", "Приморськ"),
    *("Соборн", "Київськ", "Слобідськ", "Правобережн", "Залізничн"),
)
"""Stems; several cities have a district of the same name, as in life."""

CODES: Final = 31_748
WITHOUT_COUNTERPART: Final = 0.15


@dataclass(frozen=True, slots=True)
class Settlement:
    """A city, селище or village. `legacy` is its KOATUU code."""

    code: str
    name: str
    category: str
    legacy: str


@dataclass(frozen=True, slots=True)
class District:
    """A district (район) of a city."""

    code: str
    stem: str
    legacy: str


@dataclass(frozen=True, slots=True)
class Hromada:
    """A hromada. `kind` is that of its council: `міськ`, `селищн` or `сільськ`; `old_raion` was abolished in 2020."""

    code: str
    name: PlaceName
    kind: str
    oblast: str
    raion: Raion
    old_raion: PlaceName
    settlements: tuple[Settlement, ...]
    districts: tuple[District, ...] = ()


@dataclass(frozen=True, slots=True)
class Raion:
    """A raion as it is since 2020, named after one of its towns."""

    code: str
    name: PlaceName
    oblast: str


@dataclass(frozen=True, slots=True)
class Codifier:
    """All places. `without` are KOATUU codes that the table of transition has no KATOTTG for."""

    oblasts: dict[str, str]
    raions: tuple[Raion, ...]
    hromadas: tuple[Hromada, ...]
    kyiv: tuple[District, ...]
    without: frozenset[str]

    def namesakes(self) -> dict[str, list[Hromada]]:
        """Adjective → hromadas of that name, where there are several."""
        by_name: defaultdict[str, list[Hromada]] = defaultdict(list)
        for hromada in self.hromadas:
            by_name[hromada.name.stem].append(hromada)
        return {stem: found for stem, found in by_name.items() if len(found) > 1}


def codifier(seed: int, scale: float = 1.0) -> Codifier:
    """Make the places of an invented country; `scale`, 0.05 to 1, is the share of hromadas that there are.

    Raises ValueError for another scale: with fewer hromadas oblasts have no raions to tell namesakes by.
    """
    if not 0.05 <= scale <= 1:
        raise ValueError(f"a scale of {scale}: it has to be 0.05 to 1")
    return _Maker(random.Random(f"{seed}:places"), scale).make()  # noqa: S311 - invented data, not secrets


class _Maker:
    def __init__(self, randomly: random.Random, scale: float) -> None:
        self._randomly = randomly
        self._count = round(HROMADAS * scale)
        self._scale = scale
        self._ends = iter(randomly.sample(range(1, 100_000), CODES + 3_000))
        self._names = distinct_names(randomly)
        self._legacy: defaultdict[str, int] = defaultdict(int)

    def make(self) -> Codifier:
        oblasts = {code: self._code(code) for code in (CRIMEA, *OBLASTS, *CITIES)}
        raions: list[Raion] = []
        hromadas: list[Hromada] = []
        named = self._named()
        for oblast, names in named.items():
            of_oblast = [self._raion(oblast, number, names) for number in range(1, self._raions(names) + 1)]
            raions += of_oblast
            hromadas += self._hromadas(oblast, of_oblast, names)
        kyiv = tuple(District(self._code(KYIV), stem, f"8036{n:02d}0000") for n, stem in enumerate(DISTRICTS, 1))
        legacy = sorted({s.legacy for h in hromadas for s in h.settlements})
        without = self._randomly.sample(legacy, round(WITHOUT_COUNTERPART * len(legacy)))
        return Codifier(oblasts, tuple(raions), tuple(hromadas), kyiv, frozenset(without))

    def _code(self, oblast: str, raion: int = 0, hromada: int = 0, settlement: int = 0, district: int = 0) -> str:
        return f"UA{oblast}{raion:02d}{hromada:03d}{settlement:03d}{district:02d}{next(self._ends):05d}"

    def _named(self) -> dict[str, list[PlaceName]]:
        """Names of hromadas by oblast: groups of two to five namesakes, most in different oblasts, the rest alone."""
        by_oblast: dict[str, list[PlaceName]] = {code: [] for code in OBLASTS}
        left = round(NAMESAKES * self._scale)
        together = max(2, round(14 * self._scale))
        while left > 1:
            size = min(left, self._randomly.choices((2, 3, 4, 5), (70, 20, 7, 3))[0])
            size = left if left - size == 1 else size
            name = next(self._names)
            homes = self._randomly.sample(list(OBLASTS), size)
            if together > 0 and size == 2:
                homes, together = [homes[0]] * 2, together - 1
            for home in homes:
                by_oblast[home].append(name)
            left -= size
        while (missing := self._count - sum(map(len, by_oblast.values()))) > 0:
            for home in sorted(OBLASTS, key=lambda code: len(by_oblast[code]))[:missing]:
                by_oblast[home].append(next(self._names))
        for names in by_oblast.values():
            self._randomly.shuffle(names)
        return by_oblast

    def _raions(self, names: Sequence[PlaceName]) -> int:
        return max(2, min(RAIONS + self._randomly.randint(0, 1), len(names) // 3))

    def _raion(self, oblast: str, number: int, names: Sequence[PlaceName]) -> Raion:
        """Named after the hromada that the same place of `names` makes its first."""
        return Raion(self._code(oblast, 2 * number), names[number - 1], oblast)

    def _hromadas(self, oblast: str, raions: Sequence[Raion], names: Sequence[PlaceName]) -> Iterator[Hromada]:
        """Hromada i lies in raion i modulo their number, but namesakes of one oblast never in the same raion."""
        centres: defaultdict[str, list[PlaceName]] = defaultdict(list)
        homes: defaultdict[str, set[str]] = defaultdict(set)
        for number, name in enumerate(names):
            first = number % len(raions)
            free = [*raions[first:], *raions[:first]]
            raion = next(one for one in free if one.code not in homes[name.stem])
            homes[name.stem].add(raion.code)
            if not centres[raion.code] or self._randomly.random() < 0.33:
                centres[raion.code].append(name)
            old = name if name in centres[raion.code] else self._randomly.choice(centres[raion.code])
            yield self._hromada(oblast, raion, number, name, old, raion.name is name)

    def _hromada(
        self, oblast: str, raion: Raion, number: int, name: PlaceName, old: PlaceName, is_centre: bool
    ) -> Hromada:
        kind = "міськ" if is_centre else self._randomly.choices(("міськ", "селищн", "сільськ"), (19, 32, 49))[0]
        place = (oblast, int(raion.code[4:6]), 2 * number + 1)
        code = self._code(*place)
        size = max(2, min(90, round(self._randomly.lognormvariate(2.85, 0.6))))
        names = (name.settlement, *(place_name(self._randomly).settlement for _ in range(size - 1)))
        settlements = tuple(
            Settlement(self._code(*place, n), settlement, *self._sort(oblast, kind if n == 1 else "сільськ"))
            for n, settlement in enumerate(names, 1)
        )
        districts: tuple[District, ...] = ()
        if is_centre and raion.code[4:6] == "02" and int(oblast) % 4 == 2:
            stems = self._randomly.sample(DISTRICTS, 4)
            legacy = settlements[0].legacy
            districts = tuple(
                District(self._code(*place, 1, n), stem, f"{legacy[:5]}36{n:01d}00") for n, stem in enumerate(stems, 1)
            )
        return Hromada(code, name, kind, oblast, raion, old, settlements, districts)

    def _sort(self, oblast: str, kind: str) -> tuple[str, str]:
        """Category letter and legacy code: cities OO1NN00000, селища OO2RR55N00, villages OO2RR8CCVV."""
        number = self._legacy[oblast + kind]
        self._legacy[oblast + kind] += 1
        if kind == "міськ":
            return "M", f"{oblast}1{number + 1:02d}00000"
        if kind == "селищн":
            return "X", f"{oblast}2{number // 9 + 1:02d}55{number % 9 + 1}00"
        raion, rest = divmod(number, 400)
        return "C", f"{oblast}2{raion + 1:02d}8{rest // 8 + 1:02d}{rest % 8 + 1:02d}"
