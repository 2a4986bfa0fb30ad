"""Proofs of possession (DPoP): that the sender of a token holds the private key that the token is bound to.

Checks one proof against one call: form, key, signature, method, address, token and time. That a proof counts once is
the caller's to see to. Source: RFC 9449 4.2, 4.3, 7.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from joserfc import jwk, jws
from joserfc.errors import JoseError

from provisioning.gate.compact import read_object, read_part, read_time, split_compact
from provisioning.gate.reasons import Reason
from provisioning.model.jwks import algorithms_of, key_faults

PROOF_ALGORITHMS: Final = ("ES256", "ES384", "PS256", "RS256")
"""Signatures by key pairs only: a symmetric key would prove nothing about who holds it. Without EdDSA: RFC 9864 gave it
up for Ed25519, which Keycloak does not take yet."""

LONGEST_PROOF: Final = 4_096
"""Characters. One on P-256 is about 450 long, one of a longer RSA key under 3,000."""

OLDEST_S: Final = 30
AHEAD_S: Final = 15
"""How old a proof may be, and how far ahead its maker's clock. Keycloak allows 25 and 15 seconds."""

_TYPE: Final = "dpop+jwt"
_HEADERS: Final = frozenset(("typ", "alg", "jwk", "kid"))
"""A header with anything more is refused: `crit`, `jku`, `x5u` and their like would bring rules of their own."""


class _Registry(jws.JWSRegistry):
    """The library's bounds, but for headers: with an RSA key in it one is longer than 512 bytes."""

    max_header_length = 2_048


_REGISTRIES: Final = {name: _Registry(algorithms=[name]) for name in PROOF_ALGORITHMS}
_MATERIAL: Final = ("kty", "crv", "x", "y", "n", "e")
_LONGEST_ID: Final = 256
_KEYS: Final = 1_024
"""Headers whose key is kept read, a few kilobytes each: an OIS uses the same one all day."""

_ADDRESS: Final = re.compile(r"(https?)://([A-Za-z0-9.\-\[\]:]{1,255})(/[!-\"$->@-~]*)?", re.IGNORECASE)
"""Scheme, host with port, and path; neither user nor query nor fragment. Source: RFC 9449 4.2."""

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class ProvenCall:
    """The call that a proof has to be for. `address` is the call's address in the form that `plain_address` returns,
    without a query; `key` is the thumbprint (RFC 7638) of the key that the `token` is bound to.
    """

    method: str
    address: str
    token: str
    key: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds. `mark` is a digest of its key and its id, by which a repetition is known."""

    mark: bytes
    issued_at: float


@dataclass(frozen=True, slots=True)
class _Signer:
    """The key in a proof's header. `thumbprint` as in RFC 7638."""

    key: jwk.Key
    algorithm: str
    thumbprint: str


def check_proof(proof: str | None, call: ProvenCall, now_s: float) -> Proof | Reason:
    """Check the header `DPoP` of a call, or return why it proves nothing. `now_s` is in seconds since the epoch.

    Servers join repeated headers by commas, which no proof holds. Source: RFC 9449 4.3.
    """
    if not proof:
        return Reason.PROOF_MISSING
    if "," in proof:
        return Reason.TWO_PROOFS
    parts = split_compact(proof) if len(proof) <= LONGEST_PROOF else None
    signer = None if parts is None else _signer(parts[0])
    if signer is None:
        return Reason.PROOF_MALFORMED
    if signer.thumbprint != call.key:
        return Reason.PROOF_KEY
    values = _verified(proof, signer)
    if isinstance(values, Reason):
        return values
    return _refusal(values, call, now_s) or _proof(values, signer)


def plain_address(address: str) -> str | None:
    """Return an address in the form in which addresses are compared: scheme and host in lower-case letters, without
    the scheme's own port. None for one with a user, a query or a fragment, or of another scheme.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    scheme, host = found[1].lower(), found[2].lower().removesuffix(_DEFAULT_PORTS[found[1].lower()])
    return f"{scheme}://{host}{found[3] or '/'}"


def token_hash(token: str) -> str:
    """Return what a proof says of its token as `ath`. Source: RFC 9449 4.2."""
    return urlsafe_b64encode(sha256(token.encode("ascii")).digest()).decode("ascii").rstrip("=")


@lru_cache(_KEYS)
def _signer(header: str) -> _Signer | None:
    """The key in an encoded header; None unless it is a public one that fits its algorithm, strong and alone."""
    values = read_part(header)
    if values is None or values.get("typ") != _TYPE or not values.keys() <= _HEADERS:
        return None
    algorithm, key = values.get("alg"), values.get("jwk")
    if algorithm not in PROOF_ALGORITHMS or not isinstance(key, dict) or any(key_faults(key)):
        return None
    if algorithm not in algorithms_of(key):
        return None
    try:
        imported = jwk.import_key({name: key[name] for name in _MATERIAL if name in key})
    except (JoseError, ValueError, TypeError):
        return None
    return _Signer(imported, algorithm, imported.thumbprint())


def _verified(proof: str, signer: _Signer) -> Mapping[str, Any] | Reason:
    try:
        verified = jws.deserialize_compact(proof, signer.key, registry=_REGISTRIES[signer.algorithm])
    except (JoseError, ValueError, TypeError):
        return Reason.PROOF_SIGNATURE
    values = read_object(verified.payload or b"")
    return Reason.PROOF_MALFORMED if values is None else values


def _refusal(values: Mapping[str, Any], call: ProvenCall, now_s: float) -> Reason | None:
    name, issued_at, address = values.get("jti"), read_time(values.get("iat")), values.get("htu")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID or issued_at is None:
        return Reason.PROOF_MALFORMED
    if values.get("htm") != call.method or not isinstance(address, str) or plain_address(address) != call.address:
        return Reason.PROOF_REQUEST
    if values.get("ath") != token_hash(call.token):
        return Reason.PROOF_TOKEN
    return None if now_s - OLDEST_S <= issued_at <= now_s + AHEAD_S else Reason.PROOF_UNTIMELY


def _proof(values: Mapping[str, Any], signer: _Signer) -> Proof:
    name = f"{signer.thumbprint} {values['jti']}".encode("utf-8", "surrogatepass")
    return Proof(sha256(name).digest(), values["iat"])
