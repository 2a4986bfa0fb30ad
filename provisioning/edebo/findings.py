"""What an import has to say about a row: rejected with the reason, taken but to be looked at, or mended silently."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.institution import Source


class Weight(StrEnum):
    """REJECTED: the row changes nothing. PERSON: taken, and a person has to look. NOTE: mended, for the record."""

    REJECTED = "rejected"
    PERSON = "needs a person"
    NOTE = "note"


class Outcome(StrEnum):
    """What became of a row; each row has one."""

    ADDED = "added"
    CHANGED = "changed"
    AGREES = "agrees"
    KEPT = "kept as it is, see the findings"
    REPEATED = "repeated"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a finding is about, as people know it: the row's name, digits of its oblast, its governing body."""

    name: str = ""
    oblast: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one row (or, with `edebo_id` None, about a file). `code` is stable and kebab-case.

    `about` holds words of the register that a map could explain: a type of institution.
    """

    weight: Weight
    code: str
    source: Source
    edebo_id: int | None
    message: str
    remedy: str
    about: str = ""
    subject: Subject = Subject()
