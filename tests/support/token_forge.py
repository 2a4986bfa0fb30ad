"""Tokens of every kind: good ones, and those of an attacker. The realm signs with the forge's own key.

Keycloak lets an administrator bring a key (provider `rsa`); so whatever a test signs with it is, to the gate, signed by
the realm, and a test can change one claim and nothing else. Headers and payloads are written as they are given: no
library stands in an attacker's way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from provisioning.keycloak.connection import KeycloakConnection

ALGORITHM: Final = "RS256"
_LIFE_S: Final = 300


@dataclass(frozen=True)
class Forge:
    """`key` signs for the realm; `kid` is the name under which the realm publishes it."""

    key: RSAPrivateKey
    kid: str
    issuer: str

    def claims(self, like: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """The claims of a real token, fresh; a change to None leaves a claim out."""
        now = int(time.time())
        values = {**like, "iat": now, "exp": now + _LIFE_S, "jti": f"forged-{time.time_ns()}", **changed}
        return {name: value for name, value in values.items() if value is not None}

    def sign(self, claims: dict[str, Any] | str, key: RSAPrivateKey | None = None, **header: Any) -> str:
        """A token with these claims (or this JSON text). `header` changes the header, None leaves a field out."""
        text = signing_input({"alg": ALGORITHM, "typ": "JWT", "kid": self.kid, **header}, claims)
        return f"{text}.{encoded((key or self.key).sign(text.encode(), PKCS1v15(), SHA256()))}"

    def unsigned(self, claims: dict[str, Any], algorithm: str = "none") -> str:
        """A token that says it needs no signature, and has none."""
        return f"{signing_input({'alg': algorithm, 'typ': 'JWT', 'kid': self.kid}, claims)}."

    def signed_with_public_key(self, claims: dict[str, Any]) -> str:
        """HS256 with the realm's public key for a secret. Source: RFC 8725 2.1."""
        text = signing_input({"alg": "HS256", "typ": "JWT", "kid": self.kid}, claims)
        return f"{text}.{encoded(hmac.digest(public_pem(self.key), text.encode(), hashlib.sha256))}"


def forge_for(admin: KeycloakConnection, issuer: str, priority: int = 200) -> Forge:
    """Give the realm a key of the forge's; Keycloak signs with it from now on, as the one of highest priority."""
    key, before = new_key(), _kids(admin)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    config = {"priority": [str(priority)], "enabled": ["true"], "active": ["true"], "algorithm": [ALGORITHM]}
    admin.post(
        "/components",
        {
            "name": f"forge-{priority}",
            "providerId": "rsa",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {**config, "privateKey": [pem]},
        },
    )
    (kid,) = _kids(admin) - before
    return Forge(key, kid, issuer)


def new_key() -> RSAPrivateKey:
    """A key that is nobody's yet."""
    return generate_private_key(65537, 2048)


def public_pem(key: RSAPrivateKey) -> bytes:
    """What everybody may know of a key."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_jwk(key: RSAPrivateKey) -> dict[str, str]:
    """The same as a JWK (RFC 7517)."""
    numbers = key.public_key().public_numbers()
    n, e = (encoded(value.to_bytes((value.bit_length() + 7) // 8, "big")) for value in (numbers.n, numbers.e))
    return {"kty": "RSA", "n": n, "e": e}


def signing_input(header: dict[str, Any], claims: dict[str, Any] | str) -> str:
    """Header and payload in compact form, fields that are None left out of the header."""
    kept = {name: value for name, value in header.items() if value is not None}
    payload = claims if isinstance(claims, str) else json.dumps(claims)
    return f"{encoded(json.dumps(kept).encode())}.{encoded(payload.encode())}"


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims_in(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _kids(admin: KeycloakConnection) -> set[str]:
    return {key["kid"] for key in admin.get("/keys")["keys"] if key.get("use") == "SIG" and key["type"] == "RSA"}
