"""Writes accounts: births in batches, changes one by one. Every object is read again just before it is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from provisioning.keycloak.accounts.api_keys import end_key
from provisioning.keycloak.accounts.comparing import CLIENT, SERVICE
from provisioning.keycloak.accounts.reading import COMPARED
from provisioning.keycloak.accounts.representations import ACCOUNT_ATTRIBUTE, import_batch, user_attributes
from provisioning.keycloak.accounts.wanted import wanted_key, wanted_person, wanted_service
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakConflict
from provisioning.keycloak.key_scopes import scopes_of_client
from provisioning.keycloak.logins import end_login
from provisioning.keycloak.lookups import find_client, find_user, require_client, require_user
from provisioning.keycloak.names import CENTRAL_DB
from provisioning.keycloak.realm.role_mappings import assign_roles
from provisioning.keycloak.whole.restoring import restore_client, restore_user
from provisioning.model.identifiers import service_account_of
from provisioning.planning.changes import AccountImage, KeyImage
from provisioning.planning.desired import MANAGED_BY, MANAGED_BY_US
from provisioning.planning.objects import FieldChange, FieldPath


def create_accounts(connection: KeycloakConnection, images: Sequence[AccountImage]) -> None:
    """Make accounts with their API keys in one transaction. Source: order cl. 4.

    Raises KeycloakConflict when any name is taken; then nothing of the whole batch was made.
    """
    connection.post("/partialImport", import_batch(images))


def create_missing(connection: KeycloakConnection, image: AccountImage) -> None:
    """Make what does not exist of an account: its user, or API keys. Safe to repeat.

    Raises KeycloakConflict when an object with one of the names is foreign.
    """
    whole, missing = import_batch([image]), _missing(connection, image)
    lost = {name for key in image.keys if key.client_id in missing for name in (key.client_id, service_of(key))}
    users = [user for user in whole["users"] if user["username"] in missing | lost]
    clients = [client for client in whole["clients"] if client["clientId"] in lost]
    if users or clients:
        connection.post("/partialImport", {**whole, "users": users, "clients": clients})


def service_of(key: KeyImage) -> str:
    """Return the username of a key's service account."""
    return service_account_of(key.client_id)


def _missing(connection: KeycloakConnection, image: AccountImage) -> set[str]:
    """Return the names of the user and the keys that do not exist.

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
    missing = {key.client_id for key, client in zip(image.keys, clients, strict=True) if client is None}
    return {*missing, *([] if user is not None else [image.username])}


def update_account(connection: KeycloakConnection, image: AccountImage, changes: Iterable[FieldChange]) -> None:
    """Bring what `changes` name to `image`: e-mail, attributes, roles; disable keys that must be dead. Enables nothing.

    `changes` are the difference that was found; what has none is not touched.
    """
    paths = [change.path for change in changes]
    fields = {key.client_id: {path[1:] for path in paths if path[0] == key.client_id} for key in image.keys}
    of_user = {path for path in paths if path[0] not in fields}
    if of_user:
        _update_user(connection, image, beyond=any(path not in _OF_IMAGE for path in of_user))
    for key in image.keys:
        if fields[key.client_id]:
            _update_key(connection, image, key, fields[key.client_id])


_OF_IMAGE: Final = frozenset({("email",), *(("attributes", name) for name in COMPARED)})
"""Fields of a user's image; any other is of the whole."""


def _update_user(connection: KeycloakConnection, image: AccountImage, *, beyond: bool) -> None:
    user = require_user(connection, image.username)
    changed = _with_attributes(user, image)
    if changed["email"] != image.email:
        changed = {**changed, "email": image.email, "emailVerified": False}
    if changed != user:
        connection.put(f"/users/{user['id']}", changed)
    if beyond:
        restore_user(connection, image.username, wanted_person(image))


def close_account(connection: KeycloakConnection, image: AccountImage) -> None:
    """End the account: its keys, their service accounts, its login, its sessions, its base key. Source: order cl. 7.

    Keys first: they are what reads data. Repeating it changes nothing.
    """
    for key in image.keys:
        end_key(connection, key.client_id)
    end_login(connection, image.username)


def _update_key(
    connection: KeycloakConnection, image: AccountImage, key: KeyImage, fields: Collection[FieldPath]
) -> None:
    if (CLIENT,) in fields:
        if find_client(connection, key.client_id) is not None:
            return  # Made by an attempt whose answer was lost.
        lost = import_batch([AccountImage(image.username, image.enabled, image.email, image.attributes, (key,))])
        lost["users"] = lost["users"][1:]
        connection.post("/partialImport", lost)
        return
    if any(path[0] in (CLIENT, SERVICE) for path in fields):
        _restore_client(connection, key, fields)
    if not (key.enabled and key.service_enabled):
        end_key(connection, key.client_id)
    if any(path[0] == SERVICE for path in fields):
        restore_user(connection, service_account_of(key.client_id), wanted_service(key))
        return
    service = require_user(connection, service_account_of(key.client_id))
    changed = _with_attributes(service, key)
    if changed != service:
        connection.put(f"/users/{service['id']}", changed)
    base = f"/users/{service['id']}/role-mappings"
    if ("roles",) in fields:
        assign_roles(connection, f"{base}/realm", "/roles", key.roles)
    if ("rights",) in fields:
        database = require_client(connection, CENTRAL_DB)["id"]
        assign_roles(connection, f"{base}/clients/{database}", f"/clients/{database}/roles", key.rights)


def _restore_client(connection: KeycloakConnection, key: KeyImage, fields: Collection[FieldPath]) -> None:
    """Put the client right, and have Keycloak make its service account again when that is missing."""
    client = require_client(connection, key.client_id)
    if any(path[0] == CLIENT for path in fields):
        restore_client(connection, key.client_id, wanted_key(key, scopes_of_client(client)))
    if (SERVICE,) in fields:
        # Only now: a client that somebody took service accounts from is given none.
        connection.get(f"/clients/{client['id']}/service-account-user")


def _with_attributes(user: dict[str, Any], image: AccountImage | KeyImage) -> dict[str, Any]:
    """The user with the attributes that YAML decides replaced; others are kept."""
    kept = {name: values for name, values in user.get("attributes", {}).items() if name not in COMPARED}
    return {**user, "attributes": {**kept, **user_attributes(image.attributes)}}
