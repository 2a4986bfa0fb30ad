"""From rows to candidates: what an institution's record would hold, or why the row is rejected. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from provisioning.edebo.cleaning import (
    Cleaned,
    clean_edrpou,
    clean_email,
    clean_katottg,
    clean_name,
    is_branch,
    is_closed,
    is_nothing,
    kind_of,
    oblast_of,
    plain,
)
from provisioning.edebo.findings import Finding, Weight
from provisioning.edebo.rows import Row
from provisioning.model.institution import Kind, Source
from provisioning.registry.schema.fields import NAME_CHARACTERS

_MENDED: Final = "nothing to do, unless it was mended wrongly"
_CHECK: Final = "ask the institution, then correct the record in YAML; the next import keeps it"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can become a record.

    `governance` is the register's free text. `parent` is an EDEBO id, for a branch; the register nearly always leaves
    it out, even where it says `is_branch`. `state` is its own word, or the day since which it blocks the institution.
    """

    source: Source
    edebo_id: int
    kind: Kind
    name: str
    email: str
    edrpou: str | None
    katottg: str | None
    oblast: str | None
    governance: str
    parent: int | None
    closed: bool
    state: str
    is_branch: bool


@dataclass(slots=True)
class _Gathering:
    """Findings of one row."""

    row: Row
    edebo_id: int | None
    found: list[Finding] = field(default_factory=list)

    def add(self, weight: Weight, code: str, message: str, remedy: str, about: str = "") -> None:
        self.found.append(Finding(weight, code, self.row.source, self.edebo_id, message, remedy, about))

    def keep(self, weight: Weight, code: str, cleaned: Cleaned, remedy: str) -> str | None:
        """The value; its remark becomes a finding."""
        if cleaned.remark is not None:
            self.add(weight, code, cleaned.remark, remedy)
        return cleaned.value

    def reject(self, code: str, message: str, remedy: str, about: str = "") -> None:
        self.add(Weight.REJECTED, code, message, remedy, about)


def candidates(
    rows: Iterable[Row], kinds: Mapping[str, Kind], koatuu: Mapping[str, str]
) -> Iterator[Candidate | tuple[Finding, ...]]:
    """Each row as a candidate, followed by its findings; a rejected row gives its findings only.

    `kinds` says what unknown types of institution are, `koatuu` turns legacy codes of places into KATOTTG.
    Two rows with one id: the first counts.
    """
    seen: dict[int, Candidate] = {}
    for row in rows:
        candidate, found = _candidate(row, kinds, koatuu)
        if candidate is not None:
            first = seen.setdefault(candidate.edebo_id, candidate)
            if first is not candidate:
                yield (_duplicate(candidate, first),)
                continue
            yield candidate
        if found:
            yield tuple(found)


def _candidate(
    row: Row, kinds: Mapping[str, Kind], koatuu: Mapping[str, str]
) -> tuple[Candidate | None, list[Finding]]:
    number = _positive(row.id)
    gathering = _Gathering(row, number)
    if number is None:
        gathering.reject("id", f"“{row.id[:40]}” is not an institution_id", "correct it in the register")
        return None, gathering.found
    kind = kinds.get(plain(row.type)) or kind_of(row.type)
    name = gathering.keep(Weight.NOTE, "name-letters", clean_name(row.name), _MENDED)
    closed = _closed(row)
    email = _email(gathering, row, closed)
    katottg = _katottg(gathering, row, koatuu)
    edrpou = gathering.keep(Weight.PERSON, "edrpou", clean_edrpou(row.edrpou), _CHECK)
    _reject_unusable(gathering, row, kind, name, closed)
    if kind is None or not name or closed is None or len(name) > NAME_CHARACTERS or (email is None and not closed):
        return None, gathering.found
    ready = Candidate(
        source=row.source,
        edebo_id=number,
        kind=kind,
        name=name,
        email=email or "",
        edrpou=edrpou,
        katottg=katottg,
        oblast=oblast_of(katottg, row.koatuu),
        governance=plain(row.governance),
        parent=_positive(row.parent),
        closed=closed,
        state=plain(row.state or row.closed_on),
        is_branch=is_branch(row.standing),
    )
    return ready, gathering.found


def _email(gathering: _Gathering, row: Row, closed: bool | None) -> str | None:
    cleaned = clean_email(row.email)
    if cleaned.value is None and not closed:
        gathering.reject("email", cleaned.remark or "no e-mail address", "the base key needs one official address")
        return None
    return gathering.keep(Weight.PERSON, "email-several", cleaned, _CHECK) if cleaned.value else None


def _katottg(gathering: _Gathering, row: Row, koatuu: Mapping[str, str]) -> str | None:
    code = gathering.keep(Weight.PERSON, "katottg", clean_katottg(row.katottg), _CHECK)
    if code is not None or is_nothing(row.koatuu):
        return code
    legacy = plain(row.koatuu).zfill(10)
    found = clean_katottg(koatuu.get(legacy, "")).value
    if found is None:
        gathering.add(
            Weight.PERSON,
            "koatuu",
            f"only the legacy KOATUU code {legacy[:20]} is given; katottg was left out",
            "add katottg in YAML: the table has no one place for it" if koatuu else "give a table with --koatuu",
        )
    return found


def _reject_unusable(gathering: _Gathering, row: Row, kind: Kind | None, name: str | None, closed: bool | None) -> None:
    if kind is None:
        words = plain(row.type)
        gathering.reject(
            "type", f"the type “{words[:80]}” is not known", "say what it is under `kinds:` in --map", words
        )
    if not name:
        gathering.reject("name", "the row has no name", "correct it in the register")
    elif len(name) > NAME_CHARACTERS:
        gathering.reject("name-long", f"the name has {len(name)} characters", "write its official name into YAML")
    if closed is None:
        gathering.reject("state", f"the state “{plain(row.state or '')[:60]}” is not known", "add the record by hand")


def _duplicate(candidate: Candidate, first: Candidate) -> Finding:
    same = replace(candidate, source=first.source) == first
    if same:
        return Finding(
            Weight.NOTE,
            "duplicate-row",
            candidate.source,
            candidate.edebo_id,
            f"the same row stands at {first.source} already",
            "nothing to do",
        )
    return Finding(
        Weight.REJECTED,
        "second-row",
        candidate.source,
        candidate.edebo_id,
        f"another row with this institution_id stands at {first.source}; that one was taken",
        "compare the two in the register",
    )


def _closed(row: Row) -> bool | None:
    """What the state says; other kinds of institution have the day since which the register blocks them instead."""
    if row.state is None:
        return not is_nothing(row.closed_on)
    return None if is_nothing(row.state) else is_closed(row.state)


def _positive(text: str) -> int | None:
    digits = plain(text).removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        return None
    return int(digits) or None
