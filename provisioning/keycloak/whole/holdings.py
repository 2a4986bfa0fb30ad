"""Users and clients with what they hold: lists that our Keycloak extension answers from Keycloak's database.

Owns the JSON of `/admin/realms/{realm}/aikom-holdings`. Rows have the names of Keycloak's representations: a user has
`id, username, enabled, email, serviceAccountClientId, attributes, realmRoles, clientRoles`, a client `id, clientId,
enabled, attributes, defaultClientScopes, optionalClientScopes`; what is empty may be absent. Secrets are in neither.

Asked for it, each row has a `whole` besides: the digest of everything that the object is, or all its fields, but for
what is left to Keycloak (`whole.left`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused
from provisioning.keycloak.whole.left import LEFT_OF_KEY, LEFT_OF_PERSON, LEFT_OF_SERVICE

PAGE: Final = 1000
"""Rows of one answer, and names of one question; the extension gives no more."""

NAMES: Final = 40
"""Names of one question about wholes: an address of 4,096 bytes is the longest that Keycloak takes."""

_USERS: Final = "/aikom-holdings/users"
_CLIENTS: Final = "/aikom-holdings/clients"


def user_pages(
    connection: KeycloakConnection,
    *,
    attributes: Sequence[str],
    after: str = "",
    before: str | None = None,
    digests: bool = False,
) -> Iterator[list[Any]]:
    """Yield every user with an id between `after` and `before` (neither included; no `before`: to the end), page by
    page.
    """
    query = {"attribute": attributes, **({"before": before} if before else {}), **(_USER_DIGESTS if digests else {})}
    return _pages(connection, _USERS, after, query)


def client_pages(connection: KeycloakConnection, *, digests: bool = False) -> Iterator[list[Any]]:
    """Yield every client, page by page."""
    return _pages(connection, _CLIENTS, "", _CLIENT_DIGESTS if digests else {})


def users_named(
    connection: KeycloakConnection, names: Collection[str], attributes: Sequence[str], *, digests: bool = False
) -> list[Any]:
    """Return those of the users that exist; at most `PAGE` names, `NAMES` with digests."""
    asked = {"username": [name.lower() for name in names], "attribute": attributes}
    return _rows(connection, _USERS, asked | (_USER_DIGESTS if digests else {}))


def clients_starting(connection: KeycloakConnection, prefix: str, *, digests: bool = False) -> list[Any]:
    """Return the clients whose client id starts with `prefix`; at most `PAGE` of them."""
    return _rows(connection, _CLIENTS, {"prefix": prefix} | (_CLIENT_DIGESTS if digests else {}))


def whole_users(
    connection: KeycloakConnection,
    names: Sequence[str],
    service_left: Collection[str] = LEFT_OF_SERVICE,
    person_left: Collection[str] = LEFT_OF_PERSON,
) -> dict[str, Any]:
    """Return canonical wholes of those users that exist, by username, but for what is left to Keycloak."""
    query: dict[str, object] = {"whole": "fields", "without": [*person_left], "serviceWithout": [*service_left]}
    return {row["username"]: row["whole"] for row in _named(connection, _USERS, "username", names, query)}


def whole_clients(
    connection: KeycloakConnection, names: Sequence[str], left: Collection[str] = LEFT_OF_KEY
) -> dict[str, Any]:
    """Return canonical wholes of those clients that exist, by client id, but for what is `left` to Keycloak."""
    rows = _named(connection, _CLIENTS, "clientId", names, {"whole": "fields", "without": [*left]})
    return {row["clientId"]: row["whole"] for row in rows}


_USER_DIGESTS: Final[dict[str, object]] = {
    "whole": "digest",
    "without": [*LEFT_OF_PERSON],
    "serviceWithout": [*LEFT_OF_SERVICE],
}
_CLIENT_DIGESTS: Final[dict[str, object]] = {"whole": "digest", "without": [*LEFT_OF_KEY]}


def _named(
    connection: KeycloakConnection, path: str, parameter: str, names: Sequence[str], query: dict[str, object]
) -> Iterator[Any]:
    for start in range(0, len(names), NAMES):
        yield from _rows(connection, path, {**query, parameter: names[start : start + NAMES]})


def _pages(connection: KeycloakConnection, path: str, after: str, query: Mapping[str, object]) -> Iterator[list[Any]]:
    while True:
        page = _rows(connection, path, {**query, "after": after, "max": PAGE})
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1]["id"]


def _rows(connection: KeycloakConnection, path: str, query: Mapping[str, object]) -> list[Any]:
    rows = connection.get(path, **query)
    if rows is None:
        raise KeycloakRefused(
            f"Keycloak does not answer {path}",
            status=404,
            remedy="its AIKOM extension is missing or older than this program: deploy the one of this version",
        )
    return list(rows)
