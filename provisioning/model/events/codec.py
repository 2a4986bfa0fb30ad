"""From a frozen type to event data and back, exactly: what was read gives back the very bytes that were hashed.

A reader and a writer for each field are made once per type, from its annotation; both refuse values of another type.
`codec_fields` knows the annotations, this module puts the fields of a type together. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, TypeVar, get_type_hints

from provisioning.model.events.actors import ActorKind
from provisioning.model.events.canonical import JsonValue
from provisioning.model.events.codec_atoms import OddShape
from provisioning.model.events.codec_fields import Absence, Field, field_of, fields_shape
from provisioning.model.events.kinds import EventKind

VERSION_FIELD: Final = "event_version"
"""Field of the data that says which version of its kind's shape it has; without it, version 1."""

Read = TypeVar("Read", bound="Content")


class Content:
    """What one kind of event says. Subclasses are frozen, slotted dataclasses with keyword arguments only.

    `CLAUSES` are those that an event of the kind may rest on, the usual one first; `ACTORS` may cause it, staff from
    the command line only where it is not `AT_DESK`. `OPENS`: it may open access, so it is refused on a ledger that is
    older than its newest checkpoint.
    """

    __slots__ = ()

    KIND: ClassVar[EventKind]
    CLAUSES: ClassVar[tuple[str, ...]]
    ACTORS: ClassVar[frozenset[ActorKind]]
    AT_DESK: ClassVar[bool] = True
    VERSION: ClassVar[int] = 1
    OPENS: ClassVar[bool] = False

    @property
    def opens(self) -> bool:
        """Return whether this event opens access; not every one of a kind that may does."""
        return self.OPENS

    def to_data(self) -> dict[str, JsonValue]:
        """Write the content as event data. Raises OddShape for a value that its field does not allow."""
        return _codec_of(type(self)).write(self)

    @classmethod
    def from_data(cls: type[Read], data: Mapping[str, Any]) -> Read:
        """Read event data. Raises OddShape for a field that is unknown, missing or of another type."""
        found: Read = _codec_of(cls).read(data)
        return found

    def require_complete(self) -> None:
        """Raise OddShape when a field is missing that only events of earlier programs lack."""
        for name in _codec_of(type(self)).lacking_in_old:
            if getattr(self, name) is None:
                raise OddShape(f"field {name}: it is missing")


@dataclass(frozen=True, slots=True)
class _Codec:
    type: type[Any]
    fields: tuple[Field, ...]
    names: frozenset[str]
    version: int
    lacking_in_old: tuple[str, ...]

    def read(self, data: Mapping[str, Any]) -> Any:
        if data.get(VERSION_FIELD, 1) != self.version:
            raise OddShape(f"version {data.get(VERSION_FIELD)} is not {self.version}")
        if not data.keys() <= self.names:
            raise OddShape(f"field {min(data.keys() - self.names)}: it is unknown")
        values: dict[str, Any] = {}
        name = ""
        try:
            for name, read, _, absence, *_ in self.fields:
                if name in data:
                    values[name] = read(data[name])
                elif absence is None:
                    raise OddShape("it is missing")
                else:
                    values[name] = None
        except OddShape as error:
            raise OddShape(f"field {name}: {error}") from None
        return self.type(**values)

    def write(self, content: object) -> dict[str, JsonValue]:
        data: dict[str, JsonValue] = {} if self.version == 1 else {VERSION_FIELD: self.version}
        name = ""
        try:
            for name, _, write, absence, *_ in self.fields:
                value = getattr(content, name)
                if value is not None or absence is None:
                    data[name] = write(value)
        except OddShape as error:
            raise OddShape(f"field {name}: {error}") from None
        return data


def fields_of(kind: type[Content]) -> tuple[Field, ...]:
    """Return the fields of a type in their order: how each is read and written, and its type in words."""
    return _codec_of(kind).fields


def shape_of(kind: type[Content]) -> JsonValue:
    """Return the shape of the data of a type, as `codec_atoms.Form` has it."""
    codec = _codec_of(kind)
    shapes = {field.name: field.shape for field in codec.fields}
    if codec.version != 1:
        shapes[VERSION_FIELD] = {"among": [codec.version]}
    return fields_shape(shapes, [field.name for field in codec.fields if field.absence is not None])


_CODECS: Final[dict[type[Any], _Codec]] = {}


def _codec_of(cls: type[Any]) -> _Codec:
    found = _CODECS.get(cls)
    if found is None:
        found = _CODECS[cls] = _compiled(cls)
    return found


def _compiled(cls: type[Any]) -> _Codec:
    hints = get_type_hints(cls, include_extras=True)
    of_type = tuple(field_of(one.name, hints[one.name]) for one in fields(cls))
    version = int(cls.VERSION)
    names = frozenset(field.name for field in of_type) | (frozenset() if version == 1 else {VERSION_FIELD})
    lacking = tuple(field.name for field in of_type if field.absence is Absence.IN_OLD_EVENTS)
    return _Codec(cls, of_type, names, version, lacking)
