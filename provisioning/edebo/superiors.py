"""Whom a row is subordinate to: its head institution when it is a branch, else its governing body. Pure.

The sphere of activity follows from it (order cl. 3): nothing is guessed, and a known record keeps its superior, with a
finding, until the register's new words are understood or a person decides. No record moves without a finding, and none
to another oblast: a code of a place may be wrong, and an id may be another institution's by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from provisioning.edebo.candidates import Candidate
from provisioning.edebo.cleaning import is_nothing
from provisioning.edebo.findings import Weight
from provisioning.edebo.merging import superior_of
from provisioning.edebo.placement import Authorities, How, Open, Placed
from provisioning.edebo.results import Import, OpenRow, Standing, Values
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution
from provisioning.model.katottg import NATIONAL, authority_oblast, hromada_of, place_oblast
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
    _by_id: dict[str, Institution] = field(init=False)

    def __post_init__(self) -> None:
        self._by_id = {one.institution.id: one.institution for one in self.standing.values()}

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
        """Return the same for a record that is here; nothing of a superior when it keeps the one that it has.

        Where the row's new place is not believed, `katottg` is what the register said before.
        """
        if candidate.parent is not None and candidate.parent in self.refused:
            message = f"{known.institution.id}: its head institution {candidate.parent} was rejected or is over"
            self.result.add(candidate, Weight.PERSON, "parent-rejected", message, "see what is said about that row")
            return {}
        if _other_oblast(candidate, known.institution):
            differs = _differs((base or {}).get("body"), candidate)
            other = Open(f"is of a row in oblast {candidate.oblast}, another than the record's")
            return self._keep(candidate, known, base, other) if differs else {}
        if (parent := self._parent(candidate)) is not None:
            self._tell(candidate, known, base, InstitutionId(next(iter(parent.values()))))
            return parent
        found = self._find(candidate)
        if isinstance(found, Open) and found.named is not None and found.named == known.values.get("authority"):
            # It is under the authority that the body names, though its code lies elsewhere: nothing moves.
            found = Placed(found.named, How.NAME)
        if not isinstance(found, Placed):
            return self._unknown(candidate, known, base, found)
        if (head := self._head(known)) is not None and base is not None:
            return self._of_branch(candidate, known, head, found, base)
        self._tell(candidate, known, base, found.id)
        return {"authority": found.id, "body": candidate.governance}

    def refuses_place(self, candidate: Candidate, known: Standing, base: Values | None) -> bool:
        """Ask about a row of another oblast than the record's, and return whether nothing of it is to be taken.

        Not again where a person has given the record another code in YAML than the register still has.
        """
        here, code = known.institution, (base or {}).get("katottg")
        if not _other_oblast(candidate, here):
            return False
        if code is not None and code == candidate.katottg and code != known.values.get("katottg"):
            return False
        message = (
            f"{here.id} stays as it is, in oblast {place_oblast(here.id, here.katottg)} and under "
            f"{_id(superior_of(known.values))}: the register says oblast {candidate.oblast} "
            f"({candidate.katottg or 'no code'}), governing body {_words(candidate.governance)}"
        )
        if body := (base or {}).get("body"):
            message += f", which was “{body}”"
        remedy = "if it did move, write its `katottg:` and `authority:` into YAML; else have the register corrected"
        self.result.add(candidate, Weight.PERSON, "other-oblast", message, remedy)
        return True

    def _unknown(self, candidate: Candidate, known: Standing, base: Values | None, found: Open) -> Values:
        """A row whose body is not understood: asked where the body or the hromada changed."""
        before = None if base is None else base.get("body")
        if _differs(before, candidate) or base is None or not _has_moved(base, candidate):
            ask = before is None or _differs(before, candidate)
            return self._keep(candidate, known, base, found) if ask else {}
        code = base["katottg"]
        message = (
            f"{known.institution.id} stays under {_id(superior_of(known.values))} with the code {code}: the register "
            f"has {candidate.katottg}, and there {_words(candidate.governance)} {found.why}{_hint(found)}"
        )
        self._ask(candidate, known, "place-changed", message, found, before)
        return {"katottg": code}

    def _of_branch(
        self, candidate: Candidate, known: Standing, head: Institution, found: Placed, base: Values
    ) -> Values:
        """A branch whose row names no head institution: it stays where it is, and is asked when its body is no longer
        its head's.
        """
        before = base.get("body")
        same = found.id == self._superior(head)
        if same or (before is not None and not _differs(before, candidate)):
            self._tell(candidate, known, base, head.id)
            return {"authority": found.id, "body": candidate.governance}
        old = f"was “{before}” and is" if before else "is"
        message = (
            f"{known.institution.id} stays a branch of {head.id}, which is of {self._superior(head)}: its governing "
            f"body {old} {_words(candidate.governance)}, which is {found.id}"
        )
        remedy = "write `authority:` instead of `branch_of:` in YAML, or correct the register"
        self.result.add(candidate, Weight.PERSON, "branch-body", message, remedy)
        return {}

    def _tell(self, candidate: Candidate, known: Standing, base: Values | None, to: InstitutionId) -> None:
        """Say that the body changed, or that the record moves without that."""
        there, before = superior_of(known.values), (base or {}).get("body")
        stays = there is not None and there[1] == to
        way = f"stays under {to}" if stays else f"moves from {_id(there)} to {to}"
        if _differs(before, candidate):
            message = f"{known.institution.id} {way}: the governing body was “{before}” and is “{candidate.governance}”"
            self.result.followed[candidate.oblast or "", before or "", candidate.governance, to] += 1
            code = "body-changed"
        elif not stays and base is not None and superior_of(base) == there:
            message = f"{known.institution.id} {way}: that is {_words(candidate.governance)} where it lies now"
            code = "moved"
        else:
            return
        self.result.add(candidate, Weight.NOTE, code, message, "nothing to do, unless it is wrong: use --map")

    def _ask(
        self, candidate: Candidate, known: Standing, code: str, message: str, found: Open, before: str | None
    ) -> None:
        self.result.add(candidate, Weight.PERSON, code, message, f"{_DECIDE}; or change `authority:` in YAML")
        self.result.open_rows.append(OpenRow(candidate, found, before, _id(superior_of(known.values))))

    def _keep(self, candidate: Candidate, known: Standing, base: Values | None, found: Open) -> Values:
        """A body that nobody knows: asked, unless a person has answered in YAML since it was asked."""
        before, text = (base or {}).get("body"), folded(candidate.governance)
        there = superior_of(known.values)
        under = _id(there)
        if base is not None and base.get("asked") == text:
            under = base.get("under", _id(superior_of(base)))
        answered = under != _id(there)
        if answered or not (before or text):
            return {"asked": text, "under": under} if answered else {}
        old = f"was “{before}” and is" if before else "is"
        message = (
            f"{known.institution.id} stays under {_id(there)}: the governing body {old} "
            f"{_words(candidate.governance)}, which {found.why}{_hint(found)}"
        )
        self._ask(candidate, known, "body-changed" if before else "body-unknown", message, found, before)
        return {"asked": text, "under": under}

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
            return {"authority" if parent.is_authority else "branch_of": parent.id, "body": candidate.governance}
        message = f"its head institution {candidate.parent} {fault}; seen by its governing body alone"
        remedy = "import the head institution too, or write `branch_of:` in YAML"
        self.result.add(candidate, Weight.PERSON, "parent", message, remedy)
        return None

    def _differing(self, candidate: Candidate, parent: Parent) -> str | None:
        """The authority of a row's own body, or that body's words, when that is not its head institution's."""
        if parent.is_authority or is_nothing(candidate.governance):
            return None
        found = self.authorities.find(candidate.governance, candidate.place)
        if isinstance(found, Placed):
            return None if found.id == parent.superior else found.id
        said = self.result.base.get(candidate.parent or 0, {})
        words = (said.get("asked"), folded(said.get("body", "")))
        return None if folded(candidate.governance) in words else _words(candidate.governance)

    def _by_edebo(self, number: int) -> Parent | None:
        known = self.standing.get(number)
        if known is None:
            return self.born.get(number)
        one = known.institution
        oblast, is_over = place_oblast(one.id, one.katottg), one.deactivated is not None
        return Parent(one.id, oblast, self._superior(one), one.kind.is_authority, one.is_branch, is_over)

    def _superior(self, one: Institution) -> str | None:
        """Whom a record is under after this import, as far as it has come; heads come before their branches."""
        changed = self.result.changed.get(one.id, {})
        after = superior_of(changed)
        return after[1] if after is not None else one.superior

    def _head(self, known: Standing) -> Institution | None:
        """The institution that a record is a branch of, when that is known by its EDEBO id too."""
        there = superior_of(known.values)
        if there is None or there[0] != "branch_of":
            return None
        return self._by_id.get(there[1])

    def _find(self, candidate: Candidate) -> Placed | Open:
        found = self.authorities.find(candidate.governance, candidate.place)
        if isinstance(found, Placed) and found.how is How.WORDS:
            self.result.placed[candidate.oblast or "", candidate.governance, found.id] += 1
        return found

    def _may_be_under(self, oblast: str | None) -> bool:
        """An authority of another oblast is not taken by `--under` either."""
        if self.under is None:
            return False
        return authority_oblast(self.under.id, self.under.katottg) in (NATIONAL, oblast)


def _other_oblast(candidate: Candidate, here: Institution) -> bool:
    """Whether the row lies in another oblast than the record."""
    oblast = place_oblast(here.id, here.katottg)
    return oblast != NATIONAL and candidate.oblast not in (None, oblast)


def _differs(before: str | None, candidate: Candidate) -> bool:
    """Whether the register now writes another body than the one remembered."""
    return before is not None and folded(before) != folded(candidate.governance)


def _has_moved(base: Values, candidate: Candidate) -> bool:
    """Whether the register now says another hromada than the one remembered."""
    before = hromada_of(base.get("katottg"))
    return before is not None and candidate.hromada not in (None, before)


def _words(governance: str) -> str:
    return f"“{governance[:120]}”" if governance else "an empty field"


def _hint(found: Open) -> str:
    if found.suggestion is None:
        return ""
    return f"; it could be {found.suggestion.id} {found.suggestion.name} ({found.suggestion.reason})"


def _id(superior: tuple[str, str] | None) -> str:
    return superior[1] if superior is not None else "nobody"
