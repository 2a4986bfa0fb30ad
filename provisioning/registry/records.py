"""Records of `institutions/*.yaml` as the rules see them: with their place, and with wrong fields put aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from pydantic import ValidationError

from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, EarlierGeneration, Institution, Kind, RightsException, Source
from provisioning.registry.documents import Document, Location
from provisioning.registry.problems import Problem
from provisioning.registry.schema.institutions import (
    INSTITUTIONS,
    PARTIAL,
    DeactivationEntry,
    EarlierEntry,
    InstitutionEntry,
    PartialEntry,
)
from provisioning.registry.wording import schema_problems

_NO_EXCEPTION = RightsException()


@dataclass(frozen=True, slots=True)
class Record:
    """One entry. A field that has the wrong shape is absent from `entry`, and reported already."""

    document: Document
    index: int
    entry: PartialEntry

    @property
    def start(self) -> Source:
        """Where the record begins."""
        return self.document.start_of(self.index)

    def at(self, *location: int | str) -> Source:
        """Return the place of a value of the record."""
        return self.document.place((self.index, *location))

    @property
    def superior(self) -> str | None:
        """What it is subordinate to: for a branch its institution, else its authority."""
        return self.entry.get("branch_of") or self.entry.get("authority")

    @property
    def is_authority(self) -> bool:
        """Whether its kind says that it is an authority."""
        return self.entry.get("kind") is Kind.AUTHORITY

    @property
    def alive(self) -> bool:
        """Whether it is not deactivated."""
        return not self.names("deactivated")

    def names(self, key: str) -> bool:
        """Return whether the file has this key here, rightly shaped or not."""
        return key in self.document.value[self.index]

    def misshapen(self, *keys: str) -> bool:
        """Return whether one of these keys has been put aside because of its shape."""
        return any(self.names(key) and key not in self.entry for key in keys)


def read_records(document: Document) -> tuple[list[Record], list[Problem]]:
    """Return records of a file and what is wrong with their shape."""
    try:
        entries = INSTITUTIONS.validate_python(document.value)
    except ValidationError as failure:
        problems = list(schema_problems(document, "institutions", failure))
        return list(_salvaged(document, failure)), problems
    return [Record(document, index, cast(PartialEntry, entry)) for index, entry in enumerate(entries)], []


def _salvaged(document: Document, failure: ValidationError) -> Iterator[Record]:
    if not isinstance(document.value, list):
        return
    wrong = _wrong_fields(failure)
    for index, raw in enumerate(document.value):
        if isinstance(raw, dict):
            fields: dict[str, Any] = {key: value for key, value in raw.items() if (index, key) not in wrong}
            yield Record(document, index, PARTIAL.validate_python(fields))


def _wrong_fields(failure: ValidationError) -> frozenset[Location]:
    return frozenset(detail["loc"][:2] for detail in failure.errors(include_url=False, include_context=False))


def institution_of(record: Record) -> Institution:
    """Return the typed institution. Only for a record without errors."""
    entry = cast(InstitutionEntry, record.entry)
    branch_of = entry.get("branch_of")
    superior = branch_of or entry.get("authority")
    return Institution(
        id=InstitutionId(entry["id"]),
        kind=entry["kind"],
        name=entry["name"],
        email=entry["email"],
        superior=None if superior is None else InstitutionId(superior),
        is_branch=branch_of is not None,
        edrpou=entry.get("edrpou"),
        edebo_id=entry.get("edebo_id"),
        katottg=entry.get("katottg"),
        generation=entry.get("generation", 1),
        earlier=tuple(map(_earlier, entry.get("earlier", ()))),
        deactivated=deactivation_of(entry["deactivated"]) if "deactivated" in entry else None,
        rights=_exception(entry) if "rights" in entry else _NO_EXCEPTION,
        source=record.start,
    )


def _earlier(entry: EarlierEntry) -> EarlierGeneration:
    return EarlierGeneration(entry["generation"], deactivation_of(entry))


def deactivation_of(entry: DeactivationEntry | EarlierEntry) -> Deactivation:
    """Return the typed deactivation of an entry, of the current account or of an earlier one."""
    successors = tuple(InstitutionId(successor) for successor in entry.get("successors", ()))
    return Deactivation(entry["reason"], entry["document"], entry["date"], successors)


def _exception(entry: InstitutionEntry) -> RightsException:
    rights = entry["rights"]
    return RightsException(frozenset(rights.get("add", ())), frozenset(rights.get("remove", ())))
