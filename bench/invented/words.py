"""Names of invented places, with the adjective that councils and raions are named by.

Owns words only: stems and endings that Ukrainian place names are made of. No name is looked up anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_HARD_STEMS: Final = """
    Павл Петр Іван Степан Семен Григор Дмитр Федор Михайл Василь Роман Богдан Данил Захар Кирил Марк Назар Остап
    Прокоп Тарас Трохим Устим Харитон Гнат Антон Борис Гаврил Денис Карп Макар Максим Мирон Панас Пилип Самійл
    Тихон Явдох Ганн Катерин Мар'ян Софіїн Надежд Тетян Уляп Верб Дуб Лип Вишн Калин Сосн Берез Топол Яблун Груш
    Ліщин Лебед Голуб Сокол Журавл Орл Зозул Вовк Лис Борсук Олен Бобр Карас Щук Коз Баран Степ Долин Лопух
    Озер Ставк Гонт Глин Піщан Бондар Ковал Гончар Мельник Шаповал Скляр Чумак Гайдамак Козак Гетьман Сотник
    Осавул Писар Пасічник Рибал Токар Стельмах Скрипал Кобзар Лірник Кушнір Дзвонар Ткач Колісник Гребен Дігтяр
    Мірошник Пастух Чабан Вівчар Рудн Солон Тернов Шипот Ожин Малин Чорниш Білозір Рогоз Очерет Хмел Ячмен Жит
    Гречан Маків Волош Полин Ромаш Барвін Любист Шавл Горох Кавун Дин Гарбуз Бурякан Часник
"""
_SOFT_STEMS: Final = """
    Андрі Олексі Юрі Онуфрі Тимофі Микола Матві Сергі Горді Євдокі Софі Марі Наталі Зінові Аркаді Анатолі
"""
_STEMS: Final = _HARD_STEMS.split()
_SOFT: Final = _SOFT_STEMS.split()

_ENDINGS: Final = (
    # ending, of the adjective, gender; the first ones are the most frequent
    *((("івка", "івськ", "f"),) * 6),
    *((("ів", "івськ", "m"),) * 2),
    *((("ове", "івськ", "n"),) * 2),
    ("инці", "инецьк", "p"),
    ("ичі", "ицьк", "p"),
    ("ин", "инськ", "m"),
    ("ище", "ищенськ", "n"),
    ("опіль", "опільськ", "m"),
    ("овець", "овецьк", "m"),
    ("анка", "анськ", "f"),
    ("ичани", "ичанськ", "p"),
)
_LABIALS: Final = "бпвмф"

_PREFIXES: Final = (
    # stem of the adjective, endings by gender, how it stands in a compound
    ("Велик", ("а", "ий", "е", "і"), "велико"),
    ("Мал", ("а", "ий", "е", "і"), "мало"),
    ("Нов", ("а", "ий", "е", "і"), "ново"),
    ("Стар", ("а", "ий", "е", "і"), "старо"),
    ("Верхн", ("я", "ій", "є", "і"), "верхньо"),
    ("Нижн", ("я", "ій", "є", "і"), "нижньо"),
    ("Біл", ("а", "ий", "е", "і"), "біло"),
    ("Красн", ("а", "ий", "е", "і"), "красно"),
    ("Добр", ("а", "ий", "е", "і"), "добро"),
)
_HUES: Final = (
    *_PREFIXES[:4],
    *(
        (stem, ("а", "ий", "е", "і"), stem.lower() + "о")
        for stem in (
            *("Зелен", "Чорн", "Довг", "Крут", "Жовт", "Тих", "Світл", "Кам'ян", "Широк", "Глибок"),
            *("Солон", "Холодн", "Крив", "Сух", "Мокр", "Ясн", "Золот", "Срібн", "Рясн"),
        )
    ),
    ("Син", ("я", "ій", "є", "і"), "синьо"),
)
_FEATURES: Final = (
    *(("Гай", "гайськ", "m"), ("Яр", "ярськ", "m"), ("Брід", "брідськ", "m"), ("Став", "ставськ", "m")),
    *(("Кут", "кутськ", "m"), ("Лиман", "лиманськ", "m"), ("Колодязь", "колодязьк", "m"), ("Потік", "потіцьк", "m")),
    *(("Гора", "гірськ", "f"), ("Балка", "балківськ", "f"), ("Долина", "долинськ", "f"), ("Криниця", "криницьк", "f")),
    *(("Вода", "водськ", "f"), ("Гребля", "гребельськ", "f"), ("Левада", "левадськ", "f"), ("Коса", "косівськ", "f")),
    *(("Поле", "пільськ", "n"), ("Озеро", "озерськ", "n"), ("Джерело", "джерельськ", "n"), ("Плесо", "плесівськ", "n")),
)
_GENDER: Final = "fmnp"


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A settlement's name, and the stem of the adjective made of it: `Зелений Гай`, `Зеленогайськ`."""

    settlement: str
    stem: str

    @property
    def feminine(self) -> str:
        """As a council (рада) or hromada is called: `Зеленогайська`."""
        return self.stem + "а"

    @property
    def feminine_genitive(self) -> str:
        """`Зеленогайської`."""
        return self.stem + "ої"

    @property
    def masculine(self) -> str:
        """As a raion is called: `Зеленогайський`."""
        return self.stem + "ий"

    @property
    def masculine_genitive(self) -> str:
        """`Зеленогайського`."""
        return self.stem + "ого"


def place_name(randomly: random.Random) -> PlaceName:
    """One name: six in ten plain, a quarter with a prefix (`Нова Павлівка`), the rest of two words (`Тихий Яр`)."""
    way = randomly.random()
    if way < 0.15:
        return _two_words(randomly)
    plain, gender = _plain(randomly)
    return plain if way < 0.75 else _prefixed(randomly.choice(_PREFIXES), plain.settlement, plain.stem, gender)


def distinct_names(randomly: random.Random) -> Iterator[PlaceName]:
    """Names without end, each with an adjective of its own."""
    seen: set[str] = set()
    while True:
        name = place_name(randomly)
        if name.stem not in seen:
            seen.add(name.stem)
            yield name


def _plain(randomly: random.Random) -> tuple[PlaceName, str]:
    ending, adjective, gender = randomly.choice(_ENDINGS)
    if ending == "івка" and randomly.random() < 0.1:
        stem = randomly.choice(_SOFT)
        return PlaceName(f"{stem}ївка", f"{stem}ївськ"), gender
    stem = randomly.choice(_STEMS)
    if ending == "анка" and stem[-1] in _LABIALS:  # Верб'янка: an apostrophe inside the name
        ending, adjective = "'янка", "'янськ"
    hard = stem.removesuffix("ь")
    return PlaceName(hard + ending, hard + adjective), gender


def _two_words(randomly: random.Random) -> PlaceName:
    word, adjective, gender = randomly.choice(_FEATURES)
    return _prefixed(randomly.choice(_HUES), word, adjective, gender)


def _prefixed(prefix: tuple[str, tuple[str, ...], str], settlement: str, stem: str, gender: str) -> PlaceName:
    root, endings, compound = prefix
    return PlaceName(f"{root}{endings[_GENDER.index(gender)]} {settlement}", (compound + stem.lower()).capitalize())
