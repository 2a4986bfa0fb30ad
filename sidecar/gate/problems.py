"""Refusals as problem documents. Owns their shape; the words are `provisioning.gate.explanations`. Source: RFC 9457."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final

from provisioning.gate.explanations import EXPLANATIONS
from provisioning.gate.reasons import Reason

PAGE: Final = "/problems/"
"""Path in the sidecar under which each reason is explained; the problem's type is an address there."""

_ENGLISH_FIRST: Final = re.compile(r"\s*en\b", re.IGNORECASE)


def problem(reason: Reason, base_url: str, accept_language: str, decision: str, right: str | None) -> str:
    """Return the problem document as one line of ASCII, so that it may travel in a header too.

    Ukrainian unless the client prefers English; English is always there besides, under `en`.
    """
    english = _ENGLISH_FIRST.match(accept_language) is not None
    document = {**_words(reason, base_url, english), "decision": decision}
    if right is not None:
        document["right"] = right
    return json.dumps(document, ensure_ascii=True)


@cache
def _words(reason: Reason, base_url: str, english: bool) -> dict[str, Any]:
    said = EXPLANATIONS[reason]
    words: dict[str, Any] = {
        "type": f"{base_url}{PAGE}{reason.value}",
        "title": said.title.en if english else said.title.uk,
        "status": reason.status,
        "detail": said.detail.en if english else said.detail.uk,
    }
    return words if english else {**words, "en": {"title": said.title.en, "detail": said.detail.en}}
