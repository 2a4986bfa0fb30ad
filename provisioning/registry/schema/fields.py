"""Fields that several files share, with the words that editors show for them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from provisioning.model.identifiers import EDRPOU_PATTERN, INSTITUTION_ID_PATTERN, KATOTTG_PATTERN

NAME_CHARACTERS: Final = 500
TEXT_CHARACTERS: Final = 1_000
EMAIL_CHARACTERS: Final = 254
"""Source: RFC 5321, the longest path without its brackets."""

RIGHT_PATTERN: Final = r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$"
USERNAME_PATTERN: Final = r"^[a-z][a-z0-9._-]{2,62}$"

STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True)

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Strict(BaseModel):
    """A mapping that takes the keys it names and no other, and converts nothing."""

    model_config = STRICT


def _iso_date(value: Any) -> Any:
    if isinstance(value, str):
        if not _ISO_DATE.fullmatch(value):
            raise PydanticCustomError("date-shape", "not a date")
        try:
            return date.fromisoformat(value)
        except ValueError as failure:
            raise PydanticCustomError("no-such-date", "no such day") from failure
    return value


Id = Annotated[
    str,
    Field(
        pattern=INSTITUTION_ID_PATTERN,
        description="Our id, never reused: oblast digits, hyphen, seven digits. / Наш код, ніколи не повторюється.",
        examples=["46-0001234"],
    ),
]
Edrpou = Annotated[
    str,
    Field(
        pattern=EDRPOU_PATTERN,
        description="EDRPOU, eight digits in quotes; a branch may share it. / Код ЄДРПОУ, вісім цифр у лапках.",
        examples=["02145719"],
    ),
]
Katottg = Annotated[
    str,
    Field(
        pattern=KATOTTG_PATTERN,
        description="Code of the place: UA and 17 digits. / Код КАТОТТГ: UA і 17 цифр.",
        examples=["UA46060250010015970"],
    ),
]
Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=NAME_CHARACTERS,
        description="Full official name in Ukrainian, on one line. / Повна офіційна назва.",
    ),
]
Email = Annotated[
    str,
    Field(
        min_length=1,
        max_length=EMAIL_CHARACTERS,
        description="One official address; the base key goes here. / Одна офіційна адреса для базового ключа.",
        json_schema_extra={"format": "email"},
    ),
]
ShortText = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS)]
IsoDate = Annotated[date, BeforeValidator(_iso_date), Field(description="YYYY-MM-DD / РРРР-ММ-ДД")]
RightName = Annotated[
    str,
    Field(
        pattern=RIGHT_PATTERN, description="A right of rights.yaml. / Право з rights.yaml.", examples=["students.read"]
    ),
]


class BothLanguages(Strict):
    """A text in Ukrainian and in English. / Текст українською та англійською."""

    uk: ShortText = Field(description="Українською")
    en: ShortText = Field(description="In English")
