"""Shapes of what a connected OIS gets from the API."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_OPTIONAL: Final = {"type": ["string", "null"]}
_DAY: Final = {"type": "string", "format": "date"}
_OPTIONAL_DAY: Final = {"type": ["string", "null"], "format": "date"}
_FLAG: Final = {"type": "boolean"}
_NUMBER: Final = {"type": "integer", "minimum": 0}
_TEXTS: Final = {"type": "array", "items": _TEXT}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


_MANDATE: Final = _object(
    id=_TEXT,
    account=_TEXT,
    authority=_OPTIONAL,
    rights=_TEXTS,
    contract_number=_TEXT,
    contract_date=_DAY,
    until=_OPTIONAL_DAY,
    state={"enum": ["granted", "withdrawn"]},
    stands=_FLAG,
    changed=_NUMBER,
)

_MOMENT: Final = {"type": "string", "format": "date-time"}
_CALLS: Final = {"reached": _TEXT, "by": _TEXT, "right": _TEXT}

_USAGE: Final = _object(period=_MOMENT, **_CALLS, allowed=_NUMBER, refused=_NUMBER, last_at=_MOMENT)
_REFUSAL: Final = _object(
    reason=_TEXT,
    title=_OPTIONAL,
    what_to_do=_OPTIONAL,
    about=_OPTIONAL,
    **_CALLS,
    refused=_NUMBER,
    last_at=_MOMENT,
)

OWN_SCHEMAS: Final[dict[str, Any]] = {
    "Self": _object(
        slug=_TEXT,
        state={"enum": ["applied", "connected", "suspended", "rejected", "terminated"]},
        open=_FLAG,
        rights=_TEXTS,
        suspension_reason=_OPTIONAL,
        conclusion_number=_OPTIONAL,
        conclusion_until=_OPTIONAL_DAY,
        agreement_version=_OPTIONAL,
        accede_by=_OPTIONAL_DAY,
    ),
    "Mandates": _object(mandates={"type": "array", "items": _MANDATE}, next=_NUMBER, more=_FLAG),
    "Usage": _object(
        **{"from": _DAY},
        to=_DAY,
        by={"enum": ["day", "hour"]},
        complete=_FLAG,
        usage={"type": "array", "items": _USAGE},
    ),
    "Refusals": _object(**{"from": _DAY}, to=_DAY, complete=_FLAG, refusals={"type": "array", "items": _REFUSAL}),
    "SelfTest": _object(
        ois=_TEXT,
        at={"type": "string", "format": "date-time"},
        results={"type": "array", "items": _object(check=_TEXT, passed=_FLAG, found={"type": "object"})},
    ),
}
