"""Whom a row is subordinate to: its head institution when it is a branch, else its governing body. Pure.

The sphere of activity follows from it (order cl. 3): nothing is guessed, and a known record keeps its superior, with a
finding, until the register's new words are understood or a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from provisioning.edebo.candidates import Candidate
from provisioning.edebo.findings import Weight
from provisioning.edebo.merging import superior_of
from provisioning.edebo.placement import Authorities, How, Open, Place, Placed
from provisioning.edebo.results import Import, OpenRow, Standing, Values
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution
from provisioning.model.katottg import NATIONAL, authority_oblast, place_oblast
from provisioning.model.text import folded

_DECIDE: Final = "give its authority in the file of --draft-map, and that file with --map"


@dataclass(frozen=True, slots=True)
class Parent:
    """An institution that branches may be of."""

    id: InstitutionId
    oblast: str
    superior: str | None
    is_authority: bool = False
    is_branch: bool = False
    is_over: bool = False


@dataclass(slots=True)
class Superiors:
    """Decides over one row after the other; findings go into `result`. `under` takes those whose own authority is not
    known.
    """

    authorities: Authorities
    result: Import
    standing: Mapping[int, Standing]
    under: Institution | None = None
    refused: set[int] = field(default_factory=set)
    born: dict[int, Parent] = field(default_factory=dict)

    def of_new(self, candidate: Candidate) -> Values | None:
        """Return `authority` or `branch_of`, with the words to remember; None, with a finding, when neither
        is known.
        """
        if candidate.parent is not None and candidate.parent in self.refused:
            message = f"its head institution {candidate.parent} was rejected or is over"
            remedy = "see what is said about that row; a branch comes in after its institution"
            self.result.add(candidate, Weight.REJECTED, "parent-rejected", message, remedy)
            return None
        if (parent := self._parent(candidate)) is not None:
            return parent
        found = self._find(candidate)
        if isinstance(found, Placed):
            return {"authority": found.id, "body": candidate.governance}
        self.result.open_rows.append(OpenRow(candidate, found))
        message = f"{_words(candidate.governance)} {found.why}{_hint(found)}"
        if self.under is not None and self._may_be_under(candidate.oblast):
            remedy = "correct `authority:` in YAML; the next import keeps it"
            text = f"{message}; put under {self.under.id}"
            self.result.add(candidate, Weight.PERSON, "authority-assumed", text, remedy)
            return {"authority": self.under.id, "asked": folded(candidate.governance)}
        self.result.add(candidate, Weight.REJECTED, "authority", message, f"{_DECIDE}; or choose --under ID")
        return None

    def of_known(self, candidate: Candidate, known: Standing, base: Values | None) -> Values:
        """Return the same for a record that is here; nothing of a superior when it keeps the one that it has."""
        if candidate.parent is not None and candidate.parent in self.refused:
            message = f"{known.institution.id}: its head institution {candidate.parent} was rejected or is over"
            self.result.add(candidate, Weight.PERSON, "parent-rejected", message, "see what is said about that row")
            return {}
        if (parent := self._parent(candidate)) is not None:
            return parent
        found = self._find(candidate)
        if isinstance(found, Open) and found.named is not None and found.named == known.values.get("authority"):
            # It is under the authority that the body names, though its code lies elsewhere: nothing moves.
            found = Placed(found.named, How.NAME)
        before = None if base is None else base.get("body")
        differs = before is not None and folded(before) != folded(candidate.governance)
        if isinstance(found, Placed):
            if differs:
                self._follow(candidate, known, before or "", found)
            return {"authority": found.id, "body": candidate.governance}
        return self._keep(candidate, known, base, found) if differs or before is None else {}

    def _follow(self, candidate: Candidate, known: Standing, before: str, found: Placed) -> None:
        there = superior_of(known.values)
        way = (
            f"stays under {found.id}" if there == ("authority", found.id) else f"moves from {_id(there)} to {found.id}"
        )
        message = f"{known.institution.id} {way}: the governing body was “{before}” and is “{candidate.governance}”"
        self.result.followed[candidate.oblast or "", before, candidate.governance, found.id] += 1
        self.result.add(candidate, Weight.NOTE, "body-changed", message, "nothing to do, unless it is wrong: use --map")

    def _keep(self, candidate: Candidate, known: Standing, base: Values | None, found: Open) -> Values:
        """A body that nobody knows: asked, unless a person has answered in YAML since it was asked."""
        before, text = (base or {}).get("body"), folded(candidate.governance)
        there = superior_of(known.values)
        answered = base is not None and base.get("asked") == text and superior_of(base) != there
        if answered or not (before or text):
            return {"asked": text} if answered else {}
        old = f"was “{before}” and is" if before else "is"
        message = (
            f"{known.institution.id} stays under {_id(there)}: the governing body {old} "
            f"{_words(candidate.governance)}, which {found.why}{_hint(found)}"
        )
        code = "body-changed" if before else "body-unknown"
        self.result.add(candidate, Weight.PERSON, code, message, f"{_DECIDE}; or change `authority:` in YAML")
        self.result.open_rows.append(OpenRow(candidate, found, before, _id(there)))
        return {"asked": text}

    def _parent(self, candidate: Candidate) -> Values | None:
        """`branch_of`; None when the row names no head institution or, with a finding, none that can have branches."""
        if candidate.parent is None:
            return None
        parent = self._by_edebo(candidate.parent)
        if parent is None:
            fault = "is not here"
        elif parent.is_over:
            fault = f"is {parent.id}, which is deactivated"
        elif parent.is_branch:
            fault = f"is {parent.id}, a branch itself"
        elif candidate.oblast is not None and parent.oblast != candidate.oblast:
            fault = f"is {parent.id}, which lies in oblast {parent.oblast}"
        elif (own := self._differing(candidate, parent)) is not None:
            fault = f"is {parent.id}, which is of {parent.superior}, and its own body is {own}"
        else:
            return {"authority" if parent.is_authority else "branch_of": parent.id}
        message = f"its head institution {candidate.parent} {fault}; taken by its governing body alone"
        remedy = "import the head institution too, or write `branch_of:` in YAML"
        self.result.add(candidate, Weight.PERSON, "parent", message, remedy)
        return None

    def _differing(self, candidate: Candidate, parent: Parent) -> InstitutionId | None:
        """The authority of a row's own body, when that is not its head institution's."""
        if parent.is_authority or not candidate.governance:
            return None
        place = Place(candidate.oblast, candidate.hromada)
        found = self.authorities.find(candidate.governance, place)
        return found.id if isinstance(found, Placed) and found.id != parent.superior else None

    def _by_edebo(self, number: int) -> Parent | None:
        known = self.standing.get(number)
        if known is None:
            return self.born.get(number)
        one = known.institution
        oblast, is_over = place_oblast(one.id, one.katottg), one.deactivated is not None
        return Parent(one.id, oblast, one.superior, one.kind.is_authority, one.is_branch, is_over)

    def _find(self, candidate: Candidate) -> Placed | Open:
        found = self.authorities.find(candidate.governance, Place(candidate.oblast, candidate.hromada))
        if isinstance(found, Placed) and found.how is How.WORDS:
            self.result.placed[candidate.oblast or "", candidate.governance, found.id] += 1
        return found

    def _may_be_under(self, oblast: str | None) -> bool:
        """An authority of another oblast is not taken by `--under` either."""
        if self.under is None:
            return False
        return authority_oblast(self.under.id, self.under.katottg) in (NATIONAL, oblast)


def _words(governance: str) -> str:
    return f"“{governance[:120]}”" if governance else "an empty field"


def _hint(found: Open) -> str:
    if found.suggestion is None:
        return ""
    return f"; it could be {found.suggestion.id} {found.suggestion.name} ({found.suggestion.reason})"


def _id(superior: tuple[str, str] | None) -> str:
    return superior[1] if superior is not None else "nobody"
