"""Values of a register row as they should be: spaces, letters, codes, places. Pure.

Mends only what has one possible meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stdnum.ua import edrpou as edrpou_number

from provisioning.model.identifiers import EDRPOU_PATTERN, KATOTTG_PATTERN
from provisioning.model.katottg import OBLASTS
from provisioning.model.text import folded
from provisioning.registry.rules.edrpou import is_placeholder

_NOTHING: Final = frozenset({"", "-", "—", "–", "null", "none", "n/a", "немає", "відсутній", "відсутня", "0"})
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = "ABCEHIKMOPTXaceiopxy"
_TWINS: Final = str.maketrans(_LATIN, "АВСЕНІКМОРТХасеіорху")
_REGIONS: Final = {folded(name).lower().replace("'", ""): code for code, name in OBLASTS.items()} | {"ар крим": "01"}
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A value that can be used, or None; `remark` says what was mended or what is wrong with it."""

    value: str | None
    remark: str | None = None


def is_nothing(text: str) -> bool:
    """Return whether a field says that there is nothing."""
    return text.strip().lower() in _NOTHING


def plain(text: str) -> str:
    """Return a text without invisible characters, which no record may have, with single ordinary spaces."""
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return " ".join(text.split())


def clean_name(text: str) -> Cleaned:
    """Return a name with Latin look-alikes inside Cyrillic words put right."""
    name = plain(text)
    mended = _WORD.sub(lambda word: _one_alphabet(word.group()), name)
    remark = f"Latin letters among Cyrillic ones were replaced: “{mended}”" if mended != name else None
    return Cleaned(mended or None, remark)


def clean_edrpou(text: str) -> Cleaned:
    """Return eight digits; a zero that a spreadsheet dropped is put back when the control digit then fits."""
    if is_nothing(text):
        return Cleaned(None)
    code = plain(text)
    if is_placeholder(code):
        return Cleaned(None, f"{code} is a placeholder, no EDRPOU code, and was left out")
    if re.fullmatch(EDRPOU_PATTERN, code):
        return Cleaned(code)
    padded = code.zfill(8)
    if code.isascii() and code.isdigit() and len(code) == 7 and edrpou_number.is_valid(padded):
        return Cleaned(padded, f"the leading zero of EDRPOU {padded} was put back")
    return Cleaned(None, f"“{code[:40]}” is not an EDRPOU code and was left out")


def clean_katottg(text: str) -> Cleaned:
    """Return UA and 17 digits; Cyrillic letters that look like UA's A are put right."""
    if is_nothing(text):
        return Cleaned(None)
    code = plain(text).replace(" ", "").upper().replace("А", "A")
    if re.fullmatch(KATOTTG_PATTERN, code) and code[2:4] in OBLASTS:
        return Cleaned(code)
    return Cleaned(None, f"“{code[:40]}” is not a KATOTTG code and was left out")


def oblast_named(region: str) -> str | None:
    """Return two digits of the oblast that a name such as “Львівська область” or “м. Київ” says; None
    for other words.
    """
    words = folded(region).lower().replace("'", "").removeprefix("м.").removeprefix("місто").strip()
    return _REGIONS.get(words.removesuffix("обл.").removesuffix("область").strip())


def oblast_of(koatuu: str) -> str | None:
    """Return two digits of the oblast of an old code; a spreadsheet drops the zero of such as 05…"""
    digits = plain(koatuu)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (9, 10)) or not int(digits):
        return None
    return found if (found := digits.zfill(10)[:2]) in OBLASTS else None


def is_branch(standing: str) -> bool:
    """Return whether the register calls it a branch (філія) of another institution."""
    return "філі" in standing.lower() or standing.lower().startswith("відокремлен")


def _one_alphabet(word: str) -> str:
    foreign = [letter for letter in word if letter.isascii()]
    if not foreign or not _CYRILLIC.search(word) or any(letter not in _LATIN for letter in foreign):
        return word
    return word.translate(_TWINS)
