"""Base keys: one-time links from our Keycloak extension, and their withdrawal. Source: order cl. 4.

Owns the JSON of `/admin/realms/{realm}/aikom-base-keys`. The link is a secret and is returned wrapped; it is made at
the moment of sending and kept nowhere. What a base key is, and when it is dead: decision 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused
from provisioning.model.secret import Secret

MAX_LIFESPAN: Final = timedelta(days=30)
"""The extension accepts no longer one."""

_PATH: Final = "/aikom-base-keys"


@dataclass(frozen=True, slots=True)
class BaseKeyLink:
    """A link that opens one account once, until `expires_at` (aware, UTC)."""

    link: Secret
    expires_at: datetime


class BaseKeyRefusal(StrEnum):
    """Why there is no link. None of these passes by waiting."""

    NO_ACCOUNT = "no such account"
    DISABLED = "the account is disabled"
    IN_USE = "the account is activated; its credentials are replaced only by a reset"


_REFUSALS: Final = {404: BaseKeyRefusal.NO_ACCOUNT, 412: BaseKeyRefusal.DISABLED, 409: BaseKeyRefusal.IN_USE}


def issue_base_key(
    connection: KeycloakConnection,
    username: str,
    base_key_id: str,
    *,
    lifespan: timedelta,
    redirect_uri: str | None = None,
    client_id: str | None = None,
    reset: bool = False,
) -> BaseKeyLink | BaseKeyRefusal:
    """Make `base_key_id` the account's only base key and get a link for it.

    Any other base key of the account is dead from now on. Safe to repeat: the same id gives a new link of the same
    base key. `reset` is needed for an activated account; its credentials are replaced by using the link, not before.
    `redirect_uri` must be one that `client_id` allows. Raises KeycloakError when Keycloak does not answer as it should.
    """
    body = {
        "username": username,
        "baseKeyId": base_key_id,
        "lifespanSeconds": int(lifespan.total_seconds()),
        "redirectUri": redirect_uri,
        "clientId": client_id,
        "reset": reset,
    }
    try:
        answer = connection.post(_PATH, body)
    except KeycloakRefused as error:
        refusal = _REFUSALS.get(error.status)
        if refusal is None:
            raise
        return refusal
    return BaseKeyLink(Secret(answer["link"]), datetime.fromisoformat(answer["expiresAt"]))


def withdraw_base_key(connection: KeycloakConnection, username: str) -> None:
    """Kill the account's base key, if it has one. Safe to repeat; an account that does not exist has none."""
    connection.delete(f"{_PATH}/{quote(username, safe='')}")
