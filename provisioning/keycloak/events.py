"""Keycloak's own events: when clients logged in. A hint only: events get lost, and administrators can delete them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from provisioning.keycloak.connection import PAGE, KeycloakConnection

_CLIENT_LOGIN: Final = "CLIENT_LOGIN"


def read_client_logins(connection: KeycloakConnection, since: datetime, at_most: int) -> Iterator[tuple[str, datetime]]:
    """Yield client ids and when each got a token by its own secret, oldest first, from `since` on (UTC). Reads in
    pages.
    """
    query = {"type": _CLIENT_LOGIN, "dateFrom": int(since.timestamp() * 1000), "direction": "asc"}
    for page in islice(connection.pages("/events", **query), -(-at_most // PAGE)):
        for event in page:
            if client_id := event.get("clientId"):
                yield str(client_id), datetime.fromtimestamp(event["time"] / 1000, UTC)
