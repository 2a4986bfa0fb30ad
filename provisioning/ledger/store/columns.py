"""The kinds of column that the ledger's tables have: what a value looks like in the database, on both alike.

Times are text of fixed width in UTC and data is canonical JSON text: the bytes that are stored are the bytes that are
hashed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from provisioning.ledger.errors import LedgerCorrupt
from provisioning.model.events import JsonValue, canonical_json, format_time, kind_named, parse_time

TIME_WIDTH: Final = 27
DAY_WIDTH: Final = 10
HASH_WIDTH: Final = 64


Parsed = TypeVar("Parsed")


def _readable(parse: Callable[[Any], Parsed], value: Any) -> Parsed:
    try:
        return parse(value)
    except ValueError as error:
        raise LedgerCorrupt(
            "the ledger holds a value that nothing of ours has written", remedy="run `provision ledger verify`"
        ) from error


class UtcTime(TypeDecorator[datetime]):
    """A time as text, `2026-11-20T08:30:00.000000Z`."""

    impl = String(TIME_WIDTH)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else format_time(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _readable(parse_time, value)


class CanonicalJson(TypeDecorator[Any]):
    """Canonical JSON as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str:
        return canonical_json(value).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        return None if value is None else _readable(json.loads, value)


class KindText(TypeDecorator[str]):
    """The kind of an event: a member of EventKind, or the text that is stored where there is no such kind."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else kind_named(value)


class Day(TypeDecorator[date]):
    """A day as text, `2026-11-20`."""

    impl = String(DAY_WIDTH)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        return None if value is None else _readable(date.fromisoformat, value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """Several texts, in their order, as canonical JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return canonical_json(value or ()).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else _readable(lambda text: tuple(json.loads(text)), value)


class EnumText(TypeDecorator[StrEnum]):
    """A member of an enum, stored as its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else _readable(self.members, value)
