"""Names, types, states, codes and addresses of institutions, with the quirks that real exports have."""

from __future__ import annotations

import random
import re
from typing import Final

from bench.country import edrpou_code
from bench.invented.authorities import of_council, of_raion_and_oblast
from bench.invented.places import Hromada

TYPES: Final = (
    ("гімназія", "Гімназія", 35),
    ("ліцей", "Ліцей", 30),
    ("заклад загальної середньої освіти I-III ступенів", "Загальноосвітня школа І-ІІІ ступенів", 12),
    ("початкова школа", "Початкова школа", 8),
    ("навчально-виховний комплекс", "Навчально-виховний комплекс", 6),
    ("заклад загальної середньої освіти I-II ступенів", "Загальноосвітня школа І-ІІ ступенів", 5),
    ("спеціальна школа", "Спеціальна школа", 2),
    ("коллегіум", "Коллегіум", 0.4),
    ("міжшкільний навчально-виробничий комбінат", "Міжшкільний навчально-виробничий комбінат", 0.4),
    ("Інший заклад загальної середньої освіти", "Освітній центр", 0.3),
)
OTHERS: Final = (
    ("заклад дошкільної освіти", "Заклад дошкільної освіти (ясла-садок) «Вербичка»", 66),
    ("заклад позашкільної освіти", "Центр дитячої та юнацької творчості", 18),
    ("вище професійне училище", "Вище професійне училище", 10),
    ("фаховий коледж", "Фаховий коледж", 6),
)
"""Type of the register, how a name of that type begins, and weight."""

STATES: Final = (
    ("працює", 960),
    ("призупинено", 15),
    ("ліквідовано", 9),
    ("припинено", 8),
    ("реорганізовано", 6),
    ("", 2),
)
_PATRONS: Final = ("імені Тараса Шевченка", "імені Лесі Українки", "ім. І. Франка", "імені Героя України Остапа Б.", "")
_TAIL: Final = " - структурні підрозділи: початкова школа, гімназія, заклад дошкільної освіти, позашкільний центр"
_FEMININE: Final = re.compile("гімназія|школа")
_LATIN: Final = str.maketrans("аеіорсх", "aeiopcx")


def school_name(randomly: random.Random, start: str, place: Hromada | None, settlement: str) -> str:
    """Between 8 and some 300 characters; one in six has more than 255 bytes, one in fifty Latin letters inside."""
    number, patron = randomly.randint(1, 60), randomly.choice(_PATRONS)
    words = start[:1].lower() + start[1:]
    options = [f"{start} № {number}", f"{start} № {number} {patron}", f"{start} с. {settlement}"]
    if place is not None:
        full = f"{of_council(place)} {of_raion_and_oblast(place)}"
        called = f"{place.name.feminine if _FEMININE.search(words) else place.name.masculine} {words}"
        options += [called, f"{called} {patron}", f"{start} № {number} {of_council(place)}", f"{called} {full}"]
        options += [f"Комунальний заклад «{called}» {full}", f'{called} "Надія" {of_council(place)}']
        options += [f"Комунальний заклад загальної середньої освіти «{called} {patron}» {full}"]
    name = " ".join(randomly.choice(options).split())
    if randomly.random() < 0.01:
        name += _TAIL
    return _quirk(randomly, name)


def _quirk(randomly: random.Random, name: str) -> str:
    way = randomly.random()
    if way < 0.08:
        return name.upper()
    if way < 0.10:
        word = randomly.choice(re.findall(r"[^\W\d_]{4,}", name) or [name])
        return name.replace(word, word.translate(_LATIN), 1)
    if way < 0.13:
        return name.replace("'", randomly.choice("’`")).replace("«", '"')
    return name + '"' if way < 0.135 else name


def email(randomly: random.Random, number: int) -> str:
    """The e-mail field of a row: nine in ten an address and nothing else."""
    usual = f"school{number}@edu.example"
    way = randomly.random() * 100
    faults = (
        (4.5, ("", "", "-", "немає", "null")),
        (5.5, (f"{usual}, dir{number}@mail.example", f"{usual}; {number}@mail.example", f"{usual} {number}@m.example")),
        (6.1, (f"{usual};", f"{usual}.", f"е-mail:{usual}")),
        (6.5, (usual.replace("o", "о"), usual.replace("c", "с"))),
        (6.8, (f"https://school{number}.example", f"school{number}.example", f"school{number}@")),
        (8.3, (f"osvita{number % 500}@edu.example",)),
        (12.0, (f"School{number}@Edu.example".replace("@Edu", "@edu"), f"SCHOOL{number}@edu.example")),
    )
    return next((randomly.choice(options) for up_to, options in faults if way < up_to), usual)


def edrpou(randomly: random.Random) -> str:
    """The EDRPOU field of a row."""
    code = edrpou_code(randomly.randrange(1_000_000, 4_500_000))
    way = randomly.random()
    if way < 0.006:
        return code[:7] + str((int(code[7]) + 1) % 10)
    if way < 0.02:
        return randomly.choice(("", "null", "немає011", "00000000", code + "1", code.removeprefix("0")[:7], "12345678"))
    return code
