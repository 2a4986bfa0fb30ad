"""Verification of access tokens: form, signature, and the claims that every token must have.

Two steps, so that the holder of the realm's keys can look one up in between: `read_header`, then `verify`. Nothing in a
token is ever fetched. Source: RFC 7519, RFC 8725, RFC 9068.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwk, jws
from joserfc.errors import JoseError

from provisioning.gate.claims import Claims, binding_of, claims_of
from provisioning.gate.compact import read_object, read_part, read_time, split_compact
from provisioning.gate.reasons import Reason

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""What the realm may sign with. Never a symmetric one: the public key would then do as a secret."""

AUDIENCE: Final = "central-db"
LEEWAY_S: Final = 10
LONGEST_TOKEN: Final = 16_384
"""Characters. Keycloak's are 1,000 to 2,000 long."""

LONGEST_LIFE_S: Final = 24 * 3600
"""A token that claims to live longer is none of the realm's."""

_HEADER_TYPES: Final = (None, "JWT", "at+jwt", "application/at+jwt")
_HEADERS: Final = frozenset(("alg", "kid", "typ"))
"""A header with anything more is refused: `crit`, `jwk`, `jku`, `x5u` and their like would bring rules of their own."""

_KID: Final = re.compile(r"[A-Za-z0-9._=+-]{1,128}")


@dataclass(frozen=True, slots=True)
class Header:
    """A token's header: the key's id and the algorithm, one of `ALGORITHMS`."""

    kid: str
    algorithm: str


SigningKey = jwk.Key
"""A public key of the realm. It knows the one algorithm that it is meant for, and verifies with no other."""


def read_header(token: str) -> Header | Reason:
    """Return the header of a compact token, when it is one that the realm writes."""
    if len(token) > LONGEST_TOKEN:
        return Reason.TOKEN_MALFORMED
    parts = split_compact(token)
    values = None if parts is None else read_part(parts[0])
    if values is None:
        return Reason.TOKEN_MALFORMED
    kid, algorithm = values.get("kid"), values.get("alg")
    if algorithm not in ALGORITHMS or not values.keys() <= _HEADERS:
        return Reason.TOKEN_SIGNATURE
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        return Reason.TOKEN_SIGNATURE
    if values.get("typ") not in _HEADER_TYPES:
        return Reason.TOKEN_TYPE
    return Header(kid, algorithm)


def signing_keys(document: bytes) -> dict[str, SigningKey]:
    """Return the keys of a JWK set that may verify signatures, by id. Raises ValueError when it is no JWK set.

    Keys for encryption, symmetric keys and keys of unknown kinds are passed over. Source: RFC 7517 5.
    """
    try:
        listed = json.loads(document)["keys"]
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError("not a JWK set") from error
    found: dict[str, SigningKey] = {}
    for values in listed if isinstance(listed, list) else ():
        if isinstance(values, dict) and isinstance(values.get("kid"), str) and _signs(values):
            try:
                found[values["kid"]] = jwk.import_key(values)
            except (JoseError, ValueError, TypeError, KeyError):
                continue
    return found


def verify(token: str, header: Header, key: SigningKey, issuer: str, now_s: float) -> Claims | Reason:
    """Return the token's claims, or the reason why it opens nothing.

    `key` is the one that the header names; `now_s` is in seconds since the epoch.
    """
    try:
        verified = jws.deserialize_compact(token, key, algorithms=[header.algorithm])
    except (JoseError, ValueError, TypeError):
        return Reason.TOKEN_SIGNATURE
    values = read_object(verified.payload or b"")
    if values is None:
        return Reason.TOKEN_MALFORMED
    refusal = _refusal(values, issuer, now_s)
    if refusal is not None:
        return refusal
    return claims_of(values) or Reason.TOKEN_CLAIMS


def unverified_claims(token: str) -> Claims | None:
    """Return a token's claims without verifying them: for showing people what they hold. Never decide by them."""
    parts = split_compact(token)
    values = None if parts is None else read_part(parts[1])
    if values is None or read_time(values.get("exp")) is None:
        return None
    return claims_of(values)


def is_over(claims: Claims, now_s: float) -> bool:
    """Return whether the token has expired since it was verified."""
    return now_s >= claims.expires_at + LEEWAY_S


def _refusal(values: Mapping[str, Any], issuer: str, now_s: float) -> Reason | None:
    if values.get("iss") != issuer:
        return Reason.TOKEN_ISSUER
    binding = binding_of(values)
    if isinstance(binding, Reason):
        return binding
    audience = values.get("aud")
    if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
        return Reason.TOKEN_AUDIENCE
    return _untimely(values, now_s)


def _untimely(values: Mapping[str, Any], now_s: float) -> Reason | None:
    """Numbers only, and within reason: 2^63 is not a time. Source: RFC 7519 4.1.4-4.1.6."""
    expires, issued, begins = (
        read_time(value) for value in (values.get("exp"), values.get("iat"), values.get("nbf", 0))
    )
    if expires is None or issued is None or begins is None:
        return Reason.TOKEN_CLAIMS
    if now_s >= expires + LEEWAY_S:
        return Reason.TOKEN_EXPIRED
    if issued > now_s + LEEWAY_S or begins > now_s + LEEWAY_S:
        return Reason.TOKEN_NOT_YET_VALID
    return Reason.TOKEN_CLAIMS if expires - issued > LONGEST_LIFE_S else None


def _signs(values: Mapping[str, Any]) -> bool:
    return (
        values.get("kty") in ("RSA", "EC")
        and values.get("use", "sig") == "sig"
        and values.get("alg", ALGORITHMS[0]) in ALGORITHMS
    )
