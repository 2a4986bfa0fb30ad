"""Fetching the realm's public keys. Owns time-outs and limits; what the keys are good for is `gate.tokens`."""

from __future__ import annotations

from typing import Final

import requests

from provisioning.settings import Settings

_TIMEOUTS_S: Final = (1.0, 1.0)
"""To connect, and between two bytes. A token with an unknown key has the gate wait so long, twice a minute at most."""

_LARGEST_BYTES: Final = 256 * 1024


def issuer_of(settings: Settings) -> str:
    """Return the issuer that the realm's tokens name."""
    return f"{settings.keycloak_public_url}/realms/{settings.realm}"


def key_set_url(settings: Settings) -> str:
    """Return the address at which this process reaches the realm's keys."""
    return f"{settings.keycloak_url}/realms/{settings.realm}/protocol/openid-connect/certs"


def fetch_key_set(url: str) -> bytes:
    """Return the JWK set at an address. Raises requests.RequestException or ValueError; follows no redirect."""
    with requests.get(url, timeout=_TIMEOUTS_S, allow_redirects=False, stream=True) as answer:
        answer.raise_for_status()
        if answer.status_code != requests.codes.ok:
            raise ValueError(f"status {answer.status_code}")
        body = answer.raw.read(_LARGEST_BYTES + 1, decode_content=True)
    if len(body) > _LARGEST_BYTES:
        raise ValueError("the answer is too large")
    return bytes(body)
