"""What an import has to say about a row: rejected with the reason, taken but to be looked at, or mended silently."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioning.model.institution import Source


class Weight(StrEnum):
    """REJECTED: the row changes nothing. PERSON: taken, and somebody has to look. NOTE: mended, for the record."""

    REJECTED = "rejected"
    PERSON = "needs a person"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one row (or, with `edebo_id` None, about a file). `code` is stable and kebab-case.

    `about` holds words of the register that a map could explain: a governing body or a type of institution.
    """

    weight: Weight
    code: str
    source: Source
    edebo_id: int | None
    message: str
    remedy: str
    about: str = ""
