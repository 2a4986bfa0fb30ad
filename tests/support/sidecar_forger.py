"""Stands where Keycloak's token and key endpoints are, and signs whatever a test wants.

No real Keycloak would issue most of these tokens; that is the point. Real logins are tested in `tests/browser`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from tests.support import sidecar_names as names

ISSUER = "http://127.0.0.1:9/realms/aikom"
_PROTOCOL = f"{ISSUER}/protocol/openid-connect"


class Forger:
    """One realm key, and the tokens signed with it."""

    def __init__(self, mocked: responses.RequestsMock) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "realm-key", "alg": "RS256", "use": "sig"})
        self.mocked = mocked
        mocked.get(f"{_PROTOCOL}/certs", json={"keys": [self.key.as_dict(private=False)]})

    def claims(self, asked_nonce: str, **changed: Any) -> dict[str, Any]:
        """What a school's ID token says; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "sidecar",
            "azp": "sidecar",
            "sub": "4f0c",
            "iat": now,
            "exp": now + 60,
            "nonce": asked_nonce,
            "preferred_username": names.SCHOOL,
            "institution": "46-0001234",
            "kind": "school",
            "sphere": "/00-0000001/46-0000012/46-0001234",
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any], key: RSAKey | OctKey | None = None, **header: Any) -> str:
        """A signed token in compact form."""
        full = {"alg": "RS256", "kid": "realm-key", **header}
        return jws.serialize_compact(full, json.dumps(claims).encode(), key or self.key, algorithms=[full["alg"]])

    def answer(self, id_token: str | None) -> None:
        """What the token endpoint will say next."""
        body = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60}
        self.mocked.post(f"{_PROTOCOL}/token", json=body | ({"id_token": id_token} if id_token else {}))


@contextmanager
def forger() -> Iterator[Forger]:
    """Requests to Keycloak are answered by the forger while this is open."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield Forger(mocked)


def begin_login(client: FlaskClient, target: str = "/account") -> dict[str, str]:
    """Start a login; the parameters of the authorization request."""
    response = client.get("/auth/login", query_string={"next": target})
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


def come_back(client: FlaskClient, state: str, iss: str | None = ISSUER, **changed: str) -> int:
    """Send the browser to the callback; the status it gets."""
    query = {"state": state, "code": "a-code", **({} if iss is None else {"iss": iss}), **changed}
    return client.get("/auth/callback", query_string=query, headers={"Accept": "text/html"}).status_code
