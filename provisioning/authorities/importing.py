"""Lines of authorities against the configuration: what is new, what changed, and what cannot be taken. Pure.

A file that people completed is their word: where a record and a line differ, the line counts. An authority is known by
its id, else by its EDRPOU code, else by its name within its oblast.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provisioning.authorities.lines import Line, Rank
from provisioning.edebo.findings import Finding, Outcome, Subject, Weight
from provisioning.edebo.results import Values
from provisioning.model.id_ranges import AUTHORITIES, number_of
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution, Kind
from provisioning.model.katottg import NATIONAL, authority_oblast
from provisioning.model.text import folded

_ORDER: Final = {rank: number for number, rank in enumerate(Rank)}
_CORRECT: Final = "correct the line and import the file again"


@dataclass(slots=True)
class Result:
    """What an import of authorities came to; `taken` holds the id of each line that was taken, by its position."""

    added: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[InstitutionId, Values] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    taken: dict[int, InstitutionId] = field(default_factory=dict)

    def add(self, line: Line, weight: Weight, code: str, message: str, remedy: str = _CORRECT) -> None:
        """Add one finding about a line."""
        subject = Subject(line.name, "" if line.katottg is None else line.katottg[2:4])
        self.findings.append(Finding(weight, code, line.source, None, message, remedy, "", subject))


@dataclass(slots=True)
class Directory:
    """Authorities by everything that people call them by; those that lines bring in are learnt."""

    by_id: dict[str, Institution | None] = field(default_factory=dict)
    by_edrpou: defaultdict[str, set[InstitutionId]] = field(default_factory=lambda: defaultdict(set))
    by_name: defaultdict[tuple[str, str], set[InstitutionId]] = field(default_factory=lambda: defaultdict(set))
    of_rank: defaultdict[tuple[str, Rank], set[InstitutionId]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, identifier: InstitutionId, oblast: str, name: str, edrpou: str | None, rank: Rank | None) -> None:
        """Add one authority more."""
        self.by_id.setdefault(identifier, None)
        self.by_name[oblast, folded(name)].add(identifier)
        if edrpou is not None:
            self.by_edrpou[edrpou].add(identifier)
        if rank is not None:
            self.of_rank[oblast, rank].add(identifier)

    def find(self, text: str, oblast: str) -> InstitutionId | None:
        """Return the one authority that an id, an EDRPOU code or a name means in an oblast; None for none and for
        several.
        """
        if text in self.by_id:
            return InstitutionId(text)
        for found in (self.by_edrpou.get(text), self.by_name.get((oblast, folded(text)))):
            if found is not None and len(found) == 1:
                return next(iter(found))
        national = self.by_name.get((NATIONAL, folded(text)), ())
        return next(iter(national)) if len(national) == 1 else None


@dataclass(slots=True)
class Importer:
    """Decides over all lines at once: superiors may stand further down in the file."""

    institutions: Sequence[Institution]
    values: Mapping[str, Mapping[str, Any]]
    directory: Directory = field(default_factory=Directory)
    result: Result = field(default_factory=Result)
    _used: set[str] = field(default_factory=set)

    def take(self, lines: Sequence[Line]) -> Result:
        """Take higher ranks first, so that each finds its superior."""
        root = next((one.id for one in self.institutions if one.superior is None), None)
        for one in self.institutions:
            self._used.add(one.id)
            if one.kind.is_authority and one.deactivated is None:
                self.directory.by_id[one.id] = one
                rank = Rank.MINISTRY if one.superior is None else Rank.OBLAST if one.superior == root else None
                self.directory.learn(one.id, _oblast(one), one.name, one.edrpou, rank)
        known = [(position, line, self._known(line)) for position, line in enumerate(lines)]
        known.sort(key=lambda one: (_ORDER.get(one[1].rank or Rank.CITY, 9), one[0]))
        for position, line, here in known:
            self.result.outcomes[self._one(position, line, here)] += 1
        return self.result

    def _known(self, line: Line) -> Institution | None:
        oblast = NATIONAL if line.rank is Rank.MINISTRY else (line.katottg or f"  {line.id}")[2:4]
        for text in filter(None, (line.id, line.edrpou, line.name)):
            found = self.directory.find(text, oblast)
            if found is not None:
                return self.directory.by_id[found]
        return None

    def _one(self, position: int, line: Line, here: Institution | None) -> Outcome:
        for code, message in line.faults:
            self.result.add(line, Weight.REJECTED, code, message)
        if line.faults:
            return Outcome.REJECTED
        if here is None and line.email is None:
            message = "no e-mail address is given, and no base key goes to an address that nobody gave"
            self.result.add(line, Weight.REJECTED, "email", message, "ask the authority for its official address")
            return Outcome.REJECTED
        if here is not None and here.id in self.result.taken.values():
            self.result.add(line, Weight.REJECTED, "second-line", f"another line is about {here.id} already")
            return Outcome.REJECTED
        oblast = self._oblast(line, here)
        superior = self._superior(line, here, oblast)
        identifier = here.id if here is not None else self._identifier(line, oblast)
        if identifier is None or superior is None:
            return Outcome.REJECTED
        self.result.taken[position] = identifier
        self.directory.learn(identifier, oblast or "", line.name, line.edrpou, line.rank)
        return self._write(line, here, identifier, superior)

    def _write(self, line: Line, here: Institution | None, identifier: InstitutionId, superior: str) -> Outcome:
        wanted = {
            "name": line.name,
            "edrpou": line.edrpou,
            "katottg": line.katottg,
            "authority": superior or None,
            "email": line.email,
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        if here is None:
            self.result.added[identifier[:2]].append({"id": identifier, "kind": Kind.AUTHORITY.value, **given})
            return Outcome.ADDED
        now = self.values[identifier]
        differing = {name: value for name, value in given.items() if now.get(name) != value}
        if differing:
            self.result.changed[identifier] = differing
        return Outcome.CHANGED if differing else Outcome.AGREES

    def _oblast(self, line: Line, here: Institution | None) -> str | None:
        """By what is known; the ministry and others of its rank are of none."""
        if here is not None:
            return _oblast(here)
        if line.rank is Rank.MINISTRY:
            return NATIONAL
        if line.katottg is not None:
            return line.katottg[2:4]
        return line.id[:2] if line.id else None

    def _superior(self, line: Line, here: Institution | None, oblast: str | None) -> str | None:
        """Its superior's id, empty for the root; None, with a finding, when nobody can say."""
        if line.superior:
            found = self.directory.find(line.superior, oblast or NATIONAL)
            if found is None or (here is not None and found == here.id):
                self.result.add(line, Weight.REJECTED, "superior", f"“{line.superior[:80]}” is no one authority here")
                return None
            return found
        if here is not None:
            return here.superior or ""
        above = self._above(line.rank, oblast)
        if len(above) != 1:
            message = "neither its superior nor its level says under whom it is"
            remedy = "give the superior's id, EDRPOU code or name, or a level whose superior is here once"
            self.result.add(line, Weight.REJECTED, "superior", message, remedy)
            return None
        return next(iter(above))

    def _above(self, rank: Rank | None, oblast: str | None) -> set[InstitutionId]:
        """By rank: an oblast's department is under the ministry, everything else under the oblast's department."""
        if rank in (Rank.MINISTRY, Rank.OBLAST):
            return {one.id for one in self.institutions if one.superior is None}
        return self.directory.of_rank[oblast or "", Rank.OBLAST] if rank is not None else set()

    def _identifier(self, line: Line, oblast: str | None) -> InstitutionId | None:
        """The id of the line, when it is of the authorities' range, else the first free one of its hromada's."""
        if line.id:
            if line.id in self._used or line.id[2:3] != "-" or number_of(line.id) not in AUTHORITIES:
                message = f"the id {line.id[:20]} is taken, or not of the authorities' range (9000000 to 9999999)"
                self.result.add(line, Weight.REJECTED, "id", message, "leave the id empty: one is made")
                return None
            self._used.add(line.id)
            return InstitutionId(line.id)
        if oblast is None:
            self.result.add(line, Weight.REJECTED, "oblast", "neither KATOTTG nor level says of which oblast it is")
            return None
        first = AUTHORITIES.start + 10 * int((line.katottg or "UA0000000")[4:9])
        free = (f"{oblast}-{number}" for number in range(first, AUTHORITIES.stop))
        identifier = next((one for one in free if one not in self._used), None)
        if identifier is None:
            self.result.add(line, Weight.REJECTED, "id", "no id is free in the authorities' range")
            return None
        self._used.add(identifier)
        return InstitutionId(identifier)


def _oblast(one: Institution) -> str:
    return authority_oblast(one.id, one.katottg)


def living_below(institutions: Iterable[Institution], authority: str) -> list[Institution]:
    """Return the institutions and authorities directly under an authority that are not deactivated."""
    return [one for one in institutions if one.superior == authority and one.deactivated is None]
