"""Every field of components, of the user profile and of texts changed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.planning.objects import ObjectType
from tests.support.by_hand.change import NEVER, Change

COMPONENT: Final = "ComponentExportRepresentation"
PROFILE: Final = "UPConfig"
ATTRIBUTE: Final = "UPAttribute"
GROUP: Final = "UPGroup"

COMPONENT_LEFT: Final[Mapping[str, str]] = {
    "id": "Keycloak's own, no call changes it",
    **dict.fromkeys(("name", "subType"), "the name itself: a renamed component is a lost one and a foreign one"),
    "subComponents": "of stores of users alone, which are foreign",
}
ATTRIBUTE_LEFT: Final[Mapping[str, str]] = {"name": "the name itself: shown as `attributes` and `order`"}
GROUP_LEFT: Final[Mapping[str, str]] = {"name": "the name itself: shown as `groups`"}

_PROFILE: Final = (ObjectType.USER_PROFILE, "user profile")


def component_changes() -> Iterator[Change]:
    """Yield a change of every field of components: providers of keys and rules for registration."""
    # Another algorithm or size would make another key, and end every token that the program holds.
    keys = {"rsa-generated": "priority", "aes-generated": "active", "hmac-generated-hs512": "enabled"}
    for name, entry in keys.items():
        act = partial(_configure, name, None, entry, "1" if entry == "priority" else "false")
        place = (ObjectType.COMPONENT, f"KeyProvider {name}")
        yield Change(COMPONENT, "config", place, f"config.{entry}", act, entry)
    limit, sub = "Max Clients Limit", "anonymous"
    place = (ObjectType.COMPONENT, f"ClientRegistrationPolicy {limit} ({sub})")
    act = partial(_configure, limit, sub, "max-clients", "100000")
    yield Change(COMPONENT, "config", place, "config.max-clients", act, "max-clients")
    place = (ObjectType.COMPONENT, f"ClientRegistrationPolicy Consent Required ({sub})")
    yield Change(COMPONENT, "providerId", place, "providerId", partial(_replace, "Consent Required", sub))


def _configure(name: str, sub: str | None, entry: str, value: str, admin: KeycloakConnection) -> None:
    found = next(c for c in admin.get("/components") if (c.get("name"), c.get("subType")) == (name, sub))
    admin.put(f"/components/{found['id']}", {**found, "config": {**found["config"], entry: [value]}})


def _replace(name: str, sub: str, admin: KeycloakConnection) -> None:
    found = next(c for c in admin.get("/components") if (c.get("name"), c.get("subType")) == (name, sub))
    admin.put(f"/components/{found['id']}", {**found, "providerId": "scope"})


def profile_changes() -> Iterator[Change]:
    """Yield a change of every field of the user profile, of one of its attributes and of its group."""
    for of, field, named, edit in _EDITS:
        entry = NEVER if NEVER in named else ""
        yield Change(of, field, _PROFILE, named, partial(_edit, edit), entry)


def _edit(edit: Callable[[dict[str, Any]], None], admin: KeycloakConnection) -> None:
    profile = admin.get("/users/profile")
    edit(profile)
    admin.put("/users/profile", profile)


def _set(kind: str, name: str, field: str, value: Any, profile: dict[str, Any]) -> None:
    found = next(one for one in profile[kind] if one["name"] == name)
    found[field] = {**(found.get(field) or {}), **value} if isinstance(value, dict) else value


def _of_attribute(field: str, value: Any, entry: str = "") -> tuple[str, str, str, Callable[[dict[str, Any]], None]]:
    named = f"attributes.edrpou.{field}{entry and '.'}{entry}"
    return ATTRIBUTE, field, named, partial(_set, "attributes", "edrpou", field, value)


def _of_group(field: str, value: Any, entry: str = "") -> tuple[str, str, str, Callable[[dict[str, Any]], None]]:
    return GROUP, field, f"groups.aikom.{field}{entry and '.'}{entry}", partial(_set, "groups", "aikom", field, value)


_EDITS: Final = (
    (PROFILE, "attributes", "attributes.foreign", lambda profile: profile["attributes"].append({"name": "foreign"})),
    (PROFILE, "groups", "groups.names", lambda profile: profile["groups"].append({"name": "foreign"})),
    (ATTRIBUTE, "required", "attributes.edebo_id.required", partial(_set, "attributes", "edebo_id", "required", {})),
    (
        PROFILE,
        "unmanagedAttributePolicy",
        "unmanagedAttributePolicy",
        lambda profile: profile.update(unmanagedAttributePolicy="ENABLED"),
    ),
    _of_attribute("displayName", "foreign"),
    _of_attribute("validations", {"length": {"max": "9000"}}),
    _of_attribute("annotations", {NEVER: "x"}, NEVER),
    _of_attribute("required", {"roles": ["user"], "scopes": ["staff"]}),
    ("UPAttributeRequired", "roles", "attributes.edrpou.required.roles", lambda profile: None),
    ("UPAttributeRequired", "scopes", "attributes.edrpou.required.scopes", lambda profile: None),
    _of_attribute("permissions", {"view": ["admin"], "edit": ["admin", "user"]}),
    ("UPAttributePermissions", "view", "attributes.edrpou.permissions.view", lambda profile: None),
    ("UPAttributePermissions", "edit", "attributes.edrpou.permissions.edit", lambda profile: None),
    _of_attribute("selector", {"scopes": ["staff"]}),
    ("UPAttributeSelector", "scopes", "attributes.edrpou.selector.scopes", lambda profile: None),
    _of_attribute("multivalued", True),
    _of_attribute("defaultValue", "00000000"),
    _of_attribute("group", None),
    _of_group("displayHeader", "foreign"),
    _of_group("displayDescription", "foreign"),
    _of_group("annotations", {NEVER: "x"}, NEVER),
)
"""Class, field, the name that drift has for it, and the edit of the profile."""


def text_changes() -> Iterator[Change]:
    """Yield changes of texts in both languages: one of ours, one that we never wrote."""
    for language in ("uk", "en"):
        for entry in ("loginTitle", NEVER):
            act = partial(_write, language, entry)
            yield Change("", "text", (ObjectType.TEXTS, language), entry, act, entry)


def _write(language: str, entry: str, admin: KeycloakConnection) -> None:
    admin.post(f"/localization/{language}", {entry: "x"})
