"""A logout token, checked: what Keycloak sends when it ends a login. PURE but for the key it is given.

Source: OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6; RFC 8725.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LONGEST: Final = 8_000
"""In characters; Keycloak's have about a thousand."""

OLDEST_S: Final = 120
"""A logout token is sent the moment it is made."""

LEEWAY_S: Final = 10
_LONGEST_ID: Final = 255
_SIGNATURES: Final = ("RS256", "PS256", "ES256")
_TYPES: Final = (None, "JWT", "logout+jwt")
_HEADERS: Final = frozenset(("alg", "kid", "typ"))
"""A header with anything more is refused: `jwk`, `jku`, `crit` and their like would bring rules of their own."""


class LogoutTokenRefused(Exception):
    """A logout token that ends nothing. The text says why; the sender learns only that it was refused."""


@dataclass(frozen=True, slots=True)
class Logout:
    """The login `sid` ended or, without one, every login of `subject`."""

    token_id: str
    sid: str | None
    subject: str | None


def key_id(token: str) -> str:
    """Return the id of the realm's key that a token names, if its header is one that the realm writes.

    Raises LogoutTokenRefused.
    """
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise LogoutTokenRefused("it is no token") from error
    kid = header.get("kid")
    if header.get("alg") not in _SIGNATURES or header.get("typ") not in _TYPES or not header.keys() <= _HEADERS:
        raise LogoutTokenRefused("the header is not one of the realm's")
    if not isinstance(kid, str):
        raise LogoutTokenRefused("kid is missing")
    return kid


def read_logout(token: str, key: Key, issuer: str, client_id: str, now: datetime) -> Logout:
    """Verify a logout token and return which login it ends. Raises LogoutTokenRefused.

    Whether it was used before is for the caller to find out by `token_id`.
    """
    try:
        decoded = jwt.decode(token, key, algorithms=list(_SIGNATURES))
    except (JoseError, ValueError, TypeError) as error:
        raise LogoutTokenRefused("the signature does not verify") from error
    claims: dict[str, Any] = decoded.claims
    audience = claims.get("aud")
    if claims.get("iss") != issuer:
        raise LogoutTokenRefused("iss is not the realm's")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise LogoutTokenRefused("aud is another client")
    if "nonce" in claims:
        raise LogoutTokenRefused("nonce is there, as in an ID token")
    events = claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(EVENT), Mapping):
        raise LogoutTokenRefused("events does not say that it is a logout")
    _check_times(claims, now)
    return _logout(claims)


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    seconds = now.timestamp()
    if not isinstance(issued, int) or not _is_time(issued) or not issued - LEEWAY_S <= seconds <= issued + OLDEST_S:
        raise LogoutTokenRefused("iat is missing, too old or yet to come")
    # `exp` is required since the final version; what came before it is bound by `iat` alone.
    if expires is not None and (not isinstance(expires, int) or not _is_time(expires) or seconds >= expires + LEEWAY_S):
        raise LogoutTokenRefused("exp has passed")


def _logout(claims: Mapping[str, Any]) -> Logout:
    token_id, sid, subject = (claims.get(name) for name in ("jti", "sid", "sub"))
    if not isinstance(token_id, str) or not _is_id(token_id):
        raise LogoutTokenRefused("jti is missing")
    if not all(value is None or _is_id(value) for value in (sid, subject)) or (sid is None and subject is None):
        raise LogoutTokenRefused("neither sid nor sub says whose login ended")
    return Logout(token_id, sid, subject)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _is_time(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40
