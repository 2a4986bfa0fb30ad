"""An electronic diary that works for an institution: exchanges tokens (RFC 8693), reuses them, waits when told to.

Its own key signs an assertion for each exchange (private_key_jwt, RFC 7523). One token is used until it ends. It is
bound to a second key that never leaves this process (DPoP, RFC 9449): whoever steals the token cannot use it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

from examples.ois.proof import Bound, proof

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
SUBJECT_TYPE = "urn:ietf:params:oauth:token-type:access_token"
PATIENCE_S, EARLY_S = 60, 10


@dataclass
class Diary:
    """`issuer` is the realm's address, `key` the private key whose public half the Administrator has."""

    issuer: str
    client_id: str
    key: ECKey
    database: str
    proof_key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def token(self, api_key: str, secret: str) -> str:
        """A token of the central database for an institution's API key; the one before while it lasts."""
        known, ends = self._tokens.get(api_key, ("", 0.0))
        if time.time() < ends - EARLY_S:
            return known
        url = f"{self.issuer}/protocol/openid-connect/token"
        own = OAuth2Session(api_key, secret)
        subject = own.fetch_token(url, grant_type="client_credentials")["access_token"]
        us = OAuth2Session(self.client_id, self.key, token_endpoint_auth_method=PrivateKeyJWT.name)
        claims = {"aud": self.issuer, "exp": int(time.time()) + 30}
        us.register_client_auth_method(PrivateKeyJWT(url, claims, {"kid": self.key.kid}, "ES256"))
        asked = {"subject_token": subject, "subject_token_type": SUBJECT_TYPE, "audience": "central-db"}
        us.headers["DPoP"] = proof(self.proof_key, "POST", url)
        made = us.fetch_token(url, grant_type=EXCHANGE, **asked)
        self._tokens[api_key] = made["access_token"], time.time() + made["expires_in"]
        return str(made["access_token"])

    def get(self, path: str, api_key: str, secret: str) -> Any:
        """What the central database has at a path. Raises requests.HTTPError: its body says what to do."""
        auth = Bound(self.proof_key, self.token(api_key, secret))  # In headers, never in the address.
        answer = requests.get(self.database + path, auth=auth, timeout=10)
        if answer.status_code == requests.codes.too_many_requests:
            time.sleep(min(int(answer.headers.get("Retry-After", "1")), PATIENCE_S))
            answer = requests.get(self.database + path, auth=auth, timeout=10)
        if answer.status_code in (401, 403):
            self._tokens.pop(api_key, None)  # Cut off, or the mandate is withdrawn: stop, and ask a person.
        answer.raise_for_status()
        return answer.json()
