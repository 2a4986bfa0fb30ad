"""The one form in which event data is written down and hashed: canonical JSON, times of fixed width. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""What event data may hold. No floating point: its text form differs between languages, and hashes must not."""

LARGEST_INTEGER: Final = 2**53 - 1
"""Integers beyond this are not exact in every JSON reader. Source: RFC 7493 2.2."""

_UNRECORDABLE: Final = re.compile("[\x00\ud800-\udfff]")


def format_time(at: datetime) -> str:
    """Write a time as `2026-11-20T08:30:00.000000Z`: fixed width, so that it sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_time(text: str) -> datetime:
    """Return the inverse of `format_time`, and any other ISO 8601 time with an offset. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time needs an offset: {text}")
    return at.astimezone(UTC)


encode_plain: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode


def canonical_json(value: JsonValue) -> bytes:
    """Return the one way to write a value as JSON. Source: RFC 8785, within the bounds that `JsonValue` sets.

    Keys are ASCII, so that sorting by code point and by UTF-16 unit is the same; integers are exact everywhere.
    Raises ValueError for a value outside those bounds.
    """
    return encode_plain(_plain(value)).encode()


def _plain(value: object) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return check_text(str(value), "value")
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError(f"integer {value} is not exact in JSON")
        return int(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item) for item in value]
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
