"""Access tokens as the realm signs them, and as somebody would who is not the realm."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from joserfc import jwk, jws

ISSUER: Final = "http://keycloak.example/realms/aikom"
KID: Final = "key-1"
NOW: Final = 1_795_000_000
"""Seconds since the epoch: 2026-11-18."""

SCHOOL: Final = "46-0000001"
OIS_CLIENT: Final = "ois-shodennyk"


SIGNER: Final = jwk.ECKey.generate_key("P-256")
PEM: Final = SIGNER.as_pem(private=True).decode()
"""The key by which a gate under test signs its decisions."""


@cache
def realm_key(kid: str) -> jwk.RSAKey:
    """A key pair of the realm; the same for the same id."""
    return jwk.RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256", "use": "sig"})


def key_set(*kids: str) -> bytes:
    """The realm's JWK set, with an encryption key besides as Keycloak has it."""
    signing = [realm_key(kid).as_dict(private=False) for kid in kids or (KID,)]
    encryption = {**realm_key("encryption").as_dict(private=False), "use": "enc", "alg": "RSA-OAEP"}
    return json.dumps({"keys": [*signing, encryption]}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a token that an OIS got by exchange; None removes a claim."""
    values: dict[str, Any] = {
        "iss": ISSUER,
        "exp": NOW + 300,
        "iat": NOW,
        "jti": "token-1",
        "typ": "Bearer",
        "sub": "0d6b0b6e-0000-4000-8000-000000000001",
        "azp": OIS_CLIENT,
        "aud": ["central-db"],
        "institution": SCHOOL,
        "kind": "school",
        "sphere": f"/00-0000001/{SCHOOL}",
        "rights": ["students.read", "staff.read"],
        "preferred_username": f"service-account-api-{SCHOOL}-k1",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def signed(
    payload: Mapping[str, Any] | bytes, header: Mapping[str, Any] | None = None, key: jwk.Key | None = None
) -> str:
    """A compact token over claims, or over bytes as they are."""
    protected = {"alg": "RS256", "kid": KID, "typ": "JWT", **(header or {})}
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jws.serialize_compact(protected, body, key or realm_key(KID), algorithms=[protected["alg"]])


def token(**changes: Any) -> str:
    """A good token but for these claims."""
    return signed(claims(**changes))


def part(value: Mapping[str, Any] | bytes) -> str:
    """One part of a compact token."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(body).decode().rstrip("=")
