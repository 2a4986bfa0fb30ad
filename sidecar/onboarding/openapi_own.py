"""Shapes of what an OIS gets from the API with the token of its own client."""

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

_RESULT: Final = _object(check=_TEXT, passed=_FLAG, problems=_TEXTS, found={"type": "object"})

_REQUEST: Final = _object(
    number=_NUMBER,
    at=_MOMENT,
    method=_TEXT,
    path=_TEXT,
    status=_NUMBER,
    reason=_OPTIONAL,
    token=_TEXT,
    token_in_url=_FLAG,
)

_REPORT: Final = _object(
    run=_TEXT,
    ois=_TEXT,
    institution=_TEXT,
    started_at=_MOMENT,
    cut_off_at=_OPTIONAL,
    ended_at=_MOMENT,
    passed=_FLAG,
    results={"type": "array", "items": _RESULT},
    requests={"type": "array", "items": _REQUEST},
)

_RUN: Final = _object(
    run=_TEXT,
    state={"enum": ["calling", "limiting", "limited", "resumed", "cutting", "watching", "over"]},
    next=_TEXT,
    started_at=_MOMENT,
    ends_at=_MOMENT,
    report={"anyOf": [_REPORT, {"type": "null"}]},
    report_sha256=_OPTIONAL,
)

OWN_SCHEMAS: Final[dict[str, Any]] = {
    "Self": _object(
        slug=_TEXT,
        state={"enum": ["connected"]},
        open=_FLAG,
        rights=_TEXTS,
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
    "BegunRun": _object(
        **dict.fromkeys(("run", "issuer", "token_endpoint", "client_id", "database", "institution", "next"), _TEXT),
        api_key_id=_TEXT,
        api_key=_TEXT,
        rights=_TEXTS,
        ends_at=_MOMENT,
    ),
    "Run": _RUN,
    "Runs": _object(runs={"type": "array", "items": _RUN}),
}
