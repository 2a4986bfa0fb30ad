"""The closed list of reasons by which the gate refuses, each with its HTTP status.

What each means and what to do about it, in both languages, is `explanations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Reason of a refusal. The value is the code for programs: the last part of the problem's type URI (RFC 9457)."""

    # The request itself.
    NOT_FROM_PROXY = "not-from-proxy"
    REQUEST_UNREADABLE = "request-unreadable"
    PATH_NOT_CANONICAL = "path-not-canonical"
    TOKEN_IN_QUERY = "token-in-query"
    TWO_TOKENS = "two-tokens"
    NO_TOKEN = "no-token"
    # Signature and claims.
    TOKEN_MALFORMED = "token-malformed"
    TOKEN_SIGNATURE = "token-signature"
    TOKEN_TYPE = "token-type"
    TOKEN_ISSUER = "token-issuer"
    TOKEN_AUDIENCE = "token-audience"
    TOKEN_EXPIRED = "token-expired"
    TOKEN_NOT_YET_VALID = "token-not-yet-valid"
    TOKEN_CLAIMS = "token-claims"
    # The proof that whoever sends a token holds its key (RFC 9449).
    TOKEN_BOUND = "token-bound"
    TOKEN_NOT_BOUND = "token-not-bound"
    TWO_PROOFS = "two-proofs"
    PROOF_MISSING = "proof-missing"
    PROOF_MALFORMED = "proof-malformed"
    PROOF_KEY = "proof-key"
    PROOF_SIGNATURE = "proof-signature"
    PROOF_REQUEST = "proof-request"
    PROOF_TOKEN = "proof-token"
    PROOF_UNTIMELY = "proof-untimely"
    PROOF_USED = "proof-used"
    # The account and its key.
    ACCOUNT_UNKNOWN = "account-unknown"
    ACCOUNT_DEACTIVATED = "account-deactivated"
    KEY_UNKNOWN = "key-unknown"
    KEY_NOT_REVEALED = "key-not-revealed"
    KEY_CUT_OFF = "key-cut-off"
    KEY_RETIRED = "key-retired"
    RECORD_UNREADABLE = "record-unreadable"
    RECORD_DIFFERS = "record-differs"
    # Who uses the key.
    CLIENT_UNKNOWN = "client-unknown"
    OIS_UNKNOWN = "ois-unknown"
    OIS_NOT_CONNECTED = "ois-not-connected"
    OIS_SUSPENDED = "ois-suspended"
    OIS_CONCLUSION_EXPIRED = "ois-conclusion-expired"
    OIS_ENDED = "ois-ended"
    PROOF_REQUIRED = "proof-required"
    DIRECT_USE_OFF = "direct-use-off"
    MANDATE_MISSING = "mandate-missing"
    MANDATE_WITHDRAWN = "mandate-withdrawn"
    MANDATE_EXPIRED = "mandate-expired"
    # What it is used for.
    NO_ROUTE = "no-route"
    RIGHT_NOT_OF_INSTITUTION = "right-not-of-institution"
    RIGHT_NOT_OF_OIS = "right-not-of-ois"
    RIGHT_NOT_IN_MANDATE = "right-not-in-mandate"
    OUTSIDE_SPHERE = "outside-sphere"
    # How often.
    TOO_MANY_REQUESTS = "too-many-requests"
    # Our side.
    GATE_STALE = "gate-stale"
    SIGNING_KEYS_UNAVAILABLE = "signing-keys-unavailable"
    PROOFS_UNAVAILABLE = "proofs-unavailable"
    GATE_UNAVAILABLE = "gate-unavailable"

    @property
    def status(self) -> int:
        """The HTTP status that the client gets. Source: RFC 6750 3.1, RFC 9110."""
        return _STATUS.get(self, _FORBIDDEN)

    @property
    def error(self) -> str | None:
        """The error code for `WWW-Authenticate`; None where RFC 6750 3.1 wants none or it does not apply.

        Source: RFC 6750 3.1, RFC 9449 7.1.
        """
        if self is Reason.NO_TOKEN:
            return None
        if self in PROOF_REASONS:
            return "invalid_dpop_proof"
        return _ERRORS.get(self.status)


PROOF_REASONS: Final = frozenset(
    (
        Reason.PROOF_MISSING,
        Reason.PROOF_MALFORMED,
        Reason.PROOF_KEY,
        Reason.PROOF_SIGNATURE,
        Reason.PROOF_REQUEST,
        Reason.PROOF_TOKEN,
        Reason.PROOF_UNTIMELY,
        Reason.PROOF_USED,
    )
)
"""The token may be good; its sender has not shown that it holds the key."""

_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403

_STATUS: Final[Mapping[Reason, int]] = {
    Reason.REQUEST_UNREADABLE: _BAD_REQUEST,
    Reason.PATH_NOT_CANONICAL: _BAD_REQUEST,
    Reason.TOKEN_IN_QUERY: _BAD_REQUEST,
    Reason.TWO_TOKENS: _BAD_REQUEST,
    Reason.TWO_PROOFS: _BAD_REQUEST,
    Reason.NO_TOKEN: _UNAUTHORIZED,
    Reason.TOKEN_MALFORMED: _UNAUTHORIZED,
    Reason.TOKEN_SIGNATURE: _UNAUTHORIZED,
    Reason.TOKEN_TYPE: _UNAUTHORIZED,
    Reason.TOKEN_ISSUER: _UNAUTHORIZED,
    Reason.TOKEN_AUDIENCE: _UNAUTHORIZED,
    Reason.TOKEN_EXPIRED: _UNAUTHORIZED,
    Reason.TOKEN_NOT_YET_VALID: _UNAUTHORIZED,
    Reason.TOKEN_CLAIMS: _UNAUTHORIZED,
    Reason.TOKEN_BOUND: _UNAUTHORIZED,
    Reason.TOKEN_NOT_BOUND: _UNAUTHORIZED,
    Reason.PROOF_REQUIRED: _UNAUTHORIZED,
    **dict.fromkeys(PROOF_REASONS, _UNAUTHORIZED),
    Reason.TOO_MANY_REQUESTS: 429,
    Reason.GATE_STALE: 503,
    Reason.SIGNING_KEYS_UNAVAILABLE: 503,
    Reason.PROOFS_UNAVAILABLE: 503,
    Reason.GATE_UNAVAILABLE: 503,
}

_ERRORS: Final[Mapping[int, str]] = {
    _BAD_REQUEST: "invalid_request",
    _UNAUTHORIZED: "invalid_token",
    _FORBIDDEN: "insufficient_scope",
}
