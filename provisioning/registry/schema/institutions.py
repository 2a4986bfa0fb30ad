"""Shape of `institutions/*.yaml`: a list of institutions and authorities. Source: order cl. 2, 3, 10, 11.

Typed dictionaries rather than classes: with 30,000 records this is the fastest that pydantic offers.
"""

from __future__ import annotations

from typing import Annotated, Final, NotRequired

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from provisioning.model.endings import DOCUMENT_CHARACTERS
from provisioning.model.institution import DeactivationReason, Kind
from provisioning.registry.schema.fields import STRICT, Edrpou, Email, Id, IsoDate, Katottg, Name, RightName

KindField = Annotated[
    Kind, Field(strict=False, description="Kind; decides the rights (rights.yaml). / Вид; від нього залежать права.")
]
ReasonField = Annotated[
    DeactivationReason,
    Field(strict=False, description="Reason from the closed list (order cl. 10). / Підстава (п. 10 Порядку)."),
]
DocumentField = Annotated[
    str, Field(min_length=1, max_length=DOCUMENT_CHARACTERS, description="The decision on paper. / Реквізити рішення.")
]


SuccessorsField = Annotated[list[Id], Field(min_length=1, description="Who takes its place. / Правонаступники.")]


@with_config(STRICT)
class DeactivationEntry(TypedDict):
    """Why and on what paper access ends. An institution's account never comes back. / Деактивація (пп. 7, 10, 11)."""

    reason: ReasonField
    document: DocumentField
    date: IsoDate
    successors: NotRequired[SuccessorsField]


@with_config(STRICT)
class EarlierEntry(TypedDict):
    """An earlier account of the same institution, deactivated for ever. / Попередній обліковий запис."""

    generation: Annotated[int, Field(ge=1, description="1 for the first account. / 1 для першого запису.")]
    reason: ReasonField
    document: DocumentField
    date: IsoDate
    successors: NotRequired[SuccessorsField]


@with_config(STRICT)
class RightsEntry(TypedDict, total=False):
    """How the rights differ from those of the kind. / Відмінності прав від прав виду."""

    add: Annotated[list[RightName], Field(min_length=1, description="Rights beyond the kind's. / Додаткові права.")]
    remove: Annotated[list[RightName], Field(min_length=1, description="Rights taken away. / Вилучені права.")]


class _Optional(TypedDict, total=False):
    authority: Annotated[Id, Field(description="Id of the authority above it. / Код органу управління.")]
    branch_of: Annotated[Id, Field(description="For a branch: id of its institution. / Для філії: код закладу.")]
    edrpou: Edrpou
    edebo_id: Annotated[int, Field(ge=1, description="institution_id in EDEBO. / Ідентифікатор у ЄДЕБО.")]
    katottg: Katottg
    generation: Annotated[int, Field(ge=1, le=99, description="Which account this is, from 1. / Номер запису.")]
    earlier: Annotated[list[EarlierEntry], Field(min_length=1)]
    deactivated: DeactivationEntry
    rights: RightsEntry


@with_config(STRICT)
class InstitutionEntry(_Optional):
    """One institution or authority. / Один заклад освіти або орган управління."""

    id: Id
    kind: KindField
    name: Name
    email: Email


@with_config(STRICT)
class PartialEntry(_Optional, total=False):
    """What is left of a record when its wrong fields are put aside, so that the others are checked too."""

    id: Id
    kind: KindField
    name: Name
    email: Email


InstitutionsFile = Annotated[
    list[InstitutionEntry],
    Field(title="AIKOM institutions / Заклади та органи управління", description="realm-config/institutions/*.yaml"),
]

INSTITUTIONS: Final = TypeAdapter[list[InstitutionEntry]](InstitutionsFile)
PARTIAL: Final = TypeAdapter(PartialEntry)
