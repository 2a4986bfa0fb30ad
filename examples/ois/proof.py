"""Proofs of possession (DPoP, RFC 9449): each signed for one call, by the key that the OIS's tokens are bound to."""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode
from hashlib import sha256

import requests
from joserfc import jwt
from joserfc.jwk import ECKey
from requests.auth import AuthBase


def proof(key: ECKey, method: str, address: str, token: str | None = None) -> str:
    """The header `DPoP` of one call: `token` is what goes along with it, none at the token endpoint."""
    claims = {
        "jti": secrets.token_urlsafe(16),
        "iat": int(time.time()),
        "htm": method,
        "htu": address.partition("?")[0],
    }
    if token is not None:
        claims["ath"] = urlsafe_b64encode(sha256(token.encode()).digest()).decode().rstrip("=")
    public = {name: value for name, value in key.as_dict(private=False).items() if name in ("kty", "crv", "x", "y")}
    return jwt.encode({"typ": "dpop+jwt", "alg": "ES256", "jwk": public}, claims, key)


class Bound(AuthBase):
    """Sends a bound token with a fresh proof for each call; a proof counts once, so a repeated call gets another."""

    def __init__(self, key: ECKey, token: str) -> None:
        self._key, self._token = key, token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        own = proof(self._key, str(request.method), str(request.url), self._token)
        request.headers.update({"Authorization": f"DPoP {self._token}", "DPoP": own})
        return request
