"""Institutions and authorities as the Administrator describes them (order cl. 2, 3, 10, 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from provisioning.model.identifiers import InstitutionId, Username, username_of


class Kind(StrEnum):
    """Kind of a system user. `AUTHORITY` is the only one that is not an institution (заклад освіти)."""

    AUTHORITY = "authority"
    PRESCHOOL = "preschool"
    SCHOOL = "school"
    SPECIAL = "special"
    EXTRACURRICULAR = "extracurricular"
    VOCATIONAL = "vocational"
    PRE_HIGHER = "pre-higher"

    @property
    def is_authority(self) -> bool:
        return self is Kind.AUTHORITY


class DeactivationReason(StrEnum):
    """The closed list of reasons. Source: order cl. 10."""

    LIQUIDATION = "liquidation"
    REORGANISATION = "reorganisation"
    INTERFERENCE = "interference"
    CYBER_INCIDENT = "cyber-incident"

    @property
    def ends_institution(self) -> bool:
        """Say whether the institution itself is over by it: then nothing but a decision lets another account follow."""
        return self in (DeactivationReason.LIQUIDATION, DeactivationReason.REORGANISATION)


@dataclass(frozen=True, slots=True)
class Deactivation:
    """Why and on what paper an account generation ended. Source: order cl. 7, 10."""

    reason: DeactivationReason
    document: str
    date: date
    successors: tuple[InstitutionId, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierGeneration:
    """An account generation that is over; its names stay taken for ever. Source: order cl. 11."""

    generation: int
    deactivation: Deactivation


@dataclass(frozen=True, slots=True)
class RightsException:
    """How one institution's rights differ from those of its kind."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


@dataclass(frozen=True, slots=True)
class Source:
    """Place of a record: file relative to the configuration folder, line from 1, column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Institution:
    """One record of `institutions/*.yaml`, valid and normalised.

    `superior` is the authority it is subordinate to, or for a branch the institution it is a branch of; None only for
    the root authority. `generation` is the current one; `earlier` holds all before it, in order.
    `source` does not take part in comparison.
    """

    id: InstitutionId
    kind: Kind
    name: str
    email: str
    superior: InstitutionId | None = None
    is_branch: bool = False
    edrpou: str | None = None
    edebo_id: int | None = None
    katottg: str | None = None
    generation: int = 1
    earlier: tuple[EarlierGeneration, ...] = ()
    deactivated: Deactivation | None = None
    rights: RightsException = RightsException()
    source: Source = field(default=Source("?"), compare=False)

    @property
    def username(self) -> Username:
        """Account name of the current generation."""
        return username_of(self.id, self.generation)
