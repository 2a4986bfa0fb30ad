"""An account's own user in Keycloak: reading, ending and reopening it. Its API keys are in `api_keys`.

Writes send only the fields they change, which Keycloak merges: two of them at once never undo each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioning.keycloak.base_keys import withdraw_base_key
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import find_user, require_user
from provisioning.model.identifiers import Username


@dataclass(frozen=True, slots=True)
class Login:
    """An account's user as Keycloak has it. `base_key_id` is the outstanding base key, times are UTC."""

    username: Username
    enabled: bool
    email: str | None
    base_key_id: str | None
    activated_at: datetime | None


def read_login(connection: KeycloakConnection, username: Username) -> Login | None:
    """Return the account's user; None when Keycloak has none."""
    user = find_user(connection, username)
    return None if user is None else login_of(user)


def login_of(user: dict[str, Any]) -> Login:
    """Make a `Login` of a user's representation. Pure."""
    return Login(
        Username(user["username"]),
        bool(user.get("enabled")),
        user.get("email"),
        _attribute(user, "base_key_id"),
        _time(_attribute(user, "activated_at")),
    )


def end_login(connection: KeycloakConnection, username: Username) -> None:
    """Disable the user, end its sessions, kill its base key. Safe to repeat. Source: order cl. 7."""
    disable_user(connection, username)
    withdraw_base_key(connection, username)


def reopen_login(connection: KeycloakConnection, username: Username) -> None:
    """Enable the user of a reinstated authority again. Safe to repeat. Source: order cl. 11."""
    enable_user(connection, username)


def forget_failures(connection: KeycloakConnection, username: Username) -> None:
    """Have Keycloak forget the wrong passwords and codes given for a user, so that its name waits no longer. Safe to
    repeat; nothing to do where there is no such user.
    """
    user = find_user(connection, username)
    if user is not None:
        connection.delete(f"/attack-detection/brute-force/users/{user['id']}")


def disable_user(connection: KeycloakConnection, username: str) -> None:
    """Disable a user (a service account's too) and end its sessions: its tokens are dead by identity."""
    user = find_user(connection, username)
    if user is None:
        return
    if user["enabled"]:
        connection.put(f"/users/{user['id']}", {"enabled": False})
    connection.post(f"/users/{user['id']}/logout", None)


def enable_user(connection: KeycloakConnection, username: str) -> None:
    """Enable a user that was disabled; raises KeycloakRefused when there is none."""
    user = require_user(connection, username)
    if not user["enabled"]:
        connection.put(f"/users/{user['id']}", {"enabled": True})


def _attribute(user: dict[str, Any], name: str) -> str | None:
    values = user.get("attributes", {}).get(name) or [None]
    return values[0] or None


def _time(text: str | None) -> datetime | None:
    """A time as our extension writes it; None for what it did not write."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else None
