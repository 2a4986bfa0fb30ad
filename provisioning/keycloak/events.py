"""Keycloak's own events: when clients logged in, and which logins failed. A hint only: events get lost, and
administrators can delete them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from provisioning.keycloak.connection import PAGE, KeycloakConnection

_CLIENT_LOGIN: Final = "CLIENT_LOGIN"
_LOGIN_ERROR: Final = "LOGIN_ERROR"
_WRONG: Final = frozenset(
    {"invalid_user_credentials", "user_not_found", "user_temporarily_disabled", "too_many_attempts_of_address"}
)
"""Errors that a wrong password leads to; the last one is our login form's."""


def read_client_logins(connection: KeycloakConnection, since: datetime, at_most: int) -> Iterator[tuple[str, datetime]]:
    """Yield client ids and when each got a token by its own secret, oldest first, from `since` on (UTC). Reads in
    pages.
    """
    for event in _events(connection, _CLIENT_LOGIN, since, at_most):
        if client_id := event.get("clientId"):
            yield str(client_id), datetime.fromtimestamp(event["time"] / 1000, UTC)


def read_wrong_passwords(connection: KeycloakConnection, since: datetime, at_most: int) -> Iterator[tuple[str, str]]:
    """Yield the name that was typed and the client's address of each login that a wrong password ended, oldest first,
    from `since` on (UTC). Reads in pages.
    """
    for event in _events(connection, _LOGIN_ERROR, since, at_most):
        name = event.get("details", {}).get("username")
        if name and event.get("error") in _WRONG:
            yield str(name), str(event.get("ipAddress", ""))


def _events(connection: KeycloakConnection, kind: str, since: datetime, at_most: int) -> Iterator[dict[str, Any]]:
    query = {"type": kind, "dateFrom": int(since.timestamp() * 1000), "direction": "asc"}
    for page in islice(connection.pages("/events", **query), -(-at_most // PAGE)):
        yield from page
