"""One API key in Keycloak: its secret's digest, its end, its successor, and what Keycloak has of it.

Writes send only the fields they change, which Keycloak merges: giving a key a secret never enables it again, and
ending it never brings an older secret back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioning.keycloak.accounts.reading import COMPARED
from provisioning.keycloak.accounts.representations import key_client, service_account
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakConflict
from provisioning.keycloak.key_scopes import mandate_attributes
from provisioning.keycloak.logins import disable_user, enable_user
from provisioning.keycloak.lookups import find_client, find_user, require_client, require_user
from provisioning.keycloak.names import CENTRAL_DB, KEY_DIGEST, KEY_EXPIRES
from provisioning.keycloak.ois.clients import ensure_mandate_scope
from provisioning.model.identifiers import ClientId, parse_key_client_id, service_account_of
from provisioning.model.institution import Kind
from provisioning.model.key_scopes import KeyScopes, is_key_scope
from provisioning.model.ois import parse_ois_client_id
from provisioning.planning.changes import KeyImage
from provisioning.planning.desired import role_of_kind


@dataclass(frozen=True, slots=True)
class KeyInKeycloak:
    """A key as Keycloak has it. `digest` is None until its owner has seen a secret."""

    client_id: ClientId
    enabled: bool
    service_enabled: bool
    digest: str | None
    has_service: bool = True

    @property
    def has_secret(self) -> bool:
        return self.digest is not None

    @property
    def is_live(self) -> bool:
        """Whether the client or the service account is enabled."""
        return self.enabled or self.service_enabled


def read_key(connection: KeycloakConnection, client_id: ClientId) -> KeyInKeycloak | None:
    """Return the key as Keycloak has it; None when it does not exist."""
    client = find_client(connection, client_id)
    return None if client is None else key_of(client, find_user(connection, service_account_of(client_id)))


def key_of(client: dict[str, Any], service: dict[str, Any] | None) -> KeyInKeycloak:
    """Make a key of its client's and its service account's representations. Pure."""
    digest = client.get("attributes", {}).get(KEY_DIGEST) or None
    return KeyInKeycloak(
        ClientId(client["clientId"]),
        bool(client.get("enabled")),
        bool(service and service.get("enabled")),
        digest,
        service is not None,
    )


def set_digest(connection: KeycloakConnection, client_id: ClientId, digest: str) -> None:
    """Set the digest of the key's secret; any other secret is refused at once."""
    _set_attribute(connection, client_id, KEY_DIGEST, digest)


def clear_digest(connection: KeycloakConnection, client_id: ClientId) -> None:
    """Clear the digest, so that no secret opens this key. Safe to repeat; a key that does not exist opens nothing."""
    if find_client(connection, client_id) is not None:
        _set_attribute(connection, client_id, KEY_DIGEST, "")


def set_expiry(connection: KeycloakConnection, client_id: ClientId, ends_at: datetime) -> None:
    """Set the time from which Keycloak itself refuses the key, even when no process of ours runs."""
    _set_attribute(connection, client_id, KEY_EXPIRES, str(int(ends_at.timestamp())))


def end_key(connection: KeycloakConnection, client_id: ClientId) -> None:
    """Disable client and service account: both, or tokens exchanged from its tokens live on. Source: order cl. 8.

    Safe to repeat.
    """
    client = find_client(connection, client_id)
    if client is not None and client["enabled"]:
        _update(connection, client, {"enabled": False})
    disable_user(connection, service_account_of(client_id))


def reopen_key(connection: KeycloakConnection, client_id: ClientId) -> None:
    """Enable a key of a reinstated authority again. Source: order cl. 11."""
    enable_user(connection, service_account_of(client_id))
    _update(connection, require_client(connection, client_id), {"enabled": True})


def create_next_key(connection: KeycloakConnection, client_id: ClientId, like: ClientId, opens: KeyScopes) -> None:
    """Make a key with the rights and the claims of another key of the account, and without a secret.

    It opens exactly `opens`, whatever the other one does; foreign scopes are carried over. One transaction; a key that
    exists is left as it is, so it may be repeated. Without `like` the account's kind counts.
    """
    image, scopes = _image_like(connection, client_id, like)
    for scope in opens:
        if parse_ois_client_id(scope) is not None:
            ensure_mandate_scope(connection, ClientId(scope))
    client = key_client(image)
    client["defaultClientScopes"] = [*(scope for scope in scopes if not is_key_scope(scope)), *opens]
    client["attributes"] |= mandate_attributes(opens)
    body = {"ifResourceExists": "FAIL", "clients": [client], "users": [service_account(image)]}
    try:
        connection.post("/partialImport", body)
    except KeycloakConflict:
        if find_client(connection, client_id) is None:
            raise


def _image_like(connection: KeycloakConnection, client_id: ClientId, like: ClientId) -> tuple[KeyImage, list[str]]:
    client, service = find_client(connection, like), find_user(connection, service_account_of(like))
    if client is None or service is None:
        return _image_of_account(connection, client_id)
    # Not `/role-mappings` as a whole: Keycloak goes through all clients of the realm for it.
    base, database = f"/users/{service['id']}/role-mappings", require_client(connection, CENTRAL_DB)
    roles = connection.get(f"{base}/realm") or []
    rights = connection.get(f"{base}/clients/{database['id']}") or []
    attributes = {
        name: values[0] for name, values in service.get("attributes", {}).items() if name in COMPARED and values
    }
    image = KeyImage(
        client_id,
        enabled=True,
        service_enabled=True,
        attributes=attributes,
        roles=frozenset(role["name"] for role in roles),
        rights=frozenset(right["name"] for right in rights),
    )
    return image, list(client.get("defaultClientScopes", []))


def _image_of_account(connection: KeycloakConnection, client_id: ClientId) -> tuple[KeyImage, list[str]]:
    """What a key of the account has by its kind; what an exception changes comes with the next apply."""
    parsed = parse_key_client_id(client_id)
    user = require_user(connection, client_id if parsed is None else parsed[0])
    attributes = {name: values[0] for name, values in user.get("attributes", {}).items() if name in COMPARED and values}
    roles = frozenset({role_of_kind(Kind(attributes["kind"]))})
    image = KeyImage(client_id, True, True, attributes, roles)
    return image, list(key_client(image)["defaultClientScopes"])


def _set_attribute(connection: KeycloakConnection, client_id: ClientId, name: str, value: str) -> None:
    """An empty value removes the attribute."""
    _update(connection, require_client(connection, client_id), {"attributes": {name: value}})


def _update(connection: KeycloakConnection, client: dict[str, Any], fields: dict[str, Any]) -> None:
    connection.put(f"/clients/{client['id']}", {"clientId": client["clientId"], **fields})
