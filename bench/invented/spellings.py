"""How a register's free text names an authority: otherwise than the configuration does.

Owns forms of words and of typing. Weights are of bodies, not of rows; the docstring of the package lists them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.invented.authorities import Authority, council, of_council, of_raion_and_oblast
from bench.invented.places import FRONT, KYIV, OBLASTS, District, Hromada


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text of the register. `sure`: together with the place it names one body. `form` is for looking at misses."""

    text: str
    form: str
    sure: bool = True


_GENITIVE: Final = (
    ("Відділ ", "Відділу "),
    ("Сектор ", "Сектору "),
    ("Департамент ", "Департаменту "),
    ("Гуманітарний відділ", "Гуманітарного відділу"),
)
_SHORT: Final = (
    ("Відділ освіти, культури, молоді та спорту", ("Відділ ОКМС", "Від. освіти, культури, молоді та спорту")),
    ("Відділ освіти, молоді та спорту", ("Від. освіти, молоді і спорту", "Відділ освіти, молоді і спорту")),
    ("Відділ освіти", ("Від. освіти", "ВО", "від.освіти", "Відд. освіти")),
    ("Управління освіти", ("Упр. освіти", "УО", "упр.освіти", "Управл. освіти")),
    ("Департамент освіти", ("Деп. освіти", "Д-т освіти", "Департ. освіти")),
    ("Гуманітарний відділ", ("Гум. відділ", "Гуманіт. відділ")),
    ("Сектор освіти", ("Сект. освіти",)),
)
_COUNCILS: Final = {
    "сільськ": ("с/р", "с/ради", "сільради", "с. р.", "сіл. ради"),
    "селищн": ("с/р", "сел. ради", "селищ. ради", "с/ради"),
    "міськ": ("м/р", "міськради", "м. р.", "міськ. ради"),
}


def _title(authority: Authority, randomly: random.Random) -> str:
    """Another title of the same department: people write `Відділ освіти` for all of them."""
    if " та " in authority.title and randomly.random() < 0.3:
        return authority.title.replace(" та ", " і ")
    return "Управління освіти" if authority.title.startswith(("Упр", "Деп")) else "Відділ освіти"


def _short(authority: Authority, hromada: Hromada, randomly: random.Random) -> str:
    title = authority.title or "Відділ освіти"
    for long, options in _SHORT:
        if title.startswith(long):
            title = randomly.choice(options) + title.removeprefix(long)
            break
    return f"{title} {hromada.name.feminine_genitive} {randomly.choice(_COUNCILS[hromada.kind])}"


def _of_hromada(authority: Authority, hromada: Hromada, randomly: random.Random) -> str:
    kind, name = hromada.kind, hromada.name
    alone = (
        f"{name.feminine} {kind}а територіальна громада",
        f"{name.feminine} ОТГ",
        f"{name.feminine} {kind}а ТГ",
        f"{name.feminine} територіальна громада",
        f"{name.feminine} {kind}а об'єднана територіальна громада",
        f"{name.feminine} громада",
    )
    under = (
        f"{name.feminine_genitive} ОТГ",
        f"{name.feminine_genitive} {kind}ої територіальної громади",
        f"{name.feminine_genitive} ТГ",
        f"{name.feminine_genitive} об'єднаної територіальної громади",
    )
    return randomly.choice(alone) if randomly.random() < 0.5 else f"Відділ освіти {randomly.choice(under)}"


def _military(authority: Authority, hromada: Hromada, randomly: random.Random) -> str:
    if hromada.oblast not in FRONT:
        return f"Виконавчий комітет {of_council(hromada)}"
    name, kind = hromada.name, hromada.kind
    if randomly.random() < 0.4:
        return f"{name.feminine} {kind}а військова адміністрація"
    return f"{_title(authority, randomly)} {name.feminine_genitive} {kind}ої військової адміністрації"


def _genitive(authority: Authority, hromada: Hromada, randomly: random.Random) -> str:
    title = authority.title or "Відділ освіти"
    for nominative, genitive in _GENITIVE:
        title = title.replace(nominative, genitive)
    return randomly.choice((f"{title} {of_council(hromada)}", f"Підпорядкування: {of_council(hromada)}"))


def _place_after(authority: Authority, hromada: Hromada, randomly: random.Random) -> str:
    title, centre = authority.title or "Відділ освіти", hromada.settlements[0].name
    mark = {"міськ": "м.", "селищн": "сел.", "сільськ": "с."}[hromada.kind]
    options = (
        f"{council(hromada)}, {title[0].lower()}{title[1:]}",
        f"{council(hromada)} ({title[0].lower()}{title[1:]})",
        f"{title} {mark} {centre}",
        f"{title} {of_council(hromada)} ({mark} {centre})",
    )
    return randomly.choice(options)


