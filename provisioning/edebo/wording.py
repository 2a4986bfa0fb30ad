"""Words of which names of governing bodies are made, whatever their ending, case, abbreviation and typography. Pure.

Owns the vocabulary: what is a council, a department, a level, a subject. Which of them make one body is `bodies`'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from provisioning.model.text import folded


class Level(StrEnum):
    """What a council or administration is of. A district of a city has the raion's words and says its city."""

    NATIONAL = "national"
    OBLAST = "oblast"
    RAION = "raion"
    CITY = "city"
    SETTLEMENT = "settlement"
    VILLAGE = "village"


class Organ(StrEnum):
    """A council with its executive committee and departments, a state administration, or a ministry."""

    COUNCIL = "council"
    ADMINISTRATION = "administration"
    MINISTRY = "ministry"


HROMADA: Final = frozenset({Level.CITY, Level.SETTLEMENT, Level.VILLAGE})
"""Levels of a hromada: texts that speak of the hromada itself leave open which of them it is."""

_ADJECTIVE: Final = "(?:ий|ого|ому|им|ім|ої|ій|а|у|ою|е|і|их)"
_TOPONYM: Final = re.compile(rf"(.+?[сцз])ь?к{_ADJECTIVE}")
_PLAIN_ADJECTIVE: Final = re.compile(rf"(.+?[нв]){_ADJECTIVE}")
_NO_PLACES: Final = re.compile(r"(?:українськ|громадянськ|мистецьк|господарськ|сільськогосподарськ|батьківськ).*")

LEVEL_WORDS: Final[Mapping[str, frozenset[Level]]] = {
    "сільськ": frozenset({Level.VILLAGE}),
    "селищн": frozenset({Level.SETTLEMENT}),
    "міськ": frozenset({Level.CITY}),
    "районн": frozenset({Level.RAION}),
    "обласн": frozenset({Level.OBLAST}),
    "сільськоселищн": frozenset({Level.VILLAGE, Level.SETTLEMENT}),
}
_LEVEL: Final = re.compile(rf"({'|'.join(sorted(LEVEL_WORDS, key=len, reverse=True))}){_ADJECTIVE}")

ORGAN_WORDS: Final = (
    (Organ.COUNCIL, re.compile(r"рад(?:а|и|і|у|ою)|громад(?:а|и|і|у|ою)")),
    (Organ.ADMINISTRATION, re.compile(r"адміністраці[яїєю]|адміністрацією")),
    (Organ.MINISTRY, re.compile(r"міністерств(?:о|а|у|ом)")),
)
HEADS: Final = re.compile(r"(відділ|управлінн|департамент|сектор|служб)(?:у|ові|ом|і|я|ю|ям|а|и|ою)?")
SUBJECTS: Final = re.compile(
    r"(освіт|наук|культур|молод|спорт|туризм|гуманітарн|соціальн|охорон|здоров|сім|діт|дит|фізичн|вихов|інновац|релігі"
    r"|національн|патріот|спадщин|захист|населен|прац|медицин|економі|інформаці|комунікац|мистецтв|розвит|громадянськ"
    r"|цифров|оборон|внутрішн|аграрн|політик|зв.?язк|інфраструктур|фінанс|житлов|молоді|сільськогосподарськ)\w*"
)
FILLERS: Final = re.compile(
    r"в|у|і|й|та|з|із|зі|по|при|щодо|питан\w*|справ\w*|україн\w*|державн\w*|військов\w*|територіальн\w*|обєднан\w*"
    r"|виконавч\w*|виконком\w*|комітет\w*|орган\w*|місцев\w*|самоврядуванн\w*|апарат\w*|тимчасов\w*"
    r"|підпорядкуванн\w*|підпорядкован\w*|засновник(?!ів)\w*|власник(?!ів)\w*|сфер\w*|код\w*|єдрпоу|єдр"
)
RAION_NOUN: Final = re.compile(r"район(?:у|і|а|ом|ний)?")
OBLAST_NOUN: Final = re.compile(r"област(?:ь|і|ю)")
_PLACE_NOUNS: Final = (
    (Level.CITY, re.compile(r"міст(?:о|а|і|у|ом)|м")),
    (Level.SETTLEMENT, re.compile(r"селищ(?:е|а|і|у)|смт|сел|сще")),
    (Level.VILLAGE, re.compile(r"сел(?:о|а|і|у)|с")),
)

_LEFT: Final = r"(?<![^\W_])"
_RADA: Final = r"рад(?=(?:а|и|і|у|ою)(?![^\W_]))"
_RIGHT: Final = r"(?![^\W_])"


def _short(pattern: str, full: str) -> tuple[re.Pattern[str], str]:
    return re.compile(f"{_LEFT}(?:{pattern})"), full


