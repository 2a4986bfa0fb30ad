"""Small questions to Keycloak that several types of objects need answered. Never lists all clients."""

from __future__ import annotations

from typing import Any

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused


def find_client(connection: KeycloakConnection, client_id: str) -> dict[str, Any] | None:
    """Return the representation of a client by its client id; None when there is none."""
    for client in connection.get("/clients", clientId=client_id) or []:
        if client["clientId"] == client_id:
            return dict(client)
    return None


def require_client(connection: KeycloakConnection, client_id: str) -> dict[str, Any]:
    """Find a client as `find_client` does. Raises KeycloakRefused when there is none."""
    client = find_client(connection, client_id)
    if client is None:
        raise KeycloakRefused(f"client {client_id} does not exist", status=404, remedy="run `provision apply` again")
    return client


def find_user(connection: KeycloakConnection, username: str) -> dict[str, Any] | None:
    """Return the full representation of a user by exact username, service accounts included; None when
    there is none.
    """
    for user in connection.get("/users", username=username, exact=True, briefRepresentation=False) or []:
        if user["username"] == username.lower():
            return dict(user)
    return None


def require_user(connection: KeycloakConnection, username: str) -> dict[str, Any]:
    """Find a user as `find_user` does. Raises KeycloakRefused when there is none."""
    user = find_user(connection, username)
    if user is None:
        raise KeycloakRefused(
            f"user {username} does not exist", status=404, remedy="run `provision drift` to see what is"
        )
    return user


def scope_ids(connection: KeycloakConnection) -> dict[str, str]:
    """Return the internal ids of all client scopes by name; there are tens of them."""
    return {scope["name"]: scope["id"] for scope in connection.get("/client-scopes") or []}
