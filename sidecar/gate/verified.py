"""Tokens that were verified, so that a signature is checked once and not at every request (80 µs against 1).

Holds claims by the digest of the header that they came in, no token. What was verified is forgotten when the realm's
keys change.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import islice
from threading import Lock
from typing import Final

from provisioning.gate.claims import Claims
from provisioning.gate.reasons import Reason
from provisioning.gate.requests import Credentials, read_authorization
from provisioning.gate.tokens import LONGEST_TOKEN, is_over, read_header, verify
from sidecar.doors.realm_keys import RealmKeys

MOST_TOKENS: Final = 50_000
"""About 30 MB. Beyond it the oldest are forgotten, which costs a signature check and nothing else."""

_FORGOTTEN_AT_ONCE: Final = 5_000
_LONGEST_HEADER: Final = LONGEST_TOKEN + 64
"""Characters. A longer one holds too long a token, and costs no digest."""


class VerifiedTokens:
    """Tokens whose signature was verified already. Safe to share between threads."""

    def __init__(self, keys: RealmKeys, issuer: str, *, most: int = MOST_TOKENS) -> None:
        self._keys = keys
        self._issuer = issuer
        self._most = most
        self._known: dict[bytes, Claims] = {}
        self._rights: dict[frozenset[str], frozenset[str]] = {}
        self._generation = keys.generation
        self._lock = Lock()

    def claims(self, authorization: str | None, now_s: float) -> Claims | Reason:
        """Return the claims of a good token in an Authorization header, or a refusal. `now_s` is epoch seconds.

        Claims are of a bound token when the header's scheme is DPoP and never otherwise; the proof is still to be
        asked for.
        """
        if not authorization or len(authorization) > _LONGEST_HEADER or not authorization.isascii():
            given = read_authorization(authorization)
            return given if isinstance(given, Reason) else Reason.TOKEN_MALFORMED
        generation = self._keys.generation
        if self._generation != generation or not self._keys.usable:
            self._forget_all()
        digest = sha256(authorization.encode("ascii")).digest()
        known = self._known.get(digest)
        if known is not None:
            return Reason.TOKEN_EXPIRED if is_over(known, now_s) else known
        given = read_authorization(authorization)
        verified = given if isinstance(given, Reason) else self._verify(given, now_s)
        return verified if isinstance(verified, Reason) else self._remember(digest, verified, generation)

    def __len__(self) -> int:
        return len(self._known)

    def _verify(self, given: Credentials, now_s: float) -> Claims | Reason:
        header = read_header(given.token)
        if isinstance(header, Reason):
            return header
        key = self._keys.find(header.kid)
        found = key if isinstance(key, Reason) else verify(given.token, header, key, self._issuer, now_s)
        if isinstance(found, Reason) or given.is_proven == (found.bound_to is not None):
            return found
        return Reason.TOKEN_NOT_BOUND if given.is_proven else Reason.TOKEN_BOUND

    def _remember(self, digest: bytes, claims: Claims, generation: int) -> Claims:
        """Sets of rights are few and long: each is held once. Not kept when the keys changed during verification."""
        with self._lock:
            if generation != self._keys.generation:
                return claims
            shared = replace(claims, rights=self._rights.setdefault(claims.rights, claims.rights))
            if len(self._known) >= self._most:
                for old in list(islice(self._known, _FORGOTTEN_AT_ONCE)):
                    del self._known[old]
            self._known[digest] = shared
        return shared

    def _forget_all(self) -> None:
        with self._lock:
            self._generation = self._keys.generation
            self._known = {}
            self._rights = {}
