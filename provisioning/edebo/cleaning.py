"""Values of a register row as they should be: spaces, letters, codes, addresses. Pure.

Mends only what has one possible meaning. An e-mail address is never guessed: the base key goes there (order cl. 4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stdnum.ua import edrpou as edrpou_number

from provisioning.model.identifiers import EDRPOU_PATTERN, KATOTTG_PATTERN
from provisioning.model.institution import Kind
from provisioning.registry.rules.edrpou import is_placeholder
from provisioning.registry.rules.emails import email_fault

_NOTHING: Final = frozenset({"", "-", "—", "–", "null", "none", "n/a", "немає", "відсутній", "відсутня", "0"})
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = "ABCEHIKMOPTXaceiopxy"
_TWINS: Final = str.maketrans(_LATIN, "АВСЕНІКМОРТХасеіорху")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_SEPARATORS: Final = re.compile(r"[,;\s/|]+")

_KINDS: Final = (
    (Kind.AUTHORITY, ("орган управління", "департамент", "управління освіти", "відділ освіти")),
    (Kind.PRE_HIGHER, ("фахов", "передвищ")),
    (Kind.VOCATIONAL, ("професійно-техн", "професійно техн", "професійн", "училище")),
    (Kind.SPECIAL, ("спеціальн", "реабілітаційн", "санаторн")),
    (Kind.PRESCHOOL, ("дошкільн", "ясла", "садок")),
    (Kind.EXTRACURRICULAR, ("позашкільн", "дитячої творчості", "юнацьк")),
    (Kind.SCHOOL, ("середньої освіти", "загальноосвітн", "школа", "ліцей", "гімназі", "навчально-виховн", "колегіум")),
)
"""Words of `institution_type_name` → kind; the first that fits counts."""

_CLOSED: Final = ("закрит", "ліквідован", "реорганізован", "припинен", "не працює", "недіюч", "призупинен")
_OPEN: Final = ("працює", "зареєстрован", "діюч", "діє", "активн", "функціону")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A value that can be used, or None; `remark` says what was mended or what is wrong with it."""

    value: str | None
    remark: str | None = None


def is_nothing(text: str) -> bool:
    """Whether a field says that there is nothing."""
    return text.strip().lower() in _NOTHING


def plain(text: str) -> str:
    """Text without invisible characters, with single ordinary spaces."""
    return " ".join(_INVISIBLE.sub("", text).split())


def clean_name(text: str) -> Cleaned:
    """A name with Latin look-alikes inside Cyrillic words put right."""
    name = plain(text)
    mended = _WORD.sub(lambda word: _one_alphabet(word.group()), name)
    remark = f"Latin letters among Cyrillic ones were replaced: “{mended}”" if mended != name else None
    return Cleaned(mended or None, remark)


def clean_email(text: str) -> Cleaned:
    """One address. Of several valid ones the first, with a remark; of none, why."""
    if is_nothing(text):
        return Cleaned(None, "the register has no e-mail address")
    written = plain(text).removeprefix("mailto:")
    if email_fault(written) is None:
        return Cleaned(written)
    parts = [part for part in _SEPARATORS.split(written) if part]
    good = [part for part in parts if email_fault(part) is None]
    if len(parts) > 1 and good:
        return Cleaned(good[0], f"several addresses, the first was taken: {', '.join(good)}")
    fault = email_fault(written)
    return Cleaned(None, fault.message if fault else None)


def clean_edrpou(text: str) -> Cleaned:
    """Eight digits; a zero that a spreadsheet dropped is put back when the control digit then fits."""
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
    """UA and 17 digits; Cyrillic letters that look like UA's A are put right."""
    if is_nothing(text):
        return Cleaned(None)
    code = plain(text).replace(" ", "").upper().replace("А", "A")
    if re.fullmatch(KATOTTG_PATTERN, code):
        return Cleaned(code)
    return Cleaned(None, f"“{code[:40]}” is not a KATOTTG code and was left out")


def oblast_of(katottg: str | None, koatuu: str) -> str | None:
    """Two digits of the oblast from either code; a spreadsheet drops the zero of KOATUU codes such as 05…"""
    if katottg is not None:
        return katottg[2:4]
    digits = plain(koatuu)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (9, 10)) or not int(digits):
        return None
    return digits.zfill(10)[:2]


def kind_of(type_name: str) -> Kind | None:
    """The kind that a type's name stands for; None when no word of it is known."""
    words = plain(type_name).lower()
    return next((kind for kind, signs in _KINDS if any(sign in words for sign in signs)), None)


def is_branch(standing: str) -> bool:
    """Whether the register calls it a branch (філія) of another institution."""
    return "філі" in standing.lower()


def is_closed(state: str) -> bool | None:
    """Whether the register says that the institution is gone; None when its word is not known."""
    words = plain(state).lower()
    if any(word in words for word in _CLOSED):
        return True
    return False if any(word in words for word in _OPEN) else None


def _one_alphabet(word: str) -> str:
    foreign = [letter for letter in word if letter.isascii()]
    if not foreign or not _CYRILLIC.search(word) or any(letter not in _LATIN for letter in foreign):
        return word
    return word.translate(_TWINS)
