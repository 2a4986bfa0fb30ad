"""From rows to candidates: what an institution's record would hold, and what is wrong with the row. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from provisioning.edebo.addresses import Address, read_address
from provisioning.edebo.cleaning import (
    Cleaned,
    clean_edrpou,
    clean_katottg,
    clean_name,
    is_branch,
    is_nothing,
    oblast_named,
    oblast_of,
    plain,
)
from provisioning.edebo.decisions import Decisions
from provisioning.edebo.findings import Finding, Outcome, Subject, Weight
from provisioning.edebo.kinds import kind_of
from provisioning.edebo.placement import Place
from provisioning.edebo.rows import Row
from provisioning.edebo.states import RegisterState, state_of
from provisioning.model.institution import Kind, Source
from provisioning.model.katottg import hromada_of
from provisioning.registry.schema.fields import NAME_CHARACTERS

_MENDED: Final = "nothing to do, unless it was mended wrongly"
_CHECK: Final = "ask the institution, then correct the record in YAML; the next import keeps it"


@dataclass(frozen=True, slots=True)
class Lack:
    """A field that cannot be used: without it there is no new record, and a known one keeps what it has."""

    code: str
    message: str
    remedy: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row with a valid id and a known state. Fields that could not be used are None and named in `lacks`.

    `governance` is the register's free text. `parent` is an EDEBO id, for a branch; the register nearly always leaves
    it out, even where it says `is_branch`. `said` is its own word for the state, or the day since which it blocks the
    institution; `choices` are the addresses of which a person has to choose one.
    """

    source: Source
    edebo_id: int
    kind: Kind | None
    name: str | None
    email: str | None
    edrpou: str | None
    katottg: str | None
    oblast: str | None
    governance: str
    parent: int | None
    state: RegisterState
    said: str
    is_branch: bool
    choices: tuple[str, ...] = ()
    lacks: tuple[Lack, ...] = ()

    @property
    def hromada(self) -> str | None:
        """`UA` and seven digits of the hromada where it lies."""
        return hromada_of(self.katottg)

    @property
    def place(self) -> Place:
        """Where it lies, as far as the row says."""
        return Place.of(self.oblast, self.katottg)

    @property
    def subject(self) -> Subject:
        """How people know it."""
        return Subject(self.name or "", self.oblast or "", self.governance)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row: its candidate, or what became of it without one; and its findings so far."""

    candidate: Candidate | None
    findings: tuple[Finding, ...] = ()
    outcome: Outcome = Outcome.REJECTED


@dataclass(slots=True)
class _Gathering:
    """Findings and lacks of one row."""

    row: Row
    edebo_id: int | None
    found: list[Finding] = field(default_factory=list)
    lacks: list[Lack] = field(default_factory=list)

    def add(self, weight: Weight, code: str, message: str, remedy: str) -> None:
        subject = Subject(plain(self.row.name), "", plain(self.row.governance))
        self.found.append(Finding(weight, code, self.row.source, self.edebo_id, message, remedy, subject=subject))

    def keep(self, weight: Weight, code: str, cleaned: Cleaned, remedy: str) -> str | None:
        """The value; its remark becomes a finding."""
        if cleaned.remark is not None:
            self.add(weight, code, cleaned.remark, remedy)
        return cleaned.value

    def lack(self, code: str, message: str, remedy: str, about: str = "") -> None:
        self.lacks.append(Lack(code, message, remedy, about))


def candidates(rows: Iterable[Row], decided: Decisions, koatuu: Mapping[str, str]) -> Iterator[ReadRow]:
    """Yield each row, read. `koatuu` turns legacy codes of places into KATOTTG. Of two rows with one id the first
    counts.
    """
    seen: dict[int, Candidate] = {}
    kinds = {plain(name): kind for name, kind in decided.kinds.items()}
    for row in rows:
        read = _read(row, kinds, decided.emails, koatuu)
        if read.candidate is not None:
            first = seen.setdefault(read.candidate.edebo_id, read.candidate)
            if first is not read.candidate:
                yield _repeated(read.candidate, first)
                continue
        yield read


def _read(row: Row, kinds: Mapping[str, Kind], emails: Mapping[int, str], koatuu: Mapping[str, str]) -> ReadRow:
    number = _positive(row.id)
    gathering = _Gathering(row, number)
    state = _state(row)
    if row.fault is not None:
        remedy = "download the export again; a whole last line ends with a line end, a cell with a delimiter has quotes"
        gathering.add(Weight.REJECTED, "cells", row.fault, remedy)
        return ReadRow(None, tuple(gathering.found))
    if number is None:
        gathering.add(Weight.REJECTED, "id", f"“{row.id[:40]}” is not an institution_id", "correct it in the register")
    if state is None:
        words = plain(row.state or "")[:60]
        message = f"the state “{words}” is not known"
        gathering.add(Weight.REJECTED, "state", message, "find out; add or change the record by hand")
    if number is None or state is None:
        return ReadRow(None, tuple(gathering.found))
    name = gathering.keep(Weight.NOTE, "name-letters", clean_name(row.name), _MENDED)
    oblast, katottg = _place(gathering, row, _katottg(gathering, row, koatuu))
    address = _address(gathering, row, emails.get(number), state)
    candidate = Candidate(
        source=row.source,
        edebo_id=number,
        kind=_kind(gathering, row, kinds),
        name=_name(gathering, name),
        email=address.value,
        edrpou=gathering.keep(Weight.PERSON, "edrpou", clean_edrpou(row.edrpou), _CHECK),
        katottg=katottg,
        oblast=oblast,
        governance=plain(row.governance),
        parent=None if (parent := _positive(row.parent)) == number else parent,
        state=state,
        said=plain(row.state or row.closed_on),
        is_branch=is_branch(row.standing),
        choices=address.several,
    )
    found = tuple(replace(one, subject=candidate.subject) for one in gathering.found)
    return ReadRow(replace(candidate, lacks=tuple(gathering.lacks)), found)


def _state(row: Row) -> RegisterState | None:
    """What the state says; other kinds of institution have the day since which the register blocks them instead."""
    if row.state is None:
        return RegisterState.OPEN if is_nothing(row.closed_on) else RegisterState.CLOSED
    return None if is_nothing(row.state) else state_of(row.state)


def _kind(gathering: _Gathering, row: Row, kinds: Mapping[str, Kind]) -> Kind | None:
    words = plain(row.type)
    kind = kinds.get(words) or kind_of(words)
    if kind is None:
        message = f"the type “{words[:80]}” is not known"
        gathering.lack("type", message, "say what it is under `kinds:` in --map", words)
    return kind


def _name(gathering: _Gathering, name: str | None) -> str | None:
    if not name:
        gathering.lack("name", "the row has no name", "correct it in the register")
    elif len(name) > NAME_CHARACTERS:
        message = f"the name has {len(name)} characters"
        gathering.lack("name-long", message, "write its official name into YAML")
        return None
    return name or None


def _address(gathering: _Gathering, row: Row, decided: str | None, state: RegisterState) -> Address:
    """The one address; a decision of a person comes first. A row that is over needs none."""
    if decided is not None:
        return Address(decided)
    if is_nothing(row.email):
        address = Address(fault="the register has no e-mail address")
    else:
        address = read_address(plain(row.email))
    if address.mended is not None:
        gathering.add(Weight.NOTE, "email-mended", address.mended, _MENDED)
    if address.value is None and not state.is_over:
        code = "email-several" if address.several else "email"
        remedy = "choose one under `emails:` in --map" if address.several else "the base key needs one official address"
        gathering.lack(code, address.fault or "no e-mail address", remedy)
    return address


def _katottg(gathering: _Gathering, row: Row, koatuu: Mapping[str, str]) -> str | None:
    code = gathering.keep(Weight.PERSON, "katottg", clean_katottg(row.katottg), _CHECK)
    if code is not None or is_nothing(row.koatuu):
        return code
    legacy = plain(row.koatuu).zfill(10)
    found = clean_katottg(koatuu.get(legacy, "")).value
    if found is not None and found[2:4] != legacy[:2]:
        found = None
    if found is None:
        gathering.add(
            Weight.PERSON,
            "koatuu",
            f"only the legacy KOATUU code {legacy[:20]} is given; katottg was left out",
            "add katottg in YAML: the table has no one place for it" if koatuu else "give a table with --koatuu",
        )
    return found


def _place(gathering: _Gathering, row: Row, katottg: str | None) -> tuple[str | None, str | None]:
    """The oblast that both codes of the place and the region's name agree on, and the code; neither where they
    do not.
    """
    told = {
        "КАТОТТГ": katottg and katottg[2:4],
        "КОАТУУ": oblast_of(row.koatuu),
        "region": oblast_named(plain(row.region)),
    }
    said = {what: oblast for what, oblast in told.items() if oblast is not None}
    if len(set(said.values())) > 1:
        words = ", ".join(f"{what} {oblast}" for what, oblast in said.items())
        gathering.add(
            Weight.PERSON, "region", f"it lies in several oblasts: {words}", "correct the row in the register"
        )
        return None, None
    return next(iter(said.values()), None), katottg


def _repeated(candidate: Candidate, first: Candidate) -> ReadRow:
    def finding(weight: Weight, code: str, message: str, remedy: str) -> tuple[Finding, ...]:
        number, subject = candidate.edebo_id, candidate.subject
        return (Finding(weight, code, candidate.source, number, message, remedy, subject=subject),)

    if replace(candidate, source=first.source) == first:
        message = f"the same row stands at {first.source} already"
        return ReadRow(None, finding(Weight.NOTE, "duplicate-row", message, "nothing to do"), Outcome.REPEATED)
    message = f"another row with this institution_id stands at {first.source}; that one was taken"
    return ReadRow(None, finding(Weight.REJECTED, "second-row", message, "compare the two in the register"))


def _positive(text: str) -> int | None:
    digits = plain(text).removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        return None
    return int(digits) or None
