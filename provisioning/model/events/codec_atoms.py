"""How single values are read from event data and written: text, numbers, yes or no, days and times. Pure.

Each value has one written form, so that what was read gives back the very bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import NoneType
from typing import Any, Final, NamedTuple

from provisioning.model.events.canonical import LARGEST_INTEGER, JsonValue, check_text, format_time, parse_time


class OddShape(ValueError):
    """A value that is not of the shape that its type has; the message says which field, and what is wrong."""


class Form(NamedTuple):
    """How values of one type are read from JSON and written; `words` name them for people, `shape` for the database.

    A shape is `text`, `number`, `boolean`, `null`, `object`, `time` or `day`, or says `among` which values, `any` of
    which shapes, a `list` of what, a `tuple` of which, or which `fields` (`codec_fields`; migration 0024 reads it).
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], JsonValue]
    words: str
    shape: JsonValue


def _same(kind: type[Any], words: str, shape: str) -> Form:
    """Values that JSON has itself; `True` is no number."""

    def convert(value: Any) -> Any:
        if type(value) is not kind:
            raise OddShape(f"{words} is wanted, not {name_of(value)}")
        return value

    return Form(convert, convert, words, shape)


def name_of(value: object) -> str:
    """Name the type of a value for a message."""
    return "null" if value is None else type(value).__name__


def read_text(value: Any) -> str:
    """Read a text. Raises OddShape."""
    if type(value) is not str:
        raise OddShape(f"text is wanted, not {name_of(value)}")
    return value


def write_text(value: Any) -> str:
    """Write a text that databases and UTF-8 can hold; what is read was recorded. Raises OddShape."""
    text = read_text(str(value) if isinstance(value, str) else value)
    try:
        return check_text(text, "it")
    except ValueError as error:
        raise OddShape(str(error)) from None


def _number(value: Any) -> int:
    if type(value) is not int:
        raise OddShape(f"a number is wanted, not {name_of(value)}")
    if abs(value) > LARGEST_INTEGER:
        raise OddShape(f"{value} is not exact in JSON")
    return value


def _read_moment(value: Any) -> datetime:
    """Only times of the fixed width: another way to write the same moment would not give the same bytes back."""
    try:
        moment = parse_time(read_text(value))
    except ValueError as error:
        raise OddShape(str(error)) from None
    if format_time(moment) != value:
        raise OddShape(f"{value} is not a time of fixed width")
    return moment


def _write_moment(value: Any) -> str:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise OddShape(f"a time with an offset is wanted, not {name_of(value)}")
    try:
        return format_time(value)
    except ValueError as error:
        raise OddShape(str(error)) from None


def _read_day(value: Any) -> date:
    try:
        day = date.fromisoformat(read_text(value))
    except ValueError as error:
        raise OddShape(str(error)) from None
    if day.isoformat() != value:
        raise OddShape(f"{value} is not a day as 2026-11-20")
    return day


def _write_day(value: Any) -> str:
    if type(value) is not date:
        raise OddShape(f"a day is wanted, not {name_of(value)}")
    return value.isoformat()


def _nothing(value: Any) -> None:
    if value is not None:
        raise OddShape(f"null is wanted, not {name_of(value)}")


ATOMS: Final[Mapping[Any, Form]] = {
    str: Form(read_text, write_text, "text", "text"),
    bool: _same(bool, "yes or no", "boolean"),
    int: Form(_number, _number, "number", "number"),
    datetime: Form(_read_moment, _write_moment, "time", "time"),
    date: Form(_read_day, _write_day, "day", "day"),
    NoneType: Form(_nothing, _nothing, "null", "null"),
}
