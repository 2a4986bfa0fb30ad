"""Which OIS asks, by the access token of its own client, and whether the ledger still has it connected.

A token outlives a decision by minutes; the ledger's word counts at each request, so a decision ends the token at once.
A token that it exchanged for an institution is none: it says whose data may be read, not who may read about mandates.
Source: order cl. 6, RFC 6750, RFC 8725.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import ServiceUnavailable, Unauthorized

from provisioning.gate.reasons import Reason
from provisioning.gate.tokens import ALGORITHMS, AUDIENCE, LEEWAY_S, LONGEST_TOKEN, read_header
from provisioning.model.identifiers import service_account_of
from provisioning.model.ois import OisState, Slug, ois_client_id, parse_ois_client_id
from sidecar.doors.realm_keys import RealmKeys
from sidecar.doors.records import records
from sidecar.frame.refusals import AccessRefused, Refusal

CONNECTED: Final = frozenset({OisState.CONNECTED})
"""States in which an OIS works."""

NOT_OVER: Final = frozenset(state for state in OisState if not state.is_over)
"""States in which an OIS may test itself: before its connection, and while it is suspended."""

_PREFIX: Final = "Bearer "

_REFUSALS: Final[Mapping[OisState | None, Refusal]] = {
    OisState.SUSPENDED: Refusal.OIS_SUSPENDED,
    OisState.REJECTED: Refusal.OIS_ENDED,
    OisState.TERMINATED: Refusal.OIS_ENDED,
}


def require_ois(keys: RealmKeys, issuer: str, now: datetime) -> Slug:
    """Return the OIS whose own token came with this request. Raises 401, or 503 without the realm's keys."""
    token = bearer_of(request.headers.get("Authorization"))
    kid = None if token is None else key_id(token)
    if token is None or kid is None:
        raise _unauthorized(token)
    key = keys.find(kid)
    if key is Reason.SIGNING_KEYS_UNAVAILABLE:
        raise ServiceUnavailable
    slug = None if isinstance(key, Reason) else ois_of(token, key, issuer, now)
    if slug is None:
        raise _unauthorized(token)
    return slug


def refuse_unless(slug: Slug, states: frozenset[OisState]) -> None:
    """Raise AccessRefused unless the ledger has the OIS in one of these states now, and RecordsUnavailable.

    An OIS that is not on record, or cannot be read, is in none.
    """
    with records().reader() as reader:
        record = None if reader.is_unreadable(ois_client_id(slug)) else reader.ois(slug)
    state = None if record is None else record.state
    if state not in states:
        raise AccessRefused(_REFUSALS.get(state, Refusal.OIS_NOT_CONNECTED))


def _unauthorized(token: str | None) -> Unauthorized:
    """Say how to authorise; of a token that came and is not taken, that too (RFC 6750 section 3)."""
    parameters: dict[str, str | None] = (
        {"realm": "aikom"} if token is None else {"realm": "aikom", "error": "invalid_token"}
    )
    return Unauthorized(www_authenticate=WWWAuthenticate("bearer", parameters))


def bearer_of(authorization: str | None) -> str | None:
    """Return the token of an Authorization header; None when there is none or it is too long to be one."""
    if authorization is None or not authorization.startswith(_PREFIX):
        return None
    token = authorization.removeprefix(_PREFIX)
    return token if token.isascii() and len(token) <= LONGEST_TOKEN else None


def key_id(token: str) -> str | None:
    """Return the id of the realm's key that a token names; None when it is no token of the realm's."""
    header = read_header(token)
    return None if isinstance(header, Reason) else header.kid


def ois_of(token: str, key: Key, issuer: str, now: datetime) -> Slug | None:
    """Return the OIS whose own token this is; None when it does not verify, has expired, or is another client's."""
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, TypeError):
        return None
    client, audience = claims.get("azp"), claims.get("aud")
    heard = AUDIENCE in (audience if isinstance(audience, list) else [audience])
    if claims.get("iss") != issuer or claims.get("typ") != "Bearer" or not heard or not isinstance(client, str):
        return None
    if claims.get("preferred_username") != service_account_of(client):
        return None
    return parse_ois_client_id(client) if _is_timely(claims, now) else None


def _is_timely(claims: dict[str, Any], now: datetime) -> bool:
    expires, issued = claims.get("exp"), claims.get("iat")
    if not (isinstance(expires, int) and isinstance(issued, int)) or isinstance(expires, bool):
        return False
    return issued - LEEWAY_S <= now.timestamp() < expires + LEEWAY_S
