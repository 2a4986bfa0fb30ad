"""How the annotation of a field is read from event data and written: the types that event data may have. Pure.

Text, numbers, yes or no, enums, days, times, lists, literals, objects (frozen dataclasses) and unions of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum, StrEnum
from functools import partial
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NamedTuple,
    NewType,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from provisioning.model.events.canonical import JsonValue
from provisioning.model.events.codec_atoms import ATOMS, Form, OddShape, name_of, read_text

T = TypeVar("T")


class Absence(Enum):
    """When a field may be absent."""

    WHERE_THERE_IS_NONE = "where there is none"
    IN_OLD_EVENTS = "in events of earlier programs"


WhereGiven: TypeAlias = Annotated[T | None, Absence.WHERE_THERE_IS_NONE]
"""A field that is left out, not null, where there is nothing to say; it reads as None."""

LackingInOld: TypeAlias = Annotated[T | None, Absence.IN_OLD_EVENTS]
"""A field that events of earlier programs lack, and read as None; new ones are refused without it."""


class Field(NamedTuple):
    """One field of a type: how its value is read and written, and when it may be absent."""

    name: str
    read: Callable[[Any], Any]
    write: Callable[[Any], JsonValue]
    absence: Absence | None
    words: str
    shape: JsonValue


def field_of(name: str, hint: Any) -> Field:
    """Return the field with this annotation. Raises TypeError for one that event data cannot have."""
    absence = None
    if get_origin(hint) is Annotated:
        hint, *marks = get_args(hint)
        absence = next((mark for mark in marks if isinstance(mark, Absence)), None)
    if absence is not None:
        hint = Union[tuple(part for part in get_args(hint) if part is not NoneType)]  # noqa: UP007 - built at run time
    form = form_of(hint)
    return Field(name, form.read, form.write, absence, form.words, form.shape)


def form_of(hint: Any) -> Form:
    """Return how values of this type are written. Raises TypeError for one that event data cannot have."""
    if isinstance(hint, NewType):
        return form_of(hint.__supertype__)
    if hint in ATOMS:
        return ATOMS[hint]
    if (compose := _COMPOSED.get(get_origin(hint))) is not None:
        return compose(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        members = [member.value for member in hint]
        return Form(partial(_read_member, hint), partial(_write_member, hint), " | ".join(hint), {"among": members})
    if isinstance(hint, type) and is_dataclass(hint):
        return _own(hint) if hasattr(hint, "from_json") else _object(hint)
    raise TypeError(f"event data cannot have {hint}")


def _read_member(members: type[StrEnum], value: Any) -> StrEnum:
    text = read_text(value)
    try:
        return members(text)
    except ValueError:
        raise OddShape(f"{text!r} is none of {', '.join(members)}") from None


def _write_member(members: type[StrEnum], value: Any) -> str:
    if not isinstance(value, members):
        raise OddShape(f"one of {', '.join(members)} is wanted, not {name_of(value)}")
    return value.value


def _own(kind: Any) -> Form:
    """A type of `codec_values`, which reads and writes itself."""

    def write(value: Any) -> JsonValue:
        if not isinstance(value, kind):
            raise OddShape(f"{kind.__name__} is wanted, not {name_of(value)}")
        written: JsonValue = value.to_json()
        return written

    return Form(kind.from_json, write, str(kind.WORDS), str(kind.SHAPE))


def _literal(allowed: tuple[Any, ...]) -> Form:
    forms = [_constant(value) for value in allowed]
    return forms[0] if len(forms) == 1 else _either(forms)


def _constant(only: Any) -> Form:
    written = only.value if isinstance(only, Enum) else only

    def same(wanted: Any, given: Any, value: Any) -> Any:
        if type(value) is not type(wanted) or value != wanted:
            raise OddShape(f"{_words(only)} is wanted, not {value!r}")
        return given

    return Form(partial(same, written, only), partial(same, only, written), _words(only), {"among": [written]})


def _words(literal: object) -> str:
    return {True: "yes", False: "no"}[literal] if isinstance(literal, bool) else str(literal)


def _list(arguments: tuple[Any, ...]) -> Form:
    """`tuple[X, ...]` is a list of any length, `tuple[X, Y]` one of two values."""
    if arguments[-1] is Ellipsis:
        form = form_of(arguments[0])
        read, write, words, length = form.read, form.write, f"list of {form.words}", None
        return Form(
            lambda value: tuple([read(item) for item in _listed(value, list, length)]),
            lambda value: [write(item) for item in _listed(value, tuple, length)],
            words,
            {"list": form.shape},
        )
    forms = [form_of(argument) for argument in arguments]
    count = len(forms)
    return Form(
        lambda value: tuple([f.read(v) for f, v in zip(forms, _listed(value, list, count), strict=True)]),
        lambda value: [f.write(v) for f, v in zip(forms, _listed(value, tuple, count), strict=True)],
        f"[{', '.join(form.words for form in forms)}]",
        {"tuple": [form.shape for form in forms]},
    )


def _listed(value: Any, kind: type[Any], length: int | None) -> Any:
    if type(value) is not kind:
        raise OddShape(f"a list is wanted, not {name_of(value)}")
    if length is not None and len(value) != length:
        raise OddShape(f"a list of {length} is wanted, not of {len(value)}")
    return value


def _union(arguments: tuple[Any, ...]) -> Form:
    return _either([form_of(argument) for argument in sorted(arguments, key=lambda one: one is NoneType)])


def _either(forms: list[Form]) -> Form:
    words = " or ".join(form.words for form in forms)
    readers, writers = [form.read for form in forms], [form.write for form in forms]
    shape = {"any": [form.shape for form in forms]}
    return Form(partial(_first, readers, words), partial(_first, writers, words), words, shape)


def _first(converters: list[Callable[[Any], Any]], words: str, value: Any) -> Any:
    """The first that takes the value; the types of a union never overlap in JSON."""
    refusal: OddShape | None = None
    for convert in converters:
        try:
            return convert(value)
        except OddShape as error:
            refusal = refusal or error
    raise refusal or OddShape(f"{words} is wanted")


def _object(kind: type[Any]) -> Form:
    """A frozen dataclass as a JSON object with exactly its fields."""
    hints = get_type_hints(kind, include_extras=True)
    parts = [(one.name, form_of(hints[one.name])) for one in fields(kind)]
    names = {name for name, _ in parts}

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping) or value.keys() != names:
            raise OddShape(f"an object with {', '.join(sorted(names))} is wanted")
        return kind(**{name: form.read(value[name]) for name, form in parts})

    def write(value: Any) -> JsonValue:
        if type(value) is not kind:
            raise OddShape(f"{kind.__name__} is wanted, not {name_of(value)}")
        return {name: form.write(getattr(value, name)) for name, form in parts}

    words = "{" + "; ".join(f"{name}: {form.words}" for name, form in parts) + "}"
    return Form(read, write, words, fields_shape({name: form.shape for name, form in parts}))


def fields_shape(shapes: Mapping[str, JsonValue], optional: Sequence[str] = ()) -> JsonValue:
    """Return the shape of an object with these fields and no other; the optional ones may be absent."""
    return {"fields": dict(shapes), "optional": list(optional)}


_COMPOSED: Final[Mapping[Any, Callable[[tuple[Any, ...]], Form]]] = {
    Literal: _literal,
    tuple: _list,
    Union: _union,
    UnionType: _union,
}
