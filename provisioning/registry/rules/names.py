"""Names that look like something they are not: Latin letters inside Cyrillic words, two names that look the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provisioning.model.text import folded
from provisioning.registry.problems import Problem, shown, warning
from provisioning.registry.records import Record
from provisioning.registry.rules.scene import Scene

_LATIN: Final = re.compile("[A-Za-z]")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_WORD: Final = re.compile(r"[^\W\d_]+")


def mixed_letters(scene: Scene) -> Iterator[Problem]:
    """Report words of a name that mix Latin and Cyrillic letters: a search by its typed name would not find the
    institution.
    """
    for record in scene.records:
        name = record.entry.get("name", "")
        if not _LATIN.search(name):
            continue
        for word in _WORD.findall(name):
            if _LATIN.search(word) and _CYRILLIC.search(word):
                message = f"the word “{shown(word)}” mixes Latin and Cyrillic letters: {_marked(word)}"
                yield warning("mixed-letters", record.at("name"), message, "type the word again in one alphabet")


def alike_names(scene: Scene) -> Iterator[Problem]:
    """Report two institutions under one superior whose names look the same."""
    first: dict[tuple[str | None, str], Record] = {}
    for record in scene.records:
        name = record.entry.get("name")
        if name is None or not record.alive:
            continue
        other = first.setdefault((record.superior, folded(name)), record)
        if other is not record:
            message = f"the name looks the same as the one at {other.at('name')}, under the same superior"
            remedy = "tell them apart by number or place, or remove one of the two"
            yield warning("alike-names", record.at("name"), message, remedy)


def _marked(word: str) -> str:
    """Which letters belong to the alphabet that is rarer in the word."""
    latin, cyrillic = _LATIN.findall(word), _CYRILLIC.findall(word)
    rarer, alphabet = (latin, "Latin") if len(latin) <= len(cyrillic) else (cyrillic, "Cyrillic")
    return f"{alphabet} {', '.join(dict.fromkeys(rarer))}"
