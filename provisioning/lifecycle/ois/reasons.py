"""Reasons that the system itself gives for suspending an OIS: what is recorded, and how people read it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provisioning.model.text import Text

RAN_OUT: Final = "its conclusion has run out"
NOT_ACCEDED: Final = "it has not acceded to the new version of the agreement in time"
"""Reasons of suspensions in the ledger."""

_WORDS: Final[Mapping[str, Text]] = {
    RAN_OUT: Text(uk="строк дії висновку минув", en=RAN_OUT),
    NOT_ACCEDED: Text(uk="вона вчасно не приєдналася до нової редакції договору", en=NOT_ACCEDED),
}


def reason_in_words(reason: str | None) -> Text:
    """Return a recorded reason for people: the system's own in both languages, a person's as it was written."""
    text = reason or "-"
    return _WORDS.get(text, Text(uk=text, en=text))
