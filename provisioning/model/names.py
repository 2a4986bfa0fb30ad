"""Names as the eye takes them, for comparing and for searching. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

_LOOK_ALIKE: Final = str.maketrans(
    "ABCEHIKMOPTXY" + "’ʼ`«»“”„",
    "АВСЕНІКМОРТХУ" + "'''" + '"' * 5,
)
"""Latin capitals → the Cyrillic ones that look the same; apostrophes and quotes → one of each."""


def folded(name: str) -> str:
    """A name as the eye takes it: NFKC, one case, Latin letters as their Cyrillic look-alikes, one kind of quotes."""
    plain = name if unicodedata.is_normalized("NFKC", name) else unicodedata.normalize("NFKC", name)
    return " ".join(plain.upper().translate(_LOOK_ALIKE).split())


def search_text(parts: Iterable[str]) -> str:
    """What a search looks through: everything by which people know an institution, folded."""
    return folded(" ".join(part for part in parts if part)).replace('"', "")
