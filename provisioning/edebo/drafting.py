"""The draft of a map: every word of the register that a person has to explain, with what speaks for which answer. Pure.

Governing bodies stand by oblast, the most frequent first. Each says how many institutions name it and in which hromadas
they lie, three of their names, the authority that they are under now and what their body was before, and a suggestion
with its reason, which is only ever of the same oblast. Bodies that were placed by themselves follow as comments.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provisioning.edebo.decisions import NO_OBLAST, quoted
from provisioning.edebo.results import Import, OpenRow
from provisioning.model.katottg import OBLASTS
from provisioning.model.text import folded

_HEAD: Final = (
    "# Words of the register that need a person. Write the id of an authority, a kind, or an address instead of null,",
    "# and give this file to `provision import edebo --map`: what is answered is kept and not asked again.",
    "# Слова реєстру, які не вдалося розпізнати. Замість null впишіть код органу, вид закладу або адресу.",
)
_SAMPLES: Final = 3
_HROMADAS: Final = 4
"""So many hromadas are listed; the rest are counted."""


@dataclass(frozen=True, slots=True)
class _Body:
    """Open rows of one governing body in one oblast."""

    oblast: str
    name: str
    rows: tuple[OpenRow, ...]
    is_whole: bool

    @property
    def by_hromada(self) -> dict[str, list[OpenRow]]:
        """Its rows by hromada, those without a code under `else`."""
        found: defaultdict[str, list[OpenRow]] = defaultdict(list)
        for row in self.rows:
            found[row.candidate.hromada or "else"].append(row)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def draft(result: Import) -> str:
    """Write the YAML of a map with all that is open."""
    return "\n".join([*_HEAD, *_authorities(result), *_kinds(result), *_emails(result)]) + "\n"


def decisions_needed(result: Import) -> int:
    """Return how many lines of the draft wait for a person."""
    return sum(line.endswith(": null") for line in draft(result).splitlines())


def _authorities(result: Import) -> Iterator[str]:
    by_oblast: defaultdict[str, list[_Body]] = defaultdict(list)
    for body in _bodies(result):
        by_oblast[body.oblast].append(body)
    for oblast, *_ in (*result.placed, *result.followed):
        by_oblast.setdefault(oblast or NO_OBLAST, [])
    yield "authorities:" if any(by_oblast.values()) else "authorities: {}"
    for oblast in sorted(by_oblast):
        if by_oblast[oblast]:
            yield f'  "{oblast}":  # {OBLASTS.get(oblast, "rows without an oblast")}'
        for body in sorted(by_oblast[oblast], key=lambda one: (-len(one.rows), one.name)):
            yield from _body(body, result)
        yield from _placed(oblast, result)


def _bodies(result: Import) -> Iterator[_Body]:
    found: defaultdict[tuple[str, str], list[OpenRow]] = defaultdict(list)
    for row in result.open_rows:
        if row.candidate.governance:
            found[row.candidate.oblast or "", folded(row.candidate.governance)].append(row)
    for key, rows in found.items():
        whole = len(rows) == result.named[key]
        yield _Body(key[0] or NO_OBLAST, rows[0].candidate.governance, tuple(rows), whole)


def _body(body: _Body, result: Import) -> Iterator[str]:
    """One line for the whole oblast; a line per hromada where these need different answers."""
    suggested = {(row.found.suggestion.id if row.found.suggestion else None) for row in body.rows}
    if body.is_whole and len(suggested - {None}) <= 1:
        yield from (f"    # {line}" for line in _about(body.rows, result))
        yield f"    {quoted(body.name)}: null"
        return
    yield f"    {quoted(body.name)}:"
    for hromada, rows in body.by_hromada.items():
        yield from (f"      # {line}" for line in _about(rows, result))
        yield f"      {hromada}: null"


def _about(rows: Sequence[OpenRow], result: Import) -> Iterator[str]:
    hromadas = Counter(row.candidate.hromada or "without a code" for row in rows)
    listed = [f"{name} ({count})" for name, count in hromadas.most_common(_HROMADAS)]
    rest = len(hromadas) - len(listed)
    yield f"institutions: {len(rows)}; hromadas: {', '.join(listed)}" + (f" and {rest} more" if rest else "")
    names = [f"{row.candidate.edebo_id} {row.candidate.name or 'without a name'}" for row in rows[:_SAMPLES]]
    yield f"such as {'; '.join(names)}"
    for (before, under), count in Counter((row.before, row.under) for row in rows).most_common(_SAMPLES):
        if under is not None:
            yield f"now under {under}: {count}" + (f", whose body was {quoted(before)}" if before else "")
    if (hint := _suggestion(rows, result)) is not None:
        yield hint


def _suggestion(rows: Sequence[OpenRow], result: Import) -> str | None:
    """What speaks for one answer: names and places first, else that a body is named no more and another took over."""
    found = Counter(row.found.suggestion for row in rows if row.found.suggestion is not None)
    if found:
        (best, _), *_others = found.most_common(1)
        return f'suggested: "{best.id}" {best.name}: {best.reason}'
    before = {(row.before, row.under) for row in rows}
    if len(before) == 1 and (only := next(iter(before)))[0] and only[1]:
        oblast = rows[0].candidate.oblast or ""
        if not result.named[oblast, folded(only[0])] and only[1][:2] in (oblast, "00"):
            return f'suggested: "{only[1]}": no row names {quoted(only[0])} any more, it was renamed or reorganised'
    return None


def _placed(oblast: str, result: Import) -> Iterator[str]:
    for (there, body, identifier), count in sorted(result.placed.items(), key=lambda item: (-item[1], item[0])):
        if (there or NO_OBLAST) == oblast:
            yield f'    # placed by name and place, institutions: {count}; to change: {quoted(body)}: "{identifier}"'

    for (there, before, body, identifier), count in sorted(
        result.followed.items(), key=lambda item: (-item[1], item[0])
    ):
        if (there or NO_OBLAST) == oblast:
            yield f'    # followed, institutions: {count}; of {quoted(before)} now {quoted(body)}: "{identifier}"'


def _kinds(result: Import) -> Iterator[str]:
    words = Counter(one.about for one in result.findings if one.code == "type" and one.about)
    yield "kinds:" if words else "kinds: {}"
    for word, rows in _frequent_first(words.items()):
        yield f"  # rows: {rows}"
        yield f"  {quoted(word)}: null"


def _emails(result: Import) -> Iterator[str]:
    yield "emails:" if result.choices else "emails: {}"
    for candidate in sorted(result.choices, key=lambda one: one.edebo_id):
        yield f"  # {candidate.name or 'without a name'}: {', '.join(candidate.choices)}"
        yield f'  "{candidate.edebo_id}": null'


def _frequent_first(words: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(words, key=lambda item: (-item[1], item[0]))
