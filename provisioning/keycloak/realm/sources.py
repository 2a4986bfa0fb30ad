"""Other sources of users, keys and clients that are not ours: identity providers, stores of users, providers of keys.

Each lets in people or tokens that this system does not know. It is switched off and never removed: whose it is, and
why it exists, is for a person to find out. A token for registering clients cannot be switched off, and is taken back.
Source: decision 31.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.components import ANOTHER, USER_STORE, exported_components
from provisioning.keycloak.realm.handler import RealmReading
from provisioning.keycloak.realm.inventory import REGISTRATION_TOKEN, registration_tokens

IDENTITY_PROVIDER: Final = "identity provider"
STORE_OF_USERS: Final = "user storage provider"
COMPONENT: Final = "component"
_KEYS: Final = "org.keycloak.keys.KeyProvider"
_OFF: Final[Mapping[str, Mapping[str, list[str]]]] = {
    USER_STORE: {"enabled": ["false"]},
    # A key that is enabled and not active signs nothing, and its signatures are still believed.
    _KEYS: {"active": ["false"], "enabled": ["false"]},
}
"""Settings of a component that is switched off, by its kind."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source that is on: its type and name as foreign objects have them, and the address at which it is switched off.

    An identity provider has one of our Keycloak extension, because provisioning may not manage identity providers.
    """

    type: str
    name: str
    path: str


def sources_on(reading: RealmReading, ours: Collection[str]) -> Iterator[Source]:
    """Yield all sources that are on; `ours` are the names of components that the realm must have."""
    for provider in reading.export.get("identityProviders", []):
        if provider.get("enabled"):
            alias = provider["alias"]
            yield Source(IDENTITY_PROVIDER, alias, f"/aikom-identity-providers/{quote(alias, safe='')}/off")
    for token in sorted(registration_tokens(reading.connection)):
        yield Source(REGISTRATION_TOKEN, token, f"/clients-initial-access/{token}")
    for name, component in exported_components(reading.export):
        kind = component["providerType"]
        # Of two that look alike a person decides which one the realm signs with.
        if name not in ours and not name.endswith(ANOTHER) and kind in _OFF and not _is_off(component):
            is_store = kind == USER_STORE
            path = f"/components/{component['id']}"
            yield Source(STORE_OF_USERS if is_store else COMPONENT, component["name"] if is_store else name, path)


def switch_off(connection: KeycloakConnection, source: Source) -> None:
    """Switch a source off. Secrets that Keycloak does not show stay. Safe to repeat."""
    if source.type == IDENTITY_PROVIDER:
        connection.post(source.path, None)
    elif source.type == REGISTRATION_TOKEN:
        connection.delete(source.path)
    elif (found := connection.get(source.path)) is not None:
        connection.put(source.path, {**found, "config": {**found["config"], **_OFF[found["providerType"]]}})


def _is_off(component: Mapping[str, Any]) -> bool:
    config = component.get("config", {})
    return all(config.get(name) == value for name, value in _OFF[component["providerType"]].items())