_WRITTEN_OUT: Final = (
    _short(rf"(?:сіл|сільськ)\.?\s*[./]\s*{_RADA}|сіль{_RADA}", "сільська рад"),
    _short(rf"с\.?\s*[./]\s*{_RADA}", "сільсько-селищна рад"),
    _short(rf"(?:сел|селищн|сщ|смт)\.?\s*[./]\s*{_RADA}|селищ{_RADA}", "селищна рад"),
    _short(rf"(?:міськ|м)\.?\s*[./]\s*{_RADA}|міськ{_RADA}", "міська рад"),
    _short(rf"(?:рай|районн|р)\.?\s*[./]\s*{_RADA}|рай{_RADA}", "районна рад"),
    _short(rf"(?:обл|обласн)\.?\s*[./]\s*{_RADA}|обл{_RADA}", "обласна рад"),
    _short(rf"(?:с\s*/\s*р|с\.\s*р\.?|ср){_RIGHT}", "сільсько-селищна рада"),
    _short(rf"(?:(?:сел|сщ|смт)\.?\s*/?\s*р\.?){_RIGHT}", "селищна рада"),
    _short(rf"(?:м\s*/\s*р|м\.\s*р\.?|мр){_RIGHT}", "міська рада"),
    _short(rf"(?:р\s*/\s*р|рр){_RIGHT}", "районна рада"),
    _short(r"міськвиконком(?=\w|\b)", "міська рада виконком"),
    _short(r"райвиконком(?=\w|\b)", "районна рада виконком"),
    _short(r"облвиконком(?=\w|\b)", "обласна рада виконком"),
    _short(r"обл\.?\s*держ\.?\s*адм(?:іністраці(?=\w)|\.)|облдержадміністраці(?=\w)", "обласна адміністраці"),
    _short(r"рай\.?\s*держ\.?\s*адм(?:іністраці(?=\w)|\.)|райдержадміністраці(?=\w)", "районна адміністраці"),
    _short(r"(?:держ|військ)\.?\s*адм(?:іністраці(?=\w)|\.)|держадміністраці(?=\w)", "адміністраці"),
    _short(rf"(?:ода|ова|одва){_RIGHT}", "обласна адміністрація"),
    _short(rf"(?:рда|рва|рдва){_RIGHT}", "районна адміністрація"),
    _short(rf"(?:кмда|кмва){_RIGHT}", "київська міська адміністрація"),
    _short(rf"мва{_RIGHT}", "міська адміністрація"),
    _short(rf"сва{_RIGHT}", "сільсько-селищна адміністрація"),
    _short(rf"мтг{_RIGHT}", "міська громада"),
    _short(rf"стг{_RIGHT}", "сільсько-селищна громада"),
    _short(rf"(?:отг|тг){_RIGHT}", "громада"),
    _short(r"(?:тер|терит)\.\s*(?=гром)", ""),
    _short(r"(?:сел|с-ще)\.?(?=\s)", "селище"),
    _short(rf"р\s*[-.]\s*н(?:у|а|і)?{_RIGHT}", "району"),
    _short(r"обл\.", "області "),
    _short(r"адм\.", "адміністрації "),
    _short(r"гром\.", "громади "),
    _short(rf"(?:упр\s*-\s*ня|у\s*-\s*ня|упр)(?:\.|{_RIGHT})", "управління "),
    _short(rf"(?:відд?\s*-\s*лу?|відд|від)(?:\.|{_RIGHT})", "відділ "),
    _short(rf"(?:д(?:еп)?\s*-\s*ту?|департ|деп)(?:\.|{_RIGHT})", "департамент "),
    _short(r"(?:освіт|осв)\.", "освіти "),
    _short(r"(?:культ)\.", "культури "),
    _short(rf"(?:мін\s*-\s*во|мін)(?:\.|{_RIGHT})", "міністерство "),
    _short(rf"мон{_RIGHT}", "міністерство освіти і науки"),
    _short(rf"уон{_RIGHT}", "управління освіти і науки"),
    _short(rf"дон{_RIGHT}", "департамент освіти і науки"),
    _short(rf"уо{_RIGHT}", "управління освіти"),
    _short(rf"во{_RIGHT}", "відділ освіти"),
)
"""Abbreviations of the field and what they are written out as; the order counts."""

_VOCABULARY: Final = tuple(
    word
    for line in (
        "рада ради раді відділ відділу управління департамент департаменту сектор освіти освіта культури",
        "культура молоді спорту науки туризму гуманітарний гуманітарної політики соціального захисту охорони",
        "здоровя міська міської сільська сільської селищна селищної районна районної обласна обласної державна",
        "державної військова військової адміністрація адміністрації виконавчий виконавчого комітет комітету",
        "територіальна територіальної обєднана обєднаної громада громади міністерство міністерства район",
        "району область області україни",
    )
    for word in line.split()
)
"""Usual forms of the words above: an abbreviation begins one of them, a slip of the pen is one letter off."""

