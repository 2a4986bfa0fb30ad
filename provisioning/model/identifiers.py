"""Identifiers of the domain and the names derived from them.

Owns the shapes (`46-0001234`, `46-0001234-g2`, `api-46-0001234-g2-k1`): no other module builds or parses them.
"""

from __future__ import annotations

import re
from typing import Final, NewType

InstitutionId = NewType("InstitutionId", str)
"""Ours, never reused: two digits of the oblast, a hyphen, seven digits."""

Username = NewType("Username", str)
"""Name of an account in Keycloak: the institution id, `-g<n>` from the second generation on."""

ClientId = NewType("ClientId", str)
"""OAuth client id of an API key."""

INSTITUTION_ID_PATTERN: Final = r"^[0-9]{2}-[0-9]{7}$"
EDRPOU_PATTERN: Final = r"^[0-9]{8}$"
KATOTTG_PATTERN: Final = r"^UA[0-9]{17}$"

_USERNAME = re.compile(r"(?P<id>[0-9]{2}-[0-9]{7})(?:-g(?P<generation>[2-9]|[1-9][0-9]+))?")
_CLIENT = re.compile(r"api-(?P<username>[0-9]{2}-[0-9]{7}(?:-g(?:[2-9]|[1-9][0-9]+))?)-k(?P<number>[1-9][0-9]*)")

API_KEY_CLIENT_PREFIX: Final = "api-"
SERVICE_ACCOUNT_PREFIX: Final = "service-account-"


def username_of(institution: InstitutionId, generation: int) -> Username:
    """Return the account name of a generation: `46-0001234`, then `46-0001234-g2`, …"""
    if generation < 1:
        raise ValueError(f"generation starts at 1, got {generation}")
    return Username(institution if generation == 1 else f"{institution}-g{generation}")


def parse_username(text: str) -> tuple[InstitutionId, int] | None:
    """Return the institution and generation in a username; None when it is not one of ours."""
    match = _USERNAME.fullmatch(text)
    if match is None:
        return None
    return InstitutionId(match["id"]), int(match["generation"] or 1)


def key_client_id(account: Username, number: int) -> ClientId:
    """Return the client id of API key `number` (from 1) of an account."""
    if number < 1:
        raise ValueError(f"key numbers start at 1, got {number}")
    return ClientId(f"{API_KEY_CLIENT_PREFIX}{account}-k{number}")


def parse_key_client_id(text: str) -> tuple[Username, int] | None:
    """Return the account and key number in a client id; None when it is not an API key."""
    match = _CLIENT.fullmatch(text)
    return None if match is None else (Username(match["username"]), int(match["number"]))


def service_account_of(client: str) -> str:
    """Return the username that Keycloak gives to a client's service account."""
    return f"{SERVICE_ACCOUNT_PREFIX}{client}"
