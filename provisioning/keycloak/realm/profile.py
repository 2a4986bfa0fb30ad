"""The user profile: which attributes a user has, how they are labelled and checked, and who may change them.

An attribute that is not declared here cannot be set in the console at all; institutions change none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.fields import flatten, nest
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.model.identifiers import EDRPOU_PATTERN, INSTITUTION_ID_PATTERN, KATOTTG_PATTERN
from provisioning.model.institution import Kind
from provisioning.model.ois import SLUG_PATTERN
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject

NAME: Final = "user profile"
_GROUP: Final = "aikom"
_GROUP_TEXTS: Final = {"displayHeader": "${aikom.group}", "displayDescription": "${aikom.group.help}"}
_NAMES: Final = "names"
"""Of all groups: a group without texts has no other field."""

_UNMANAGED: Final = "unmanagedAttributePolicy"
_SPHERE_PATTERN: Final = r"^(/[0-9]{2}-[0-9]{7})+$"


def _pattern(regex: str) -> dict[str, Any]:
    return {"pattern": {"pattern": regex, "error-message": "${aikom.attribute.invalid}"}}


def _length(most: int) -> dict[str, Any]:
    return {"length": {"max": str(most)}}


_OURS: Final[dict[str, dict[str, Any]]] = {
    "institution_id": _pattern(INSTITUTION_ID_PATTERN),
    "institution_name": _length(500),
    "kind": {"options": {"options": tuple(kind.value for kind in Kind)}},
    "sphere": _pattern(_SPHERE_PATTERN),
    "generation": {"integer": {"min": "1", "max": "999"}},
    "edrpou": _pattern(EDRPOU_PATTERN),
    "edebo_id": _pattern(r"^[0-9]{1,12}$"),
    "katottg": _pattern(KATOTTG_PATTERN),
    "ois": _pattern(SLUG_PATTERN),
    MANAGED_BY: {"options": {"options": (MANAGED_BY_US,)}},
    "base_key_id": _length(64),
    "activated_at": _length(40),
}

ATTRIBUTES: Final = tuple(_OURS)
"""Names of the attributes that this system gives to users."""

_STANDARD: Final[dict[str, dict[str, Any]]] = {
    "username": {"length": {"min": "3", "max": "255"}, "username-prohibited-characters": {}},
    "email": {"email": {}, "length": {"max": "255"}},
    "firstName": {"length": {"max": "255"}, "person-name-prohibited-characters": {}},
    "lastName": {"length": {"max": "255"}, "person-name-prohibited-characters": {}},
}


class UserProfile:
    """`/users/profile`, compared attribute by attribute, with its group's texts and what is not declared."""

    type = ObjectType.USER_PROFILE

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield all attributes, in order, and no others."""
        attributes = {name: _declaration(name, rules, group=None) for name, rules in _STANDARD.items()}
        attributes |= {name: _declaration(name, rules, group=_GROUP) for name, rules in _OURS.items()}
        groups = {_GROUP: _GROUP_TEXTS, _NAMES: (_GROUP,)}
        # Without a policy Keycloak takes no attribute that is not declared, from anybody.
        whole = {"attributes": attributes, "order": tuple(attributes), "groups": groups, _UNMANAGED: None}
        yield RealmObject(self.type, NAME, flatten(whole))

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Yield the declared profile with attributes by name."""
        profile = reading.connection.get("/users/profile") or {}
        attributes = {attribute.pop("name"): _shown(attribute) for attribute in profile.get("attributes", [])}
        groups = {group.pop("name"): group for group in profile.get("groups", [])}
        whole = {"attributes": attributes, "order": tuple(attributes), "groups": {**groups, _NAMES: tuple(groups)}}
        yield RealmObject(self.type, NAME, flatten({**whole, _UNMANAGED: profile.get(_UNMANAGED)}))

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Write the whole profile by PUT: Keycloak always has one."""
        body = nest(wanted.fields)
        declared = [{"name": name, **body["attributes"][name]} for name in body["order"]]
        connection.put("/users/profile", {"attributes": declared, "groups": [{"name": _GROUP, **_GROUP_TEXTS}]})

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Write the profile whole, as `create` does: it is one document and ours."""
        self.create(connection, change.object, context)


def _shown(attribute: dict[str, Any]) -> dict[str, Any]:
    """An attribute as it is compared. Without roles and scopes it is required of everybody, which no field says."""
    required = attribute.get("required")
    if required is not None and not any(required.values()):
        return {**attribute, "required": {"always": True}}
    return attribute


def _declaration(name: str, rules: dict[str, Any], group: str | None) -> dict[str, Any]:
    standard = group is None
    declaration = {
        "displayName": f"${{{name}}}" if standard else f"${{aikom.attribute.{name}}}",
        "validations": {rule: options or {"ignore.empty.value": "true"} for rule, options in rules.items()},
        "permissions": {"view": ("admin", "user"), "edit": ("admin",)},
        "multivalued": False,
    }
    return declaration if standard else {**declaration, "group": group}