_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_APART: Final = re.compile(r"([^\W_]+)\s*-\s+([^\W_]+)|([^\W_]+)\s+-\s*([^\W_]+)")
_DROPPED: Final = re.compile("['\u00ad\u0301]")
_CUT: Final = re.compile(r"(?<![^\W_])([^\W\d_]{3,})\.")
_ACRONYM: Final = re.compile(r"[увд]?о[кмснтз]{1,5}")
_LETTERS: Final = {
    **{"у": "управління", "в": "відділ", "д": "департамент", "о": "освіти", "к": "культури", "м": "молоді"},
    **{"с": "спорту", "н": "науки", "т": "туризму", "з": "здоровя"},
}
_TOKEN: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def tokens(text: str) -> list[str]:
    """Return the words of a body's name in small letters: abbreviations written out, no apostrophes, hyphens inside
    words.
    """
    words = _APART.sub(_joined, _DROPPED.sub("", _DASHES.sub("-", folded(text).lower())))
    for pattern, full in _WRITTEN_OUT:
        words = pattern.sub(full, words)
    words = _CUT.sub(_full, words)
    return [part for token in _TOKEN.findall(words) for whole in _spelt(token) for part in _parted(whole)]


def is_known(token: str) -> bool:
    """Return whether a word belongs to the vocabulary."""
    patterns = (HEADS, SUBJECTS, FILLERS, RAION_NOUN, OBLAST_NOUN)
    return bool(any(p.fullmatch(token) for p in patterns) or organ(token) or levels(token) or place_noun(token))


def is_slip(one: str, other: str) -> bool:
    """Return whether two words differ by one letter: another, one more, one less, or two that changed places."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    first = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    rest, more = shorter[first:], longer[first:]
    if len(rest) == len(more):
        return rest[1:] == more[1:] or (rest[:2] == more[1::-1] and rest[2:] == more[2:])
    return rest == more[1:]


def _joined(found: re.Match[str]) -> str:
    """A dash with spaces joins a place's name of two parts, and separates everything else."""
    left, right = (found[1], found[2]) if found[1] else (found[3], found[4])
    return f"{left}-{right}" if toponym(right) and not is_known(left) else f"{left} {right}"


def _full(found: re.Match[str]) -> str:
    return next((word for word in _VOCABULARY if word.startswith(found[1])), found[1]) + " "


def _spelt(token: str) -> list[str]:
    """A word of the vocabulary for an acronym or a slip of the pen; else the word as it is."""
    if _ACRONYM.fullmatch(token):
        return [_LETTERS[letter] for letter in token]
    if len(token) < 4 or is_known(token) or toponym(token):
        return [token]
    return [next((word for word in _VOCABULARY if is_slip(word, token)), token)]


def toponym(token: str) -> str | None:
    """Return the stem of an adjective made of a place's name (“Зеленогайської” → “зеленогайськ”); None
    for other words.
    """
    found = _TOPONYM.fullmatch(token)
    if found is None or _LEVEL.fullmatch(token) or _NO_PLACES.fullmatch(token):
        return None
    return found[1].replace("-", "") + "ьк"


def adjective(token: str) -> str | None:
    """Return the stem of any other adjective, as districts of cities are called (“Соборного” → “соборн”); None else."""
    found = _PLAIN_ADJECTIVE.fullmatch(token)
    return None if found is None or is_known(token) else found[1]


def levels(token: str) -> frozenset[Level]:
    """Return the levels that a word such as “сільської” says; none for other words."""
    found = _LEVEL.fullmatch(token.replace("-", ""))
    return LEVEL_WORDS[found[1]] if found else frozenset()


def organ(token: str) -> Organ | None:
    """Return whether a word says council, administration or ministry."""
    return next((found for found, pattern in ORGAN_WORDS if pattern.fullmatch(token)), None)


def place_noun(token: str) -> Level | None:
    """Return what a place is that is named after a word such as “міста” or “смт”; None for other words."""
    return next((level for level, pattern in _PLACE_NOUNS if pattern.fullmatch(token)), None)


def _parted(token: str) -> list[str]:
    """A dash without spaces between two ordinary words joins nothing: “освіти-управління” are two."""
    parts = token.split("-")
    known = all(HEADS.fullmatch(p) or SUBJECTS.fullmatch(p) or organ(p) for p in parts)
    return parts if len(parts) > 1 and known else [token]
