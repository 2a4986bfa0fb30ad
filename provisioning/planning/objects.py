"""Objects of the realm (settings, scopes, clients, roles, flows, staff) and the difference between two sets of them.

An object is a flat map from field path to value; only the fields that the desired side names are compared, so what
Keycloak fills in by itself is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

FieldPath = tuple[str, ...]
Value = str | int | float | bool | None | tuple[str, ...]


class ObjectType(StrEnum):
    """Kinds of realm objects, in the order in which they are carried out."""

    FLOW = "authentication flow"
    REQUIRED_ACTION = "required action"
    RESOURCE_SERVER = "resource server"
    RIGHT = "right"
    ROLE = "realm role"
    CLIENT_SCOPE = "client scope"
    CLIENT = "client"
    REALM = "realm"
    USER_PROFILE = "user profile"
    TEXTS = "texts"
    STAFF = "staff"


ORDER: Mapping[ObjectType, int] = {kind: position for position, kind in enumerate(ObjectType)}


@dataclass(frozen=True, slots=True)
class RealmObject:
    """One object by type and name; `fields` holds what is managed of it."""

    type: ObjectType
    name: str
    fields: Mapping[FieldPath, Value]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's value before and after. `secret` fields show no values."""

    path: FieldPath
    before: Value
    after: Value

    @property
    def field(self) -> str:
        return ".".join(self.path)

    @property
    def is_secret(self) -> bool:
        return self.path[-1] in SECRET_FIELDS


SECRET_FIELDS = frozenset({"secret", "password", "aikom.key.digest"})


@dataclass(frozen=True, slots=True)
class CreateObject:
    """Creation of an object that does not exist yet."""

    object: RealmObject

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """All fields of the new object, from nothing to their values."""
        return diff_fields(self.object.fields, {})


@dataclass(frozen=True, slots=True)
class UpdateObject:
    """Update of an object that differs in `changes`, sorted by field."""

    object: RealmObject
    changes: tuple[FieldChange, ...]


ObjectChange = CreateObject | UpdateObject


def diff_objects(desired: Iterable[RealmObject], actual: Iterable[RealmObject]) -> tuple[ObjectChange, ...]:
    """List the changes that make `actual` agree with `desired`, in the order in which they must be carried out.

    There is no delete: what only `actual` has is foreign and stays.
    """
    existing = {(o.type, o.name): o for o in actual}
    changes: list[ObjectChange] = []
    for wanted in sorted(desired, key=lambda o: (ORDER[o.type], o.name)):
        found = existing.get((wanted.type, wanted.name))
        if found is None:
            changes.append(CreateObject(wanted))
        elif fields := diff_fields(wanted.fields, found.fields):
            changes.append(UpdateObject(wanted, fields))
    return tuple(changes)


def diff_fields(desired: Mapping[FieldPath, Value], actual: Mapping[FieldPath, Value]) -> tuple[FieldChange, ...]:
    """List the fields of `desired` that `actual` lacks or has otherwise; a missing field counts as None."""
    return tuple(
        FieldChange(path, actual.get(path), value)
        for path, value in sorted(desired.items())
        if actual.get(path) != value
    )
