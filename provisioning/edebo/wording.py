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
_TOPONYM: Final = re.compile(rf"(.+?[сцз]ьк){_ADJECTIVE}")
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
)
RAION_NOUN: Final = re.compile(r"район(?:у|і|а|ом|ний)?")
OBLAST_NOUN: Final = re.compile(r"област(?:ь|і|ю)")
_PLACE_NOUNS: Final = (
    (Level.CITY, re.compile(r"міст(?:о|а|і|у|ом)|м")),
    (Level.SETTLEMENT, re.compile(r"селищ(?:е|а|і|у)|смт")),
    (Level.VILLAGE, re.compile(r"сел(?:о|а|і|у)|с")),
)

_LEFT: Final = r"(?<![^\W_])"
_RADA: Final = r"рад(?=(?:а|и|і|у|ою)(?![^\W_]))"
_RIGHT: Final = r"(?![^\W_])"


def _short(pattern: str, full: str) -> tuple[re.Pattern[str], str]:
    return re.compile(f"{_LEFT}(?:{pattern})"), full


_WRITTEN_OUT: Final = (
    _short(rf"(?:сіл|сільськ|с)\.?\s*[./]\s*{_RADA}|сіль{_RADA}", "сільська рад"),
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
    _short(rf"р\s*[-.]\s*н(?:у|а|і)?{_RIGHT}", "району"),
    _short(r"обл\.", "області"),
    _short(r"адм\.", "адміністрації"),
    _short(r"гром\.", "громади"),
    _short(rf"(?:упр\s*-\s*ня|у\s*-\s*ня|упр)(?:\.|{_RIGHT})", "управління"),
    _short(rf"(?:відд?\s*-\s*лу?|відд|від)(?:\.|{_RIGHT})", "відділ"),
    _short(rf"(?:деп\s*-\s*ту?|департ|деп)(?:\.|{_RIGHT})", "департамент"),
    _short(r"(?:освіт|осв)\.", "освіти"),
    _short(r"(?:культ)\.", "культури"),
    _short(rf"(?:мін\s*-\s*во|мін)(?:\.|{_RIGHT})", "міністерство"),
    _short(rf"мон{_RIGHT}", "міністерство освіти і науки"),
    _short(rf"уон{_RIGHT}", "управління освіти і науки"),
    _short(rf"дон{_RIGHT}", "департамент освіти і науки"),
    _short(rf"уо{_RIGHT}", "управління освіти"),
    _short(rf"во{_RIGHT}", "відділ освіти"),
)
"""Abbreviations of the field and what they are written out as; the order counts."""

_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_JOINED: Final = re.compile(r"(?<=\w)\s*-\s*(?=\w)")
_DROPPED: Final = re.compile("['\u00ad\u0301]")
_TOKEN: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def tokens(text: str) -> list[str]:
    """Words of a body's name in small letters: abbreviations written out, no apostrophes, hyphens inside words."""
    words = _DROPPED.sub("", _DASHES.sub("-", folded(text).lower()))
    for pattern, full in _WRITTEN_OUT:
        words = pattern.sub(full, words)
    return [part for token in _TOKEN.findall(_JOINED.sub("-", words)) for part in _parted(token)]


def toponym(token: str) -> str | None:
    """Stem of an adjective made of a place's name (“Зеленогайської” → “зеленогайськ”); None for other words."""
    found = _TOPONYM.fullmatch(token)
    if found is None or _LEVEL.fullmatch(token) or _NO_PLACES.fullmatch(token):
        return None
    return found[1].replace("-", "")


def levels(token: str) -> frozenset[Level]:
    """The levels that a word such as “сільської” says; none for other words."""
    found = _LEVEL.fullmatch(token.replace("-", ""))
    return LEVEL_WORDS[found[1]] if found else frozenset()


def organ(token: str) -> Organ | None:
    """Whether a word says council, administration or ministry."""
    return next((found for found, pattern in ORGAN_WORDS if pattern.fullmatch(token)), None)


def place_noun(token: str) -> Level | None:
    """What a place is that is named after a word such as “міста” or “смт”; None for other words."""
    return next((level for level, pattern in _PLACE_NOUNS if pattern.fullmatch(token)), None)


def _parted(token: str) -> list[str]:
    """A dash without spaces between two ordinary words joins nothing: “освіти-управління” are two."""
    parts = token.split("-")
    known = all(HEADS.fullmatch(p) or SUBJECTS.fullmatch(p) or organ(p) for p in parts)
    return parts if len(parts) > 1 and known else [token]
