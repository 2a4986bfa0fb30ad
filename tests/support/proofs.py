"""Proofs of possession (RFC 9449) as an OIS makes them, and as somebody would who only has its token."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc import jwk, jws

from provisioning.gate.proofs import token_hash
from tests.support.token_forge import encoded, signing_input

_KINDS: Final = {"ES256": ("EC", "P-256"), "ES384": ("EC", "P-384")}


def proof_key(algorithm: str = "ES256") -> jwk.Key:
    """A fresh key pair for an algorithm."""
    kind, size = _KINDS.get(algorithm, ("RSA", 2048))
    return jwk.generate_key(kind, size)  # type: ignore[arg-type]  # The library types each kind apart.


@dataclass(frozen=True)
class Prover:
    """Holds a key. `algorithm` is the one it signs by."""

    algorithm: str = "ES256"
    key: jwk.Key = field(default_factory=proof_key)

    @property
    def public(self) -> dict[str, Any]:
        """The public half as a JWK."""
        return dict(self.key.as_dict(private=False))

    @property
    def thumbprint(self) -> str:
        """What `cnf.jkt` of a token says that is bound to the key."""
        return self.key.thumbprint()

    def proof(
        self,
        method: str,
        address: str,
        token: str | None = None,
        *,
        at: float | None = None,
        header: dict[str, Any] | None = None,
        **changed: Any,
    ) -> str:
        """A proof for a call; `header` and `changed` replace what it says, None leaves a field out."""
        claims = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": address,
            "iat": int(time.time() if at is None else at),
            "ath": None if token is None else token_hash(token),
            **changed,
        }
        fields = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.public, **(header or {})}
        return self.sign(fields, {name: value for name, value in claims.items() if value is not None})

    def sign(self, header: dict[str, Any], claims: dict[str, Any] | str) -> str:
        """A compact JWS as it is given; signed by what the key can do, whatever the header says."""
        text = signing_input(header, claims)
        return f"{text}.{_signature(self, text)}"


def _signature(prover: Prover, text: str) -> str:
    """By the library's own algorithm, over exactly this text."""
    algorithm = jws.JWSRegistry(algorithms=[prover.algorithm]).get_alg(prover.algorithm)
    return encoded(algorithm.sign(text.encode(), prover.key))
