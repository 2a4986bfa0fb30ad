"""One API key in Keycloak: giving it a secret, and looking at it. Ending it is in `accounts.writing`."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.model.identifiers import ClientId, service_account_of

from .connection import KeycloakConnection
from .realm.clients import KEY_DIGEST
from .realm.lookups import find_client, find_user, require_client


@dataclass(frozen=True, slots=True)
class KeyInKeycloak:
    """What Keycloak has of a key. `has_secret` is false until its owner has seen one."""

    client_id: ClientId
    enabled: bool
    service_enabled: bool
    has_secret: bool


def set_digest(connection: KeycloakConnection, client_id: ClientId, digest: str) -> None:
    """From now on the key's secret is the one with this digest; any other is refused at once."""
    client = require_client(connection, client_id)
    connection.put(f"/clients/{client['id']}", {**client, "attributes": {**client["attributes"], KEY_DIGEST: digest}})


def read_key(connection: KeycloakConnection, client_id: ClientId) -> KeyInKeycloak | None:
    """The key as Keycloak has it; None when it does not exist."""
    client = find_client(connection, client_id)
    if client is None:
        return None
    service = find_user(connection, service_account_of(client_id))
    has_secret = KEY_DIGEST in client.get("attributes", {})
    return KeyInKeycloak(client_id, bool(client["enabled"]), bool(service and service["enabled"]), has_secret)
