"""Tokens that were verified, so that a signature is checked once and not at every request (80 µs against 2).

Holds digests and claims, no token. What was verified is forgotten when the realm's keys change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from threading import Lock
from typing import Final

from provisioning.gate.claims import Claims
from provisioning.gate.reasons import Reason
from provisioning.gate.tokens import LONGEST_TOKEN, is_over, read_header, verify

from .keys import RealmKeys

MOST_TOKENS: Final = 50_000
"""About 30 MB. Beyond it the oldest are forgotten, which costs a signature check and nothing else."""

_FORGOTTEN_AT_ONCE: Final = 5_000


class VerifiedTokens:
    """Safe to share between threads. `clock` gives seconds since the epoch."""

    def __init__(
        self, keys: RealmKeys, issuer: str, *, clock: Callable[[], float] = time.time, most: int = MOST_TOKENS
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._clock = clock
        self._most = most
        self._known: dict[bytes, Claims] = {}
        self._rights: dict[frozenset[str], frozenset[str]] = {}
        self._generation = keys.generation
        self._lock = Lock()

    def claims(self, token: str) -> Claims | Reason:
        """The claims of a good token, or why it opens nothing."""
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return Reason.TOKEN_MALFORMED
        if not self._keys.usable or self._generation != self._keys.generation:
            self._forget_all()
        digest = sha256(token.encode("ascii")).digest()
        known = self._known.get(digest)
        now_s = self._clock()
        if known is not None:
            return Reason.TOKEN_EXPIRED if is_over(known, now_s) else known
        generation = self._keys.generation
        verified = self._verify(token, now_s)
        return verified if isinstance(verified, Reason) else self._remember(digest, verified, generation)

    def __len__(self) -> int:
        return len(self._known)

    def _verify(self, token: str, now_s: float) -> Claims | Reason:
        header = read_header(token)
        if isinstance(header, Reason):
            return header
        key = self._keys.find(header.kid)
        return key if isinstance(key, Reason) else verify(token, header, key, self._issuer, now_s)

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
