"""Texts for people: in both languages, and names as the eye takes them, for comparing and for searching. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_LOOK_ALIKE: Final = str.maketrans(
    "ABCEHIKMOPTXY" + "’ʼ`«»“”„",
    "АВСЕНІКМОРТХУ" + "'''" + '"' * 5,
)
"""Latin capitals → the Cyrillic ones that look the same; apostrophes and quotes → one of each."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text for people in both languages; Ukrainian comes first everywhere."""

    uk: str
    en: str


def folded(name: str) -> str:
    """Return a name as the eye takes it: NFKC, one case, Cyrillic for Latin look-alikes, one kind of quotes."""
    plain = name if unicodedata.is_normalized("NFKC", name) else unicodedata.normalize("NFKC", name)
    return " ".join(plain.upper().translate(_LOOK_ALIKE).split())


def search_text(parts: Iterable[str]) -> str:
    """Return the text that a search looks through: all names and numbers of an institution, folded."""
    return folded(" ".join(part for part in parts if part)).replace('"', "")
