"""The one form in which event data is written down and hashed: canonical JSON, times of fixed width. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""What event data may hold. No floating point: its text form differs between languages, and hashes must not."""

LARGEST_INTEGER: Final = 2**53 - 1
"""Integers beyond this are not exact in every JSON reader. Source: RFC 7493 2.2."""

DEEPEST: Final = 64
"""Objects and lists within each other: what is recorded anywhere must be read everywhere, however deep the stack is."""

_UNRECORDABLE: Final = re.compile("[\x00\ud800-\udfff]")


def format_time(at: datetime) -> str:
    """Write a time as `2026-11-20T08:30:00.000000Z`: fixed width, so that it sorts as text.

    Raises ValueError for a time without an offset, and for one that in UTC is not within the years 1 to 9999.
    """
    return in_utc(at).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_time(text: str) -> datetime:
    """Return the inverse of `format_time`, and any other ISO 8601 time with an offset. Raises ValueError."""
    return in_utc(datetime.fromisoformat(text))


def in_utc(at: datetime) -> datetime:
    """Return the same moment in UTC. Raises ValueError as `format_time` does."""
    if at.utcoffset() is None:
        raise ValueError(f"a time needs an offset: {at.isoformat()}")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"a time beyond the calendar: {at.isoformat()}") from None


encode_plain: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode


def canonical_json(value: JsonValue) -> bytes:
    """Return the one way to write a value as JSON. Source: RFC 8785, within the bounds that `JsonValue` sets.

    Keys are ASCII, so that sorting by code point and by UTF-16 unit is the same; integers are exact everywhere.
    Raises ValueError for a value outside those bounds.
    """
    return encode_plain(_plain(value)).encode()


def parse_json(text: str) -> Any:
    """Return the value of JSON text. Raises ValueError for what is none, or holds what could never be recorded.

    That is what neither a database nor a page can take: NaN, NUL, lone surrogates, deeper nesting than `DEEPEST`.
    Numbers that are not exact and keys beyond ASCII are read: whether they belong there, the types decide.
    """
    if not isinstance(text, str):
        raise ValueError(f"text is wanted, not {type(text).__name__}")
    try:
        value = _DECODER.decode(text)
        # Canonical JSON escapes control characters alone, so that few texts are looked at twice.
        if "\\u" in text or text.count("[") + text.count("{") > DEEPEST:
            _check(value, DEEPEST)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    return value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant)

_TOO_DEEP: Final = f"it is nested more than {DEEPEST} levels deep"


def _check(value: object, levels: int) -> None:
    """Refuse a parsed value with a text that cannot be recorded, or with more levels."""
    if isinstance(value, str):
        check_text(value, "it")
    elif isinstance(value, list | dict):
        if not levels:
            raise ValueError(_TOO_DEEP)
        for item in value:
            _check(item, levels - 1)
        if isinstance(value, dict):
            for item in value.values():
                _check(item, levels - 1)


def _plain(value: object, levels: int = DEEPEST) -> JsonValue:
    if not levels and isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        raise ValueError(_TOO_DEEP)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return check_text(str(value), "value")
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError(f"integer {value} is not exact in JSON")
        return int(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, levels - 1) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item, levels - 1) for item in value]
    raise ValueError(f"{type(value).__name__} has no canonical JSON form")


def _key(key: object) -> str:
    if not (isinstance(key, str) and key.isascii()):
        raise ValueError(f"a key of event data is ASCII text, not {key!r}")
    return check_text(str(key), "key")


def check_text(text: str, name: str) -> str:
    """Refuse what databases and UTF-8 cannot hold: NUL and lone surrogates."""
    if _UNRECORDABLE.search(text):
        raise ValueError(f"{name} holds a character that cannot be recorded")
    return text
