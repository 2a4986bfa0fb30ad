"""Objects in Keycloak that this system neither made nor knows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from provisioning.planning.objects import RealmObject


@dataclass(frozen=True, slots=True)
class ForeignObject:
    """An object that this system did not make, and why it is listed."""

    type: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names of everything of one type that Keycloak has."""

    type: str
    names: frozenset[str]


def foreign_objects(
    present: Iterable[Names], desired: Iterable[RealmObject], ours: Mapping[str, Collection[str]]
) -> tuple[ForeignObject, ...]:
    """List the objects that are neither desired, as a fresh realm's are too, nor in `ours` (names by type); sorted."""
    wanted: dict[str, set[str]] = {}
    for thing in desired:
        wanted.setdefault(thing.type.value, set()).add(thing.name)
    wanted.setdefault("client", set()).update(wanted.get("resource server", set()))
    found: list[ForeignObject] = []
    for group in present:
        known = wanted.get(group.type, set()) | set(ours.get(group.type, ()))
        found += [ForeignObject(group.type, name, _WHY[group.type]) for name in sorted(group.names - known)]
    return tuple(found)


_WHY: Final[Mapping[str, str]] = {
    "client": "neither the configuration nor the ledger knows this client",
    "realm role": "no configuration names this role",
    "client scope": "no configuration names this scope",
    "user": "not an account, not staff",
    "identity provider": "logins through other systems are not configured",
    "group": "roles come from kinds and mandates here; a group is another way to them",
    "user storage provider": "accounts of another store are not configured, and nothing here looks into it",
    "right": "rights.yaml does not name this right of the central database",
    "required action": "no configuration names this action",
    "component": "a fresh realm has no such component: a store of users, a provider of keys, a rule",
    "registration token": "a token with which its holder registers clients; none is handed out here",
    "texts": "no texts are kept in this language",
    "authentication flow": "no configuration names this flow",
    "holder of administrative rights": "only the provisioning service account may change the realm or its clients",
}
