"""The parts of a compact JWS, read strictly: three parts in base64url, and JSON without a repeated name.

Source: RFC 7515 3.1, RFC 7519 4, RFC 8725 2.4.
"""

from __future__ import annotations

import json
import math
import re
from base64 import urlsafe_b64decode
from typing import Any, Final

from provisioning.model.events import LARGEST_INTEGER

_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]{1,2048})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


class _Duplicate(ValueError):
    pass


def split_compact(text: str) -> tuple[str, str] | None:
    """Return header and payload of a compact JWS as they are encoded; None when it is none."""
    parts = _COMPACT.fullmatch(text)
    return None if parts is None else (parts[1], parts[2])


def read_part(part: str) -> dict[str, Any] | None:
    """Return the JSON object in an encoded part; None for anything else."""
    try:
        return read_object(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None


def read_object(text: bytes) -> dict[str, Any] | None:
    """Return a JSON object without a repeated name; None for anything else."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_time(value: object) -> float | None:
    """Return a time in seconds since the epoch; None for what is no number or out of reason: 2^63 is no time."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and 0 <= value < LARGEST_INTEGER else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _Duplicate
    return values


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
