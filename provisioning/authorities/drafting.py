"""The draft of a file of authorities: governing bodies of the register that are not here, for people to complete. Pure.

Each line is one council or department of one place, under its most frequent name, with the code of its hromada where
names and codes of places agree on one. EDRPOU codes and addresses are not in the register: people add them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from provisioning.authorities.codifier import Codifier
from provisioning.authorities.lines import HEADINGS, RANK_WORDS, Rank
from provisioning.edebo.bodies import BodyName, body_name
from provisioning.edebo.report import table
from provisioning.edebo.results import OpenRow
from provisioning.edebo.wording import HROMADA, Level
from provisioning.model.katottg import NATIONAL

_COLUMNS: Final = (*HEADINGS.values(), "Закладів", "Інші написання")
_SPELLINGS: Final = 5
_Key = tuple[str, str, str]


def draft_authorities(rows: Iterable[OpenRow], codifier: Codifier) -> tuple[str, int]:
    """Return the file as CSV for Excel, and how many bodies are no council, administration or ministry and so not in
    it.
    """
    texts: defaultdict[_Key, Counter[str]] = defaultdict(Counter)
    others: set[tuple[str, str]] = set()
    for row in rows:
        candidate = row.candidate
        body = body_name(candidate.governance)
        key = _key(body, candidate.oblast or "", candidate.hromada, codifier)
        if key is None:
            others.add((candidate.oblast or "", candidate.governance))
        else:
            texts[key][candidate.governance] += 1
    lines = [_line(key, found, codifier) for key, found in sorted(texts.items())]
    return table(lines, _COLUMNS), len(others)


def _key(body: BodyName, oblast: str, hromada: str | None, codifier: Codifier) -> _Key | None:
    """Oblast, code of place and rank: what makes one authority; None for what is none, such as a private founder."""
    if body.rest or not body.is_educational or not body.says_something:
        return None
    if Level.NATIONAL in body.levels:
        return NATIONAL, " ".join(sorted(body.subjects)), Rank.MINISTRY.value
    if Level.OBLAST in body.levels:
        return oblast, " ".join(sorted(body.organs)), Rank.OBLAST.value
    if body.district:
        return oblast, f"{body.district} {body.city[:3]}", Rank.DISTRICT.value
    if Level.RAION in body.levels:
        return oblast, body.place, Rank.RAION.value
    return oblast, _hromada(body, oblast, hromada, codifier), Rank.HROMADA.value


def _hromada(body: BodyName, oblast: str, hromada: str | None, codifier: Codifier) -> str:
    """The hromada's code where name and place agree on it, or the oblast has one of that name; else the name."""
    named = codifier.by_stem.get((oblast, body.place), frozenset())
    if hromada is not None and (not body.place or hromada in named):
        return hromada
    if len(named) == 1:
        return next(iter(named))
    levels = "" if body.levels == HROMADA else " ".join(sorted(body.levels))
    return f"{body.place} {levels}"


def _line(key: _Key, texts: Counter[str], codifier: Codifier) -> dict[str, str]:
    oblast, place, rank = key
    departments = Counter({text: count for text, count in texts.items() if body_name(text).head})
    name = (departments or texts).most_common(1)[0][0]
    code = codifier.oblasts.get(oblast, "") if rank == Rank.OBLAST.value else codifier.hromadas.get(place, "")
    others = [text for text, _ in texts.most_common(_SPELLINGS + 1) if text != name][:_SPELLINGS]
    return {
        **dict.fromkeys(_COLUMNS, ""),
        HEADINGS["name"]: name,
        HEADINGS["katottg"]: code,
        HEADINGS["level"]: RANK_WORDS[Rank(rank)],
        "Закладів": str(texts.total()),
        "Інші написання": " | ".join(others),
    }
