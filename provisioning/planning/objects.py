"""Objects of the realm (settings, scopes, clients, roles, flows, staff) and the difference between two sets of them.

An object is a flat map from field path to value. Of a `whole` one every field is compared, and a field that only
Keycloak has is foreign; of another only the fields that the desired side names. Absent, null and empty are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

FieldPath = tuple[str, ...]
Value = str | int | float | bool | None | tuple[str, ...]


class ObjectType(StrEnum):
    """Kinds of realm objects, in the order in which they are carried out.

    The realm's settings come as soon as the flows that they name are there: some decide what provisioning may do.
    """

    FLOW = "authentication flow"
    REQUIRED_ACTION = "required action"
    REALM = "realm"
    RESOURCE_SERVER = "resource server"
    RIGHT = "right"
    ROLE = "realm role"
    CLIENT_SCOPE = "client scope"
    CLIENT = "client"
    COMPONENT = "component"
    USER_PROFILE = "user profile"
    TEXTS = "texts"
    STAFF = "staff"


ORDER: Mapping[ObjectType, int] = {kind: position for position, kind in enumerate(ObjectType)}


@dataclass(frozen=True, slots=True)
class RealmObject:
    """One object by type and name; `fields` holds what is managed of it, which is everything when it is `whole`."""

    type: ObjectType
    name: str
    fields: Mapping[FieldPath, Value]
    whole: bool = False


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
        elif fields := diff_fields(wanted.fields, found.fields, whole=wanted.whole):
            changes.append(UpdateObject(wanted, fields))
    return tuple(changes)


def diff_fields(
    desired: Mapping[FieldPath, Value], actual: Mapping[FieldPath, Value], *, whole: bool = False
) -> tuple[FieldChange, ...]:
    """List the fields of `desired` that `actual` lacks or has otherwise; of a `whole` also those that only `actual`
    has.
    """
    return tuple(
        FieldChange(path, actual.get(path), desired.get(path))
        for path in sorted({*desired, *actual} if whole else desired)
        if _filled(actual.get(path)) != _filled(desired.get(path))
    )


def _filled(value: Value) -> Value:
    return None if value in ("", ()) else value
