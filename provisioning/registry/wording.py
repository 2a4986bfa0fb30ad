"""Problems in plain words, made from pydantic's errors: what is wrong, where it is, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from provisioning.model.identifiers import EDRPOU_PATTERN, INSTITUTION_ID_PATTERN, KATOTTG_PATTERN
from provisioning.registry.documents import Document, Location
from provisioning.registry.problems import Problem, error, shown
from provisioning.registry.schema.annexes import ITEM_PATTERN, VERSION_PATTERN
from provisioning.registry.schema.fields import RIGHT_PATTERN, USERNAME_PATTERN
from provisioning.registry.schema.json_schema import known_keys

_SHAPES: Final[Mapping[str, tuple[str, str, str]]] = {
    INSTITUTION_ID_PATTERN: ("id-shape", "is not an id", 'write two digits, a hyphen, seven digits: "46-0001234"'),
    EDRPOU_PATTERN: ("edrpou-shape", "is not an EDRPOU code", 'write eight digits in quotes: "02145719"'),
    KATOTTG_PATTERN: ("katottg-shape", "is not a KATOTTG code", "write UA and 17 digits: UA46060250010015970"),
    RIGHT_PATTERN: ("right-shape", "is not the name of a right", "write two Latin words with a dot: students.read"),
    USERNAME_PATTERN: (
        "username-shape",
        "is not a username",
        "use small Latin letters, digits, dots and hyphens, a letter first, 3 to 63 characters",
    ),
    ITEM_PATTERN: ("item-shape", "is not an id of a requirement", "use small Latin words with hyphens: token-reuse"),
    VERSION_PATTERN: ("version-shape", "is not a version", 'write numbers with dots in quotes: "1.0"'),
}
"""Pattern → code, what is wrong, what to do."""

_TYPES: Final[Mapping[str, tuple[str, str, str]]] = {
    "string_type": ("not-text", "must be a text", "put the value in quotes"),
    "int_type": ("not-a-number", "must be a whole number", "write digits only, without quotes"),
    "float_type": ("not-a-number", "must be a number", "write a number without quotes, such as 2 or 2.5"),
    "bool_type": ("not-yes-or-no", "must be true or false", "write true or false, without quotes"),
    "list_type": ("not-a-list", "must be a list", "write each item on its own line after `- `"),
    "dict_type": ("not-a-mapping", "must be a group of `key: value` lines", "write `key: value` lines here"),
    "model_type": ("not-a-mapping", "must be a group of `key: value` lines", "write `key: value` lines here"),
    "date-shape": ("date-shape", "is not a date", "write year-month-day, such as 2026-11-20"),
    "no-such-date": ("date-unknown", "is a day that no calendar has", "write year-month-day, such as 2026-11-20"),
    "date_type": ("date-shape", "is not a date", "write year-month-day, such as 2026-11-20"),
}

_KEY_MARK: Final = "[key]"


def schema_problems(document: Document, schema: str, failure: ValidationError) -> Iterator[Problem]:
    """Yield every finding as a problem. A misspelt key is one problem: the key that is missed for it is
    not a second.
    """
    details = failure.errors(include_url=False, include_context=True)
    suggestions = {detail["loc"]: _suggestion(schema, detail) for detail in details if _unknown(detail)}
    meant = {(*location[:-1], word) for location, word in suggestions.items() if word}
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] in meant:
            continue
        yield _problem(document, schema, detail, suggestions)


def _unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _suggestion(schema: str, detail: ErrorDetails) -> str | None:
    location = detail["loc"]
    close = get_close_matches(str(location[-1]), known_keys(schema, location[:-1]), n=1)
    return close[0] if close else None


def _problem(
    document: Document, schema: str, detail: ErrorDetails, suggestions: Mapping[Location, str | None]
) -> Problem:
    location, kind = detail["loc"], detail["type"]
    if location and location[-1] == _KEY_MARK:
        place = document.place(location[:-1], key=True)
        remedy = f"write one of: {_listed(detail)}"
        return error("not-in-list", place, f"{shown(location[-2])} is not in the list", remedy)
    if kind == "extra_forbidden":
        return _unknown_key(document, schema, location, suggestions[location])
    if kind == "missing":
        place = document.place(location[:-1])
        key = location[-1]
        return error("missing-key", place, f"the key {key} is missing", f"add `{key}:` to this record")
    return _wrong_value(document, detail)


def _unknown_key(document: Document, schema: str, location: Location, suggestion: str | None) -> Problem:
    if suggestion:
        remedy = f"did you mean {suggestion}?"
    else:
        keys = known_keys(schema, location[:-1])
        remedy = f"remove it; the keys here are: {', '.join(keys)}" if keys else "remove it"
    place = document.place(location, key=True)
    return error("unknown-key", place, f"the key {shown(location[-1])} is unknown", remedy)


def _wrong_value(document: Document, detail: ErrorDetails) -> Problem:
    location, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    place, field, value = document.place(location), field_name(location), _quoted(detail["input"])
    if kind in _TYPES:
        code, what, remedy = _TYPES[kind]
        return error(code, place, f"{field}: {value} {what}" if value else f"{field} {what}", remedy)
    if kind in ("enum", "literal_error"):
        return error("not-in-list", place, f"{field}: {value} is not in the list", f"write one of: {_listed(detail)}")
    if kind == "string_pattern_mismatch":
        fallback = ("wrong-shape", "does not have the right shape", "compare it with the example of this file")
        code, what, remedy = _SHAPES.get(str(context.get("pattern")), fallback)
        return error(code, place, f"{field}: {value} {what}", remedy)
    return _out_of_bounds(place, field, kind, context, detail)


def _out_of_bounds(place: Any, field: str, kind: str, context: Mapping[str, Any], detail: ErrorDetails) -> Problem:
    match kind:
        case "string_too_long":
            length, limit = len(detail["input"]), context["max_length"]
            message = f"{field} has {length} characters; at most {limit} are allowed"
            return error("too-long", place, message, "shorten it")
        case "string_too_short" | "too_short":
            return error("empty-value", place, f"{field} is empty", "write the value, or remove the key")
        case "greater_than_equal":
            limit = context["ge"]
            return error("out-of-bounds", place, f"{field}: {detail['input']} is too small", f"write {limit} or more")
        case "less_than_equal":
            limit = context["le"]
            return error("out-of-bounds", place, f"{field}: {detail['input']} is too large", f"write {limit} or less")
    return error("wrong-value", place, f"{field}: {shown(detail['msg'])}", "compare it with the example of this file")


def field_name(location: Location) -> str:
    """Return the key that a location ends in, with its own keys above: `deactivated.date`."""
    words = [shown(step) for step in location if isinstance(step, str)]
    return ".".join(words) if words else "this entry"


def _listed(detail: ErrorDetails) -> str:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return expected.replace("'", "").replace(" or ", ", ")


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return f"“{shown(value)}”"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else ""
