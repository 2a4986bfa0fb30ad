"""Decisions in signed form, for a central database that does not trust the network between proxy and itself.

A JWT that lives for seconds and says what the headers say, for one method and one target. ES256, because every JOSE
library knows it and OpenSSL signs it fastest.
"""

from __future__ import annotations

import json
from typing import Final

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from provisioning.gate.tokens import AUDIENCE
from provisioning.model.secret import Secret
from provisioning.settings import SettingsError
from sidecar.gate.judge import Passed

LIFE_S: Final = 30
TYPE: Final = "aikom-decision+jwt"
ALGORITHM: Final = "ES256"


class DecisionSigner:
    """Signs with a private key on curve P-256, given as PEM. Raises SettingsError for anything else."""

    def __init__(self, pem: Secret, issuer: str) -> None:
        try:
            self._key = jwk.ECKey.import_key(pem.reveal())
            suits = self._key.is_private and self._key.curve_name == "P-256"
        except (JoseError, ValueError, TypeError) as error:
            raise _unusable() from error
        if not suits:
            raise _unusable()
        self._issuer = issuer
        self._header = {"alg": ALGORITHM, "kid": self._key.thumbprint(), "typ": TYPE}
        public = {**self._key.as_dict(private=False), "kid": self._header["kid"], "use": "sig", "alg": ALGORITHM}
        self.key_set: Final = json.dumps({"keys": [public]}).encode()
        """The JWK set to publish. Source: RFC 7517 5."""

    def sign(self, passed: Passed, decision: str, method: str, target: str, now_s: int) -> str:
        """Return the decision as a compact JWT."""
        allow = passed.allow
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "iat": now_s,
            "exp": now_s + LIFE_S,
            "jti": decision,
            "method": method,
            "target": target,
            "institution": allow.institution,
            "sphere": allow.sphere,
            "ois": passed.claims.ois or "",
            "rights": sorted(allow.rights),
        }
        return jwt.encode(self._header, claims, self._key, algorithms=[ALGORITHM])


def _unusable() -> SettingsError:
    return SettingsError(
        "AIKOM_GATE_SIGNING_KEY is not a private key on curve P-256",
        remedy="make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` and name its file in "
        "AIKOM_GATE_SIGNING_KEY_FILE",
    )
