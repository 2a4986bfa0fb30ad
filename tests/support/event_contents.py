"""Contents of events for Hypothesis, made from the annotations of their types and from nothing of the codec."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from provisioning.model.events.codec import Content
from provisioning.model.events.codec_values import JsonObject, KeycloakTime

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
keys = st.text(st.characters(codec="ascii", exclude_characters="\0"))
numbers = st.integers(-(2**53) + 1, 2**53 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=8,
)

_ATOMS: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: numbers,
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    NoneType: st.none(),
    KeycloakTime: st.builds(KeycloakTime, texts),
    JsonObject: st.builds(JsonObject.of, st.dictionaries(keys, json_values)),
}


@cache
def contents(kind: type[Content]) -> st.SearchStrategy[Any]:
    """Every content of this type."""
    hints = get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{field.name: _values(hints[field.name]) for field in fields(kind)})  # type: ignore[arg-type]  # a dataclass


def _values(hint: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one return for each sort of type
    arguments = get_args(hint)
    if isinstance(hint, NewType):
        return _values(hint.__supertype__)
    if hint in _ATOMS:
        return _ATOMS[hint]
    match get_origin(hint):
        case origin if origin is Annotated:
            return _values(arguments[0])
        case origin if origin is Literal:
            return st.sampled_from(arguments)
        case origin if origin is tuple and arguments[-1] is Ellipsis:
            return st.lists(_values(arguments[0]), max_size=4).map(tuple)
        case origin if origin is tuple:
            return st.tuples(*map(_values, arguments))
        case origin if origin in (Union, UnionType):
            return st.one_of(*map(_values, arguments))
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return st.builds(hint, **{field.name: _values(hints[field.name]) for field in fields(hint)})
    raise TypeError(f"no values of {hint}")
