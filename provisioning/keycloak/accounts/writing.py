"""Writes accounts: births in batches, changes one by one. Every object is read again just before it is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from provisioning.keycloak.accounts.api_keys import end_key
from provisioning.keycloak.accounts.reading import COMPARED
from provisioning.keycloak.accounts.representations import ACCOUNT_ATTRIBUTE, import_batch, user_attributes
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakConflict
from provisioning.keycloak.logins import end_login
from provisioning.keycloak.realm.clients import CENTRAL_DB
from provisioning.keycloak.realm.lookups import find_client, find_user, require_client, require_user
from provisioning.keycloak.realm.role_mappings import assign_roles
from provisioning.model.identifiers import service_account_of
from provisioning.planning.changes import AccountImage, KeyImage
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US
from provisioning.planning.objects import FieldChange


def create_accounts(connection: KeycloakConnection, images: Sequence[AccountImage]) -> None:
    """Make accounts with their API keys in one transaction. Source: order cl. 4.

    Raises KeycloakConflict when any name is taken; then nothing of the whole batch was made.
    """
    connection.post("/partialImport", import_batch(images))


def account_exists(connection: KeycloakConnection, image: AccountImage) -> bool:
    """Return whether the account and all its keys are there and ours, as after a birth whose answer was lost.

    Raises KeycloakConflict when an object with one of the names is foreign.
    """
    user = find_user(connection, image.username)
    clients = [find_client(connection, key.client_id) for key in image.keys]
    marked = user is None or user.get("attributes", {}).get(MANAGED_BY) == [MANAGED_BY_US]
    owners = {client.get("attributes", {}).get(ACCOUNT_ATTRIBUTE) for client in clients if client is not None}
    if not marked or owners - {image.username}:
        raise KeycloakConflict(
            f"Keycloak has a user or client with a name of account {image.username} that this system did not make",
            status=409,
            remedy="run `provision drift` to see it; rename or remove it in the Keycloak console",
        )
    return user is not None and all(client is not None for client in clients)


def update_account(connection: KeycloakConnection, image: AccountImage, changes: Iterable[FieldChange]) -> None:
    """Bring what `changes` name to `image`: e-mail, attributes, roles; disable keys that must be dead. Enables nothing.

    `changes` are the difference that was found; what has none is not touched.
    """
    paths = [change.path for change in changes]
    fields = {key.client_id: {path[1] for path in paths if path[0] == key.client_id} for key in image.keys}
    if any(path[0] not in fields for path in paths):
        _update_user(connection, image)
    for key in image.keys:
        if fields[key.client_id]:
            _update_key(connection, image, key, fields[key.client_id])


def _update_user(connection: KeycloakConnection, image: AccountImage) -> None:
    user = require_user(connection, image.username)
    changed = _with_attributes(user, image)
    if changed["email"] != image.email:
        changed = {**changed, "email": image.email, "emailVerified": False}
    if changed != user:
        connection.put(f"/users/{user['id']}", changed)


def close_account(connection: KeycloakConnection, image: AccountImage) -> None:
    """End the account: its keys, their service accounts, its login, its sessions, its base key. Source: order cl. 7.

    Keys first: they are what reads data. Repeating it changes nothing.
    """
    for key in image.keys:
        end_key(connection, key.client_id)
    end_login(connection, image.username)


def _update_key(connection: KeycloakConnection, image: AccountImage, key: KeyImage, fields: Collection[str]) -> None:
    if "client" in fields:
        if find_client(connection, key.client_id) is not None:
            return  # Made by an attempt whose answer was lost.
        lost = import_batch([AccountImage(image.username, image.enabled, image.email, image.attributes, (key,))])
        lost["users"] = lost["users"][1:]
        connection.post("/partialImport", lost)
        return
    if not (key.enabled and key.service_enabled):
        end_key(connection, key.client_id)
    service = require_user(connection, service_account_of(key.client_id))
    changed = _with_attributes(service, key)
    if changed != service:
        connection.put(f"/users/{service['id']}", changed)
    base = f"/users/{service['id']}/role-mappings"
    if "roles" in fields:
        assign_roles(connection, f"{base}/realm", "/roles", key.roles)
    if "rights" in fields:
        database = require_client(connection, CENTRAL_DB)["id"]
        assign_roles(connection, f"{base}/clients/{database}", f"/clients/{database}/roles", key.rights)


def _with_attributes(user: dict[str, Any], image: AccountImage | KeyImage) -> dict[str, Any]:
    """The user with the attributes that YAML decides replaced; others are kept."""
    kept = {name: values for name, values in user.get("attributes", {}).items() if name not in COMPARED}
    return {**user, "attributes": {**kept, **user_attributes(image.attributes)}}