def _slip(authority: Authority, hromada: Hromada, randomly: random.Random) -> str:
    """A letter left out or doubled, where it makes no other word of it."""
    text = f"{authority.title or 'Відділ освіти'} {of_council(hromada)}"
    slips = (("ської", "скої"), ("ради", "рады"), ("Відділ", "Віддл"), ("освіти", "освти"), ("ради", "раади"))
    found = [slip for slip in slips if slip[0] in text]
    return text.replace(*randomly.choice(found), 1)


def _other_kind(authority: Authority, hromada: Hromada, randomly: random.Random) -> str:
    """A селище was a смт or a village before, and its council's kind is still written as it was."""
    kind = "селищн" if hromada.kind == "сільськ" else "сільськ" if hromada.kind == "селищн" else "селищн"
    if randomly.random() < 0.5:
        return f"{hromada.name.feminine} {kind}а рада"
    return f"Відділ освіти {hromada.name.feminine_genitive} {kind}ої ради"


Write = Callable[[Authority, Hromada, random.Random], str]
_FORMS: Final[tuple[tuple[str, float, Write], ...]] = (
    ("exact", 12, lambda a, h, r: a.name),
    ("council", 21, lambda a, h, r: council(h)),
    ("council-full", 10, lambda a, h, r: f"{council(h)} {of_raion_and_oblast(h)}"),
    ("title", 15, lambda a, h, r: f"{_title(a, r)} {of_council(h)}"),
    ("title-full", 6, lambda a, h, r: f"{a.title or 'Відділ освіти'} {of_council(h)} {of_raion_and_oblast(h)}"),
    ("committee", 6, lambda a, h, r: f"{_title(a, r)} виконавчого комітету {of_council(h)}"),
    ("committee-itself", 3, lambda a, h, r: f"Виконавчий комітет {of_council(h)}"),
    ("short", 8, _short),
    ("hromada", 8, _of_hromada),
    ("military", 2, _military),
    ("genitive", 2, _genitive),
    ("place-after", 2, _place_after),
    ("slip", 1.5, _slip),
    ("other-kind", 1, _other_kind),
    ("founder", 0.5, lambda a, h, r: f"Засновник - {council(h)}"),
    ("with-code", 0.5, lambda a, h, r: f"{a.name} (код ЄДРПОУ {a.edrpou})"),
)
_NAMES, _WEIGHTS, _WRITE = zip(*_FORMS, strict=True)

_OLD_RAION: Final = 2.4
_GENERIC: Final = 0.5
_RENAMED: Final = 0.8
"""Percent of hromadas whose usual text does not name the hromada itself: `sure` is false."""


def spell(authority: Authority, randomly: random.Random, *, sure: bool = False) -> Spelling:
    """One way to write an authority; with `sure`, one that names its place."""
    place = authority.place
    if isinstance(place, Hromada):
        unsure = None if sure else _unsure(authority, place, randomly)
        if unsure is not None:
            return unsure
        form = randomly.choices(range(len(_NAMES)), _WEIGHTS)[0]
        return Spelling(typed(_WRITE[form](authority, place, randomly), randomly), _NAMES[form])
    if authority.level == "oblast" and authority.oblast != KYIV and not sure and randomly.random() < 0.25:
        text = randomly.choice((f"{OBLASTS[authority.oblast]}а обласна рада", "Обласна рада"))
        return Spelling(typed(text, randomly), "oblast-council", sure=False)
    options = _of_district(authority, place) if isinstance(place, District) else _of_top(authority)
    return Spelling(typed(randomly.choice((authority.name, *options)), randomly), authority.level)


def _unsure(authority: Authority, hromada: Hromada, randomly: random.Random) -> Spelling | None:
    way = randomly.random() * 100
    if way < _OLD_RAION:
        return _old_raion(hromada, randomly) if hromada.old_raion.stem != hromada.raion.name.stem else None
    if way < _OLD_RAION + _GENERIC:
        text = randomly.choice((f"{hromada.kind.capitalize()}а рада", authority.title or "Відділ освіти", "Громада"))
        return Spelling(typed(text, randomly), "generic", sure=False)
    return renamed(hromada, randomly) if way < _OLD_RAION + _GENERIC + _RENAMED else None


def _old_raion(hromada: Hromada, randomly: random.Random) -> Spelling:
    name = hromada.old_raion
    options = (
        f"Відділ освіти {name.feminine_genitive} районної державної адміністрації",
        f"Відділ освіти {name.feminine_genitive} РДА",
        f"{name.feminine} районна державна адміністрація",
        f"{name.feminine} РДА",
        f"Відділ освіти {name.feminine_genitive} районної ради",
        f"РВК {name.masculine_genitive} району",
    )
    return Spelling(typed(randomly.choice(options), randomly), "old-raion", sure=False)


