"""What an import came to: what to write, what became of each row, what needs a person. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioning.edebo.candidates import Candidate
from provisioning.edebo.findings import Finding, Outcome, Weight
from provisioning.edebo.placement import Open
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Institution

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as its file has it now, by EDEBO id."""

    institution: Institution
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row whose governing body is not known; `before` and `under` are its last known body and its authority now."""

    candidate: Candidate
    found: Open
    before: str | None = None
    under: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """An institution that lives here and of which the register says that it is over."""

    institution: Institution
    candidate: Candidate


@dataclass(slots=True)
class Import:
    """`changed` by our id, `added` by oblast; `base` is what the register said, to be remembered for the next time.

    `placed` counts rows by oblast, body and authority where a body was placed by itself under other words than its
    own; `followed` counts rows by oblast, body before, body now and authority; `named` counts rows by oblast and folded
    body. `not_covered` counts records that these files are not about.
    """

    changed: dict[InstitutionId, Values] = field(default_factory=dict)
    added: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    base: dict[int, Values] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    open_rows: list[OpenRow] = field(default_factory=list)
    choices: list[Candidate] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    placed: Counter[tuple[str, str, InstitutionId]] = field(default_factory=Counter)
    followed: Counter[tuple[str, str, str, InstitutionId]] = field(default_factory=Counter)
    named: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_covered: int = 0

    @property
    def rows(self) -> int:
        """How many rows were read: the sum of all outcomes."""
        return self.outcomes.total()

    def add(self, candidate: Candidate, weight: Weight, code: str, message: str, remedy: str, about: str = "") -> None:
        """Add one finding about a row."""
        number, subject = candidate.edebo_id, candidate.subject
        self.findings.append(Finding(weight, code, candidate.source, number, message, remedy, about, subject))
