"""Which OIS asks, by the access token of its own client, and whether the ledger still has it connected.

A token that is bound to a key of the OIS (DPoP) needs its proof here as it does at the gate.
A token outlives a decision by minutes; the ledger's word counts at each request, so a decision ends the token at once.
A token that it exchanged for an institution is none: it says whose data may be read, not who may read about mandates.
Source: order cl. 6, RFC 6750, RFC 8725, RFC 9449.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from werkzeug.exceptions import ServiceUnavailable, Unauthorized

from provisioning.gate.challenges import challenge
from provisioning.gate.claims import binding_of
from provisioning.gate.proofs import ProvenCall
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import Credentials, read_authorization
from provisioning.gate.tokens import ALGORITHMS, AUDIENCE, LEEWAY_S, LONGEST_TOKEN, read_header
from provisioning.model.identifiers import service_account_of
from provisioning.model.ois import OisState, Slug, ois_client_id, parse_ois_client_id
from sidecar.doors.possession import possession
from sidecar.doors.realm_keys import RealmKeys
from sidecar.doors.records import records
from sidecar.frame.refusals import AccessRefused, Refusal

CONNECTED: Final = frozenset({OisState.CONNECTED})
"""States in which an OIS works."""

NOT_OVER: Final = frozenset(state for state in OisState if not state.is_over)
"""States in which an OIS may test itself: before its connection, and while it is suspended."""

_REALM: Final = "aikom"

_REFUSALS: Final[Mapping[OisState | None, Refusal]] = {
    OisState.SUSPENDED: Refusal.OIS_SUSPENDED,
    OisState.REJECTED: Refusal.OIS_ENDED,
    OisState.TERMINATED: Refusal.OIS_ENDED,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """The OIS that asks. `bound_to` is the thumbprint of the key that its token is bound to, None for a bearer one."""

    slug: Slug
    bound_to: str | None


class Challenged(Unauthorized):
    """401 for a reason of the gate's, with the challenge that goes with it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self._challenge = challenge(reason, _REALM)

    def get_headers(self, *arguments: object, **named: object) -> list[tuple[str, str]]:
        """Return the headers of the answer, the challenge among them."""
        said: Iterable[tuple[str, str]] = super().get_headers(*arguments, **named)  # type: ignore[arg-type]
        return [*said, ("WWW-Authenticate", self._challenge)]


def require_ois(keys: RealmKeys, issuer: str, now: datetime) -> Asking:
    """Return the OIS whose own token came with this request. Raises 401, or 503 without the realm's keys."""
    given = read_authorization(request.headers.get("Authorization"))
    if isinstance(given, Reason):
        raise Challenged(given)
    kid = key_id(given.token) if len(given.token) <= LONGEST_TOKEN else None
    if kid is None:
        raise Challenged(Reason.TOKEN_MALFORMED)
    key = keys.find(kid)
    if key is Reason.SIGNING_KEYS_UNAVAILABLE:
        raise ServiceUnavailable
    asking = None if isinstance(key, Reason) else ois_of(given.token, key, issuer, now)
    if asking is None:
        raise Challenged(Reason.TOKEN_CLAIMS)
    refusal = _unproven(given, asking, now)
    if refusal is not None:
        raise Challenged(refusal)
    return asking


def refuse_unless(asking: Asking, states: frozenset[OisState]) -> None:
    """Raise AccessRefused unless the ledger has the OIS in one of these states now, and RecordsUnavailable.

    An OIS that is not on record, or cannot be read, is in none. One that needs bound tokens gets 401 for another.
    """
    with records().reader() as reader:
        record = None if reader.is_unreadable(ois_client_id(asking.slug)) else reader.ois(asking.slug)
    state = None if record is None else record.state
    if state not in states:
        raise AccessRefused(_REFUSALS.get(state, Refusal.OIS_NOT_CONNECTED))
    if record is not None and record.proof_required and asking.bound_to is None:
        raise Challenged(Reason.PROOF_REQUIRED)


def _unproven(given: Credentials, asking: Asking, now: datetime) -> Reason | None:
    """Why the sender has not shown that it holds the key; None for a bearer token that is sent as one."""
    if asking.bound_to is None:
        return Reason.TOKEN_NOT_BOUND if given.is_proven else None
    if not given.is_proven:
        return Reason.TOKEN_BOUND
    call = ProvenCall(request.method, request.path, given.token, asking.bound_to)
    return possession().refusal(call, request.headers.get("DPoP"), now.timestamp())


def key_id(token: str) -> str | None:
    """Return the id of the realm's key that a token names; None when it is no token of the realm's."""
    header = read_header(token)
    return None if isinstance(header, Reason) else header.kid


def ois_of(token: str, key: Key, issuer: str, now: datetime) -> Asking | None:
    """Return the OIS whose own token this is; None when it does not verify, has expired, or is another client's."""
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, TypeError):
        return None
    client, audience = claims.get("azp"), claims.get("aud")
    heard = AUDIENCE in (audience if isinstance(audience, list) else [audience])
    bound_to = binding_of(claims)
    if claims.get("iss") != issuer or isinstance(bound_to, Reason) or not heard or not isinstance(client, str):
        return None
    slug = parse_ois_client_id(client)
    if slug is None or claims.get("preferred_username") != service_account_of(client):
        return None
    return Asking(slug, bound_to) if _is_timely(claims, now) else None


def _is_timely(claims: dict[str, Any], now: datetime) -> bool:
    expires, issued = claims.get("exp"), claims.get("iat")
    if not (isinstance(expires, int) and isinstance(issued, int)) or isinstance(expires, bool):
        return False
    return issued - LEEWAY_S <= now.timestamp() < expires + LEEWAY_S
