"""KATOTTG: which oblast, raion and hromada the code of a place names, and in which oblast a record lies. Pure.

A code is `UA` and 17 digits: oblast (2), raion (2), hromada (3), settlement (3), district of a city (2), and five that
belong to the place alone; noughts stand where it has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NATIONAL: Final = "00"
"""First digits of the id of an authority that is of no oblast: it may have institutions in all of them."""

OBLASTS: Final[Mapping[str, str]] = {
    "01": "Автономна Республіка Крим",
    "05": "Вінницька",
    "07": "Волинська",
    "12": "Дніпропетровська",
    "14": "Донецька",
    "18": "Житомирська",
    "21": "Закарпатська",
    "23": "Запорізька",
    "26": "Івано-Франківська",
    "32": "Київська",
    "35": "Кіровоградська",
    "44": "Луганська",
    "46": "Львівська",
    "48": "Миколаївська",
    "51": "Одеська",
    "53": "Полтавська",
    "56": "Рівненська",
    "59": "Сумська",
    "61": "Тернопільська",
    "63": "Харківська",
    "65": "Херсонська",
    "68": "Хмельницька",
    "71": "Черкаська",
    "73": "Чернівецька",
    "74": "Чернігівська",
    "80": "Київ",
    "85": "Севастополь",
}
"""Digits of an oblast, in KATOTTG and in the older KOATUU, and its name."""

CITIES: Final = frozenset({"80", "85"})
"""Cities with the rank of an oblast: their codes name no hromada, the city is one."""


def hromada_of(katottg: str | None) -> str | None:
    """Return `UA` and seven digits of the hromada that a code lies in; None for no code and for a whole oblast or
    raion.
    """
    if katottg is None or (katottg[6:9] == "000" and katottg[2:4] not in CITIES):
        return None
    return katottg[:9]


def raion_of(katottg: str | None) -> str | None:
    """Return `UA` and four digits of the raion that a code lies in; None for no code and for a whole oblast."""
    return None if katottg is None or katottg[4:6] == "00" else katottg[:6]


def place_oblast(identifier: str, katottg: str | None) -> str:
    """Return two digits of the oblast where an institution lies: by its code of place, else by its id."""
    return identifier[:2] if katottg is None else katottg[2:4]


def authority_oblast(identifier: str, katottg: str | None) -> str:
    """Return two digits of the oblast that an authority is of, `NATIONAL` for one whose id begins so."""
    return NATIONAL if identifier[:2] == NATIONAL else place_oblast(identifier, katottg)
