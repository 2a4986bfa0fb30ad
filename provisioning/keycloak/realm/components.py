"""Components that every realm has: providers of keys, rules for who may register clients, the user profile.

Which there are and how they are set is known from a fresh realm alone (`baseline`). Another one, a user store or
another key, is foreign.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.baseline import baseline_of
from provisioning.keycloak.realm.fields import flatten, nest
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject

_PROVIDER: Final = ("providerId",)
ANOTHER: Final = ", another"
"""How the name ends of a component that is like one of the realm's own."""
USER_STORE: Final = "org.keycloak.storage.UserStorageProvider"
"""Kind of a component that brings users of its own."""


class Components:
    """`/components`, named by kind, name and what they are for."""

    type = ObjectType.COMPONENT

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield nothing: the configuration asks for no component."""
        return iter(())

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read components without their secrets. A list of values has no order."""
        for name, component in exported_components(reading.export):
            if name in names:
                config = {key: sorted(values) for key, values in component.get("config", {}).items()}
                kept = {key: component.get(key) for key in ("name", "providerType", "providerId", "subType")}
                yield RealmObject(self.type, name, flatten({**kept, "config": config}))

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Make one again that was deleted by hand; of a provider of keys, with new keys."""
        connection.post("/components", nest(wanted.fields))

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Set the configuration by PUT; secrets that Keycloak does not show stay."""
        wanted = nest(change.object.fields)
        for component in connection.get("/components", type=wanted["providerType"]) or []:
            if all(component.get(field) == wanted.get(field) for field in ("name", "providerId", "subType")):
                foreign: dict[str, list[str]] = {
                    field.path[1]: [] for field in change.changes if field.path[0] == "config"
                }
                config = {**component.get("config", {}), **foreign, **wanted.get("config", {})}
                connection.put(f"/components/{component['id']}", {**component, **wanted, "config": config})


def exported_components(export: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the components of an export of the realm with the names that they have here.

    A component that only bears the name of one that every realm has is named by its provider too, and of two of one
    provider the other as such: which of them is the realm's own no reading tells.
    """
    seen: set[str] = set()
    for kind, components in export.get("components", {}).items():
        for component in components:
            place = f" ({component['subType']})" if component.get("subType") else ""
            name = f"{kind.rpartition('.')[2]} {component.get('name') or component['providerId']}{place}"
            born = baseline_of("").get((ObjectType.COMPONENT, name), {}).get(_PROVIDER, component["providerId"])
            name += "" if born == component["providerId"] else f", {component['providerId']}"
            name += ANOTHER if name in seen else ""
            seen.add(name)
            yield name, {**component, "providerType": kind}
