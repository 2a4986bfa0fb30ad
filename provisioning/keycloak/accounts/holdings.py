"""Users and clients with what they hold: lists that our Keycloak extension answers from Keycloak's database.

Owns the JSON of `/admin/realms/{realm}/aikom-holdings`. Rows have the names of Keycloak's representations: a user has
`id, username, enabled, email, serviceAccountClientId, attributes, realmRoles, clientRoles`, a client `id, clientId,
enabled, attributes, defaultClientScopes, optionalClientScopes`; what is empty may be absent. Secrets are in neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused

PAGE: Final = 1000
"""Rows of one answer, and names of one question; the extension gives no more."""

_USERS: Final = "/aikom-holdings/users"
_CLIENTS: Final = "/aikom-holdings/clients"


def user_pages(
    connection: KeycloakConnection, *, attributes: Sequence[str], after: str = "", before: str | None = None
) -> Iterator[list[Any]]:
    """Yield every user with an id between `after` and `before` (neither included; no `before`: to the end), page by
    page.
    """
    return _pages(connection, _USERS, after, {"attribute": attributes, **({"before": before} if before else {})})


def client_pages(connection: KeycloakConnection) -> Iterator[list[Any]]:
    """Yield every client, page by page."""
    return _pages(connection, _CLIENTS, "", {})


def users_named(connection: KeycloakConnection, names: Collection[str], attributes: Sequence[str]) -> list[Any]:
    """Return those of the users that exist; at most `PAGE` names."""
    return _rows(connection, _USERS, {"username": [name.lower() for name in names], "attribute": attributes})


def clients_starting(connection: KeycloakConnection, prefix: str) -> list[Any]:
    """Return the clients whose client id starts with `prefix`; at most `PAGE` of them."""
    return _rows(connection, _CLIENTS, {"prefix": prefix})


def _pages(connection: KeycloakConnection, path: str, after: str, query: dict[str, object]) -> Iterator[list[Any]]:
    while True:
        page = _rows(connection, path, {**query, "after": after, "max": PAGE})
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1]["id"]


def _rows(connection: KeycloakConnection, path: str, query: dict[str, object]) -> list[Any]:
    rows = connection.get(path, **query)
    if rows is None:
        raise KeycloakRefused(
            f"Keycloak does not answer {path}",
            status=404,
            remedy="its AIKOM extension is missing or older than this program: deploy the one of this version",
        )
    return list(rows)
