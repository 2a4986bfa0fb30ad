"""Why an API key is cut off: a closed list, with words for people. Source: order cl. 8, 10."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from provisioning.model.text import Text


class CutOffReason(StrEnum):
    """The closed list of reasons."""

    REQUEST = "request"
    LEAK = "leak"
    OIS = "ois"
    INCIDENT = "incident"


CUT_OFF_WORDS: Final[Mapping[CutOffReason, Text]] = {
    CutOffReason.REQUEST: Text("звернення закладу (органу)", "request of the institution or authority"),
    CutOffReason.LEAK: Text("ключ потрапив у відкритий доступ", "the key was found in public"),
    CutOffReason.OIS: Text("припинення доступу ОІС", "the OIS lost its access"),
    CutOffReason.INCIDENT: Text("кіберінцидент або його загроза", "a cyber incident or the risk of one"),
}
