"""Shapes of `requirements.yaml` (annex 2) and of the files in `agreement/` (annex 1). Source: order cl. 6."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from provisioning.model.annexes import Check
from provisioning.registry.schema.fields import BothLanguages, IsoDate, ShortText, Strict

ITEM_PATTERN: Final = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
VERSION_PATTERN: Final = r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$"

Version = Annotated[str, Field(pattern=VERSION_PATTERN, description="In quotes / У лапках", examples=["1.0"])]
Paragraph = Annotated[str, Field(min_length=1, max_length=3_000)]


class RequirementEntry(Strict):
    """One technical requirement. / Одна технічна вимога."""

    id: str = Field(
        pattern=ITEM_PATTERN,
        max_length=60,
        description="Small Latin words with hyphens, never reused / Код вимоги",
        examples=["token-reuse"],
    )
    text: BothLanguages = Field(description="What is required / Що вимагається")
    evidence: BothLanguages = Field(description="What shows it / Чим підтверджується")
    check: Annotated[Check, Field(strict=False)] | None = Field(
        default=None, description="Automatic check; none: a person judges / Автоматична перевірка"
    )
    mandatory: bool = Field(
        default=True, description="No positive conclusion without it / Без неї немає позитивного висновку"
    )


class RequirementsFile(Strict):
    """realm-config/requirements.yaml: technical requirements for OIS. / Технічні вимоги до ОІС (додаток 2)."""

    version: Version
    since: IsoDate
    valid_months: int = Field(ge=1, le=60, description="A conclusion is valid for / Строк дії висновку")
    requirements: list[RequirementEntry] = Field(min_length=1)


class SectionEntry(Strict):
    """A section of the agreement. / Розділ договору."""

    title: ShortText
    paragraphs: list[Paragraph] = Field(min_length=1, description="One line each / Кожен абзац одним рядком")


class AgreementFile(Strict):
    """realm-config/agreement/*.yaml: one version of the accession agreement. / Договір про приєднання (додаток 1)."""

    version: Version
    since: IsoDate
    accede_by: IsoDate | None = Field(
        default=None, description="Connected OIS accede again by / Підключені ОІС приєднуються повторно до"
    )
    title: ShortText
    sections: list[SectionEntry] = Field(min_length=1)
