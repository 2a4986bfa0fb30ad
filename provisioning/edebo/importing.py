"""An import as a whole: candidates against the configuration, what to write, and what needs a person. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provisioning.edebo.candidates import Candidate
from provisioning.edebo.findings import Finding, Weight
from provisioning.edebo.merging import merge
from provisioning.edebo.superiors import Ambiguous, Authorities
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution, Kind

Values = dict[str, Any]
_LARGEST: Final = 9_999_999


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as its file has it now, by EDEBO id."""

    institution: Institution
    values: Mapping[str, Any]


@dataclass(slots=True)
class Import:
    """`changed` by our id, `added` by oblast; `base` is what the register said, to be remembered for the next time."""

    changed: dict[InstitutionId, Values] = field(default_factory=dict)
    added: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    base: dict[int, Values] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unchanged: int = 0

    def add(self, candidate: Candidate, weight: Weight, code: str, message: str, remedy: str, about: str = "") -> None:
        self.findings.append(Finding(weight, code, candidate.source, candidate.edebo_id, message, remedy, about))


@dataclass(slots=True)
class Importer:
    """Decides over one candidate after the other. `under` is the authority of those whose own is not known."""

    standing: Mapping[int, Standing]
    taken: set[str]
    authorities: Authorities
    base: Mapping[int, Values]
    under: InstitutionId | None = None
    result: Import = field(default_factory=Import)
    _born: dict[int, InstitutionId] = field(default_factory=dict)

    def take(self, candidates: Iterable[Candidate]) -> Import:
        """Authorities first, then institutions, then branches, so that each finds what it hangs from."""
        for candidate in sorted(candidates, key=_order):
            self._one(candidate)
        self._missing()
        return self.result

    def _one(self, candidate: Candidate) -> None:
        known = self.standing.get(candidate.edebo_id)
        if known is None:
            self._new(candidate)
        else:
            self._known(candidate, known)

    def _new(self, candidate: Candidate) -> None:
        if candidate.closed:
            message = f"the register says that it is closed: “{candidate.state[:60]}”"
            self.result.add(candidate, Weight.REJECTED, "closed", message, "nothing to do")
            return
        superior = self._superior(candidate)
        if superior is None:
            return
        identifier = self._identifier(candidate, superior)
        if identifier is None:
            return
        values = {**_values(candidate), **superior}
        self.result.base[candidate.edebo_id] = values
        self.taken.add(identifier)
        if candidate.kind is Kind.AUTHORITY:
            self.authorities.learn(InstitutionId(identifier), candidate.name)
        if candidate.is_branch and "branch_of" not in superior:
            message = f"{identifier} is a branch, and the register does not say of which institution"
            self.result.add(candidate, Weight.PERSON, "branch", message, "write `branch_of:` instead of `authority:`")
        self._born[candidate.edebo_id] = InstitutionId(identifier)
        self.result.added[identifier[:2]].append({"id": identifier, **values, "edebo_id": candidate.edebo_id})

    def _known(self, candidate: Candidate, known: Standing) -> None:
        identifier, base = known.institution.id, self.base.get(candidate.edebo_id)
        if candidate.closed:
            if known.institution.deactivated is None:
                self.result.add(
                    candidate,
                    Weight.PERSON,
                    "closed-here-open",
                    f"the register says that {identifier} is closed: “{candidate.state[:60]}”",
                    "when there is a decision, write `deactivated:` with its document (order cl. 10)",
                )
            return
        superior = self._superior(candidate, quiet=True) or {}
        there = {**_values(candidate), **superior}
        merged = merge(base, known.values, there)
        self.result.base[candidate.edebo_id] = {**(base or {}), **there}
        for name, here, wanted in merged.disagreements:
            self.result.add(
                candidate,
                Weight.PERSON,
                "disagreement",
                f"{identifier}: {name} is “{here}” here and “{wanted}” in the register",
                "correct whichever is wrong; what the file says was kept",
            )
        if merged.changes:
            self.result.changed[identifier] = merged.changes
        else:
            self.result.unchanged += 1

    def _superior(self, candidate: Candidate, *, quiet: bool = False) -> Values | None:
        """`authority` or `branch_of`; None, with a finding, when nobody can say."""
        if candidate.parent is not None and (parent := self._by_edebo(candidate.parent)) is not None:
            return {"branch_of": parent}
        found = self.authorities.find(candidate.governance) if candidate.governance else None
        if isinstance(found, str):
            return {"authority": found}
        if quiet:
            return None
        words = f"“{candidate.governance[:120]}”" if candidate.governance else "an empty field"
        if self.under is not None and not isinstance(found, Ambiguous):
            remedy = "correct `authority:` in YAML; the next import keeps it"
            message = f"{words} names no authority that is known; put under {self.under}"
            self.result.add(candidate, Weight.PERSON, "authority-assumed", message, remedy, candidate.governance)
            return {"authority": self.under}
        self._no_authority(candidate, words, found)
        return None

    def _no_authority(self, candidate: Candidate, words: str, found: Ambiguous | None) -> None:
        remedy = "name it under `authorities:` in --map, or choose --under ID"
        if isinstance(found, Ambiguous):
            message = f"{words} is the name of several authorities: {', '.join(found.ids)}"
        else:
            near = self.authorities.nearest(candidate.governance) if candidate.governance else None
            message = f"{words} names no authority that is known" + (f"; most like it is {near}" if near else "")
        self.result.add(candidate, Weight.REJECTED, "authority", message, remedy, candidate.governance)

    def _by_edebo(self, number: int) -> InstitutionId | None:
        known = self.standing.get(number)
        return known.institution.id if known is not None else self._born.get(number)

    def _identifier(self, candidate: Candidate, superior: Values) -> str | None:
        """Oblast and EDEBO id, so that the same institution gets the same id wherever the import runs."""
        oblast = candidate.oblast or str(next(iter(superior.values())))[:2]
        identifier = f"{oblast}-{candidate.edebo_id:07d}"
        if candidate.edebo_id > _LARGEST or identifier in self.taken:
            self.result.add(
                candidate, Weight.REJECTED, "id-taken", f"the id {identifier} is taken", "add the record by hand"
            )
            return None
        return identifier

    def _missing(self) -> None:
        """Records that an earlier import wrote and this export does not name; nothing happens to them.

        What the register said of these, and of rows that changed nothing this time, stays remembered.
        """
        seen = {finding.edebo_id for finding in self.result.findings}
        for number in sorted(self.base.keys() - self.result.base.keys()):
            known = self.standing.get(number)
            if known is None:
                continue
            self.result.base[number] = dict(self.base[number])
            if number not in seen and known.institution.deactivated is None:
                message = f"{known.institution.id} was in the export before and is not now"
                remedy = "find out why; nothing was changed"
                source = known.institution.source
                self.result.findings.append(Finding(Weight.PERSON, "gone", source, number, message, remedy))


def _values(candidate: Candidate) -> Values:
    values = {
        "kind": candidate.kind.value,
        "name": candidate.name,
        "edrpou": candidate.edrpou,
        "katottg": candidate.katottg,
        "email": candidate.email,
    }
    return {name: value for name, value in values.items() if value is not None}


def _order(candidate: Candidate) -> tuple[bool, bool, int]:
    return candidate.kind is not Kind.AUTHORITY, candidate.parent is not None, candidate.edebo_id
