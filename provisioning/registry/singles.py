"""The single files and the agreement's versions read and shaped, with what the rules need of a wrong file too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from provisioning.model.institution import Source
from provisioning.registry.documents import Document, Location
from provisioning.registry.folder import PROTOCOL, REALM, REQUIREMENTS, RIGHTS, STAFF
from provisioning.registry.problems import Problem
from provisioning.registry.schema.annexes import AgreementFile, RequirementEntry, RequirementsFile
from provisioning.registry.schema.policies import STAFF as STAFF_SHAPE
from provisioning.registry.schema.policies import (
    KindEntry,
    ProtocolFile,
    RightEntry,
    RightsFile,
    RouteEntry,
    StaffEntry,
)
from provisioning.registry.schema.realm import RealmFile
from provisioning.registry.wording import schema_problems

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """One well-shaped entry of a file with its place."""

    document: Document
    location: Location
    entry: T

    def at(self, *steps: int | str) -> Source:
        """Return the place of a value of the entry."""
        return self.document.place((*self.location, *steps))


@dataclass(frozen=True, slots=True)
class Singles:
    """The files. One is None when its shape is wrong or it could not be read; items are what is well shaped."""

    realm: RealmFile | None
    rights: RightsFile | None
    protocol: ProtocolFile | None
    staff: tuple[StaffEntry, ...] | None
    requirements: RequirementsFile | None
    agreements: tuple[Item[AgreementFile], ...]
    realm_document: Document
    rights_document: Document
    staff_document: Document
    right_items: tuple[Item[RightEntry], ...]
    kind_items: tuple[Item[KindEntry], ...]
    routes: tuple[Item[RouteEntry], ...]
    staff_items: tuple[Item[StaffEntry], ...]
    requirement_items: tuple[Item[RequirementEntry], ...]

    @property
    def right_names(self) -> frozenset[str] | None:
        """Names of all rights, of misshapen ones too; None when the file cannot tell."""
        listed = _part(self.rights_document, "rights")
        if not isinstance(listed, list):
            return None
        return frozenset(str(right.get("name")) for right in listed if isinstance(right, dict))

    @property
    def kind_names(self) -> frozenset[str] | None:
        """Kinds that rights.yaml describes, rightly or not; None when the file cannot tell."""
        kinds = _part(self.rights_document, "kinds")
        return frozenset(kinds) if isinstance(kinds, dict) else None


def shape_singles(
    documents: Mapping[str, Document], agreements: Sequence[Document] = ()
) -> tuple[Singles, list[Problem]]:
    """Check the shape of the files."""
    problems: list[Problem] = []
    rights, protocol, staff = documents[RIGHTS], documents[PROTOCOL], documents[STAFF]
    requirements = documents[REQUIREMENTS]
    singles = Singles(
        realm=_shaped(documents[REALM], "realm", RealmFile, problems),
        rights=_shaped(rights, "rights", RightsFile, problems),
        protocol=_shaped(protocol, "protocol", ProtocolFile, problems),
        staff=_shaped_staff(staff, problems),
        requirements=_shaped(requirements, "requirements", RequirementsFile, problems),
        agreements=tuple(_agreements(agreements, problems)),
        realm_document=documents[REALM],
        rights_document=rights,
        staff_document=staff,
        right_items=tuple(_items(rights, ("rights",), RightEntry)),
        kind_items=tuple(_kinds(rights)),
        routes=tuple(_items(protocol, ("routes",), RouteEntry)),
        staff_items=tuple(_items(staff, (), StaffEntry)),
        requirement_items=tuple(_items(requirements, ("requirements",), RequirementEntry)),
    )
    return singles, problems


def _shaped(document: Document, schema: str, shape: type[T], problems: list[Problem]) -> T | None:
    if not document.readable:
        return None
    try:
        return shape.model_validate(document.value)
    except ValidationError as failure:
        problems.extend(schema_problems(document, schema, failure))
        return None


def _shaped_staff(document: Document, problems: list[Problem]) -> tuple[StaffEntry, ...] | None:
    if not document.readable:
        return None
    try:
        return tuple(STAFF_SHAPE.validate_python(document.value))
    except ValidationError as failure:
        problems.extend(schema_problems(document, "staff", failure))
        return None


def _agreements(documents: Sequence[Document], problems: list[Problem]) -> Iterator[Item[AgreementFile]]:
    for document in documents:
        shaped = _shaped(document, "agreement", AgreementFile, problems)
        if shaped is not None:
            yield Item(document, (), shaped)


def _items(document: Document, location: Location, shape: type[T]) -> Iterator[Item[T]]:
    listed = _part(document, *location)
    for index, raw in enumerate(listed if isinstance(listed, list) else ()):
        entry = _entry(raw, shape)
        if entry is not None:
            yield Item(document, (*location, index), entry)


def _kinds(document: Document) -> Iterator[Item[KindEntry]]:
    kinds = _part(document, "kinds")
    for kind, raw in (kinds if isinstance(kinds, dict) else {}).items():
        entry = _entry(raw, KindEntry)
        if entry is not None:
            yield Item(document, ("kinds", kind), entry)


def _entry(raw: Any, shape: type[T]) -> T | None:
    try:
        return shape.model_validate(raw)
    except ValidationError:
        return None


def _part(document: Document, *keys: int | str) -> Any:
    value = document.value
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