def renamed(hromada: Hromada, randomly: random.Random) -> Spelling:
    """A council under a name that the codifier does not have: the one before, or after, a renaming."""
    stem = randomly.choice(
        (
            "Жовтневськ",
            "Червоноармійськ",
            "Ленінськ",
            "Комсомольськ",
            "Кіровськ",
            "Радянськ",
            "Первомайськ",
            "Ульянівськ",
        )
    )
    text = (
        f"Відділ освіти {stem}ої {hromada.kind}ої ради" if randomly.random() < 0.5 else f"{stem}а {hromada.kind}а рада"
    )
    return Spelling(typed(text, randomly), "renamed", sure=False)


def _of_district(authority: Authority, district: District) -> tuple[str, ...]:
    if authority.city is not None:
        city, centre = of_council(authority.city), authority.city.settlements[0].name
        return (
            f"Адміністрація {district.stem}ого району {city}",
            f"Управління освіти {district.stem}ого району {city}",
            f"УО адміністрації {district.stem}ого р-ну {city}",
            f"Управління освіти {district.stem}ого району м. {centre}",
        )
    return (
        f"Управління освіти {district.stem}ої РДА м. Києва",
        f"{district.stem}а районна в місті Києві державна адміністрація",
        f"{district.stem}а районна в м. Києві держадміністрація",
        f"УО {district.stem}ої РДА в м. Києві",
        f"Управління освіти {district.stem}ого району м. Києва",
    )


def _of_top(authority: Authority) -> tuple[str, ...]:
    if authority.level == "ministry":
        return ("МОН України", "Міністерство освіти і науки", "Міністерству освіти і науки України", authority.name)
    if authority.oblast == KYIV:
        return ("Департамент освіти і науки КМДА", "Київська міська державна адміністрація", "Департамент освіти КМДА")
    stem = OBLASTS[authority.oblast]
    return (
        f"Департамент освіти і науки {stem}ої ОДА",
        f"Департамент освіти і науки {stem}ої обласної державної адміністрації",
        f"Управління освіти і науки {stem}ої облдержадміністрації",
        f"{stem}а обласна державна адміністрація",
        f"Департамент освіти і науки {stem}ої ОВА",
        f"Департамент освіти {stem}ої обласної військової адміністрації",
    )


_TWINS: Final = str.maketrans("АВЕІКМНОРСТХаеіорсух", "ABEIKMHOPCTXaeiopcyx")
_CYRILLIC_WORD: Final = re.compile(r"[А-ЯІЇЄҐа-яіїєґ']{4,}")


def typed(text: str, randomly: random.Random) -> str:
    """The text as hands type it: seven in ten as it is, else with one or two quirks of typing."""
    way = randomly.random()
    for _ in range(0 if way < 0.7 else 1 if way < 0.95 else 2):
        text = randomly.choice(_QUIRKS)(text, randomly)
    return text


def _latin(text: str, randomly: random.Random) -> str:
    words = _CYRILLIC_WORD.findall(text)
    if not words:
        return text
    word = randomly.choice(words)
    letters = [n for n, letter in enumerate(word) if letter.translate(_TWINS) != letter]
    changed = list(word)
    for n in randomly.sample(letters, min(len(letters), randomly.randint(1, 2))):
        changed[n] = word[n].translate(_TWINS)
    return text.replace(word, "".join(changed), 1)


def _doubled(text: str, randomly: random.Random) -> str:
    return text.replace(" ", "  ", randomly.randint(1, 2))


_QUIRKS: Final[tuple[Callable[[str, random.Random], str], ...]] = (
    lambda t, r: t.upper(),
    lambda t, r: t.upper(),
    _latin,
    _latin,
    _doubled,
    _doubled,
    lambda t, r: t + r.choice((".", " ", ";", ".")),
    lambda t, r: t.replace(" ", "\u00a0", 1),
    lambda t, r: t[:1].lower() + t[1:],
    lambda t, r: t.title().replace("'Я", "'я").replace("'Є", "'є"),
    lambda t, r: t.replace("'", r.choice("’`ʼ")) if "'" in t else f'"{t}"',
    lambda t, r: r.choice((f"«{t}»", f'"{t}"', f'{t}"')),
    lambda t, r: t.replace(",", "") if "," in t else t.replace(" ", " - ", 1) if "Рада" in t else " " + t,
    lambda t, r: t.replace("-", "–"),
)
