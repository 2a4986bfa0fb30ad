"""An import as a whole: rows against the configuration, what to write, and what needs a person. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from provisioning.edebo.candidates import Candidate, ReadRow
from provisioning.edebo.findings import Finding, Outcome, Subject, Weight
from provisioning.edebo.merging import merge
from provisioning.edebo.placement import Authorities
from provisioning.edebo.results import Ending, Import, Standing, Values
from provisioning.edebo.states import RegisterState
from provisioning.edebo.superiors import Parent, Superiors
from provisioning.model.id_ranges import register_number
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution, Kind
from provisioning.model.katottg import NATIONAL, place_oblast
from provisioning.model.text import folded

_COVERED: Final = 0.5
"""An oblast's institutions of a kind are looked for when at least this share of those remembered is named, 0 to 1."""


@dataclass(slots=True)
class Importer:
    """Decides over one row after the other. `under` is the authority of those whose own is not known."""

    standing: Mapping[int, Standing]
    taken: set[str]
    authorities: Authorities
    base: Mapping[int, Values]
    under: Institution | None = None
    result: Import = field(default_factory=Import)
    superiors: Superiors = field(init=False)
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.superiors = Superiors(self.authorities, self.result, self.standing, self.under)

    def take(self, rows: Iterable[ReadRow]) -> Import:
        """Take institutions first, then branches, so that each finds what it hangs from."""
        good: list[Candidate] = []
        for row in rows:
            self.result.findings += row.findings
            self._seen.update(number for one in row.findings if (number := one.edebo_id) is not None)
            if row.candidate is not None:
                good.append(row.candidate)
                self._observe(row.candidate)
                continue
            self.result.outcomes[row.outcome] += 1
            self.superiors.refused.update(n for one in row.findings if (n := one.edebo_id) and n not in self.standing)
        self.superiors.refused -= {candidate.edebo_id for candidate in good}
        for candidate in sorted(good, key=lambda one: (one.parent is not None, one.edebo_id)):
            self.result.outcomes[self._one(candidate)] += 1
        self._placed()
        self._missing()
        return self.result

    def _observe(self, candidate: Candidate) -> None:
        self._seen.add(candidate.edebo_id)
        self.authorities.observe(candidate.governance, candidate.place)
        self.result.named[candidate.oblast or "", folded(candidate.governance)] += 1

    def _one(self, candidate: Candidate) -> Outcome:
        known = self.standing.get(candidate.edebo_id)
        outcome = self._new(candidate) if known is None else self._known(candidate, known)
        if known is None and outcome is Outcome.REJECTED:
            self.superiors.refused.add(candidate.edebo_id)
        return outcome

    def _new(self, candidate: Candidate) -> Outcome:
        if self._refused(candidate):
            return Outcome.REJECTED
        superior = self.superiors.of_new(candidate)
        if superior is None:
            return Outcome.REJECTED
        remembered: Values = {name: superior.pop(name) for name in ("body", "asked") if name in superior}
        identifier = self._identifier(candidate, superior)
        if identifier is None:
            return Outcome.REJECTED
        values = {**_values(candidate), **superior}
        self.result.base[candidate.edebo_id] = {**values, **remembered}
        self.taken.add(identifier)
        if candidate.is_branch and "branch_of" not in superior and candidate.parent is None:
            message = f"{identifier} is a branch, and the register does not say of which institution"
            self.result.add(candidate, Weight.PERSON, "branch", message, "write `branch_of:` instead of `authority:`")
        oblast, is_branch = place_oblast(identifier, candidate.katottg), "branch_of" in superior
        self.superiors.born[candidate.edebo_id] = Parent(
            InstitutionId(identifier), oblast, superior.get("authority"), is_branch=is_branch
        )
        self.result.added[identifier[:2]].append({"id": identifier, **values, "edebo_id": candidate.edebo_id})
        return Outcome.ADDED

    def _refused(self, candidate: Candidate) -> bool:
        """Whether the row cannot become a record, whatever its governing body is."""
        before = len(self.result.findings)
        if candidate.state.is_over:
            message = f"the register says that it is closed: “{candidate.said[:60]}”"
            self.result.add(candidate, Weight.REJECTED, "closed", message, "nothing to do")
        elif candidate.state is RegisterState.SUSPENDED:
            message = f"the register says that it is suspended: “{candidate.said[:60]}”"
            remedy = "it comes in when it works again; add the record by hand if it needs an account now"
            self.result.add(candidate, Weight.REJECTED, "suspended", message, remedy)
        if candidate.kind is Kind.AUTHORITY:
            remedy = "use `provision import authorities`"
            self.result.add(candidate, Weight.REJECTED, "authority-row", "the row is an authority", remedy)
        for lack in candidate.lacks:
            self.result.add(candidate, Weight.REJECTED, lack.code, lack.message, lack.remedy, lack.about)
        if candidate.choices and candidate.email is None:
            self.result.choices.append(candidate)
        return len(self.result.findings) > before

    def _known(self, candidate: Candidate, known: Standing) -> Outcome:
        here, base = known.institution, self.base.get(candidate.edebo_id)
        before = len(self.result.findings)
        if self._is_another(candidate, here):
            message = f"{here.id} has this EDEBO id here and is another institution: “{here.name}”"
            remedy = "correct `edebo_id:` in YAML, or add the row by hand; if it did move there, write its name there"
            self.result.add(candidate, Weight.REJECTED, "other-institution", message, remedy)
            return Outcome.REJECTED
        if here.deactivated is not None or candidate.state.is_over:
            self._ended(candidate, here, "" if base is None else base.get("body", ""))
        elif not self.superiors.refuses_place(candidate, known, base):
            self._ask(candidate, here)
            wanted = {**_values(candidate), **self.superiors.of_known(candidate, known, base)}
            there = {name: value for name, value in wanted.items() if value is not None}
            if self._merge(candidate, known, base, there):
                return Outcome.CHANGED
        found = self.result.findings[before:]
        return Outcome.KEPT if any(one.weight is not Weight.NOTE for one in found) else Outcome.AGREES

    def _ended(self, candidate: Candidate, here: Institution, before: str) -> None:
        """Say where only one of the two has it over; nothing else of the row is taken, a changed body is named too."""
        said = f"the register says “{candidate.said[:60]}”" if candidate.said else "the register says that it is open"
        if before and folded(before) != folded(candidate.governance):
            said += f"; its governing body was “{before}” and is “{candidate.governance}”"
        if here.deactivated is None:
            remedy = "when there is a decision, complete the draft of --draft-deactivations (order cl. 10)"
            self.result.add(
                candidate, Weight.PERSON, "closed-here-open", f"{here.id} is not deactivated; {said}", remedy
            )
            self.result.endings.append(Ending(here, candidate))
        elif candidate.state is RegisterState.OPEN:
            message = f"{here.id} is deactivated here since {here.deactivated.date}; {said}"
            remedy = "find out which is right; an institution works again by a new `generation:` alone (order cl. 11)"
            self.result.add(candidate, Weight.PERSON, "open-here-deactivated", message, remedy)

    def _ask(self, candidate: Candidate, here: Institution) -> None:
        """What is wrong with single fields of a row about a record that is here; the other fields are taken."""
        if candidate.state is RegisterState.SUSPENDED:
            message = f"{here.id}: the register says “{candidate.said[:60]}”; its account stays as it is"
            self.result.add(candidate, Weight.NOTE, "suspended", message, "nothing to do: the order knows no pause")
        chosen = here.email.lower() in (choice.lower() for choice in candidate.choices)
        for lack in candidate.lacks:
            if not (lack.code == "email-several" and chosen):
                message = f"{here.id}: {lack.message}; what the record has stays"
                self.result.add(candidate, Weight.PERSON, lack.code, message, lack.remedy, lack.about)
        if candidate.choices and candidate.email is None and not chosen:
            self.result.choices.append(candidate)

    def _merge(self, candidate: Candidate, known: Standing, base: Values | None, there: Values) -> bool:
        """Write what the register changed; whether anything did."""
        identifier = known.institution.id
        if (candidate.kind is Kind.AUTHORITY) is not known.institution.kind.is_authority and "kind" in there:
            message = f"{identifier} is {known.institution.kind} here and {there.pop('kind')} in the register"
            self.result.add(candidate, Weight.PERSON, "kind", message, "no import makes or unmakes an authority")
        merged = merge(base, known.values, there)
        remembered = {**(base or {}), **there}
        for field_name, other in (
            ("authority", "branch_of"),
            ("branch_of", "authority"),
            ("body", "asked"),
            ("body", "under"),
        ):
            if field_name in there:
                remembered.pop(other, None)
        self.result.base[candidate.edebo_id] = remembered
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
        return bool(merged.changes)

    def _is_another(self, candidate: Candidate, here: Institution) -> bool:
        """Oblast and name differ both: a row of another register that counts its own ids, or an id given again."""
        return (
            candidate.oblast is not None
            and candidate.name is not None
            and place_oblast(here.id, here.katottg) not in (NATIONAL, candidate.oblast)
            and folded(candidate.name) != folded(here.name)
        )

    def _identifier(self, candidate: Candidate, superior: Values) -> str | None:
        """Oblast and EDEBO id, so that the same institution gets the same id wherever the import runs."""
        oblast = candidate.oblast or str(next(iter(superior.values())))[:2]
        number = register_number(candidate.edebo_id)
        identifier = f"{oblast}-{number or 0:07d}"
        if number is not None and identifier not in self.taken:
            return identifier
        message = f"the id {identifier} is taken" if number else f"no id is kept for EDEBO id {candidate.edebo_id}"
        self.result.add(candidate, Weight.REJECTED, "id-taken", message, "add the record by hand")
        return None

    def _placed(self) -> None:
        """Bodies that were placed by themselves though they are written otherwise, each once."""
        here = {one.id: one for listed in self.authorities.by_oblast.values() for one in listed}
        for (oblast, body, identifier), count in sorted(self.result.placed.items()):
            one = here[identifier]
            message = f"“{body}” was taken for {identifier} {one.name}: {count} rows, by name and place"
            remedy = "nothing to do, unless it is wrong: use --map"
            subject = Subject("", oblast, body)
            self.result.findings.append(Finding(Weight.NOTE, "placed", one.source, None, message, remedy, "", subject))

    def _missing(self) -> None:
        """Records that an earlier import wrote and this export does not name; nothing happens to them.

        They are only looked for where the files name most of an oblast's institutions of that kind: a file of one
        oblast says nothing about the others. What the register said of them stays remembered.
        """
        remembered = self.base.keys() - self.result.base.keys()
        for number in remembered:
            self.result.base[number] = dict(self.base[number])
        groups: defaultdict[tuple[str, Kind], list[int]] = defaultdict(list)
        for number in self.base.keys() & self.standing.keys():
            if (one := self.standing[number].institution).deactivated is None:
                groups[place_oblast(one.id, one.katottg), one.kind].append(number)
        for numbers in groups.values():
            missing = sorted(set(numbers) - self._seen)
            if len(numbers) - len(missing) < _COVERED * len(numbers):
                self.result.not_covered += len(missing)
            else:
                self._gone(missing)

    def _gone(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            one = self.standing[number].institution
            message = f"{one.id} was in the export before and is not now"
            remedy = "find out why; nothing was changed"
            subject = Subject(one.name, place_oblast(one.id, one.katottg), str(self.base[number].get("body", "")))
            self.result.findings.append(
                Finding(Weight.PERSON, "gone", one.source, number, message, remedy, "", subject)
            )


def counted(findings: Iterable[Finding], weight: Weight) -> Counter[str]:
    """Count each code among findings of a weight."""
    return Counter(finding.code for finding in findings if finding.weight is weight)


def _values(candidate: Candidate) -> Values:
    values = {
        "kind": None if candidate.kind is None else candidate.kind.value,
        "name": candidate.name,
        "edrpou": candidate.edrpou,
        "katottg": candidate.katottg,
        "email": candidate.email,
    }
    return {name: value for name, value in values.items() if value is not None}
