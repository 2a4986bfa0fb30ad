"""The realm's public keys, held in memory. Owns when they are fetched: never because a token says where from.

Fetched at start and every few minutes. A token with a key that is not there has them fetched once more, by one thread
for all that wait, and not again for `QUIET_S` seconds. Source: RFC 8725 3.10, docs/security.md rows 2-4.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import Event, Lock, Thread
from typing import Final

import requests
import structlog
from flask import Flask

from provisioning.gate.reasons import Reason
from provisioning.gate.tokens import SigningKey, signing_keys
from provisioning.lifecycle.realm_keys import fetch_key_set, key_set_url
from provisioning.settings import Settings
from sidecar.doors.parts import Part

QUIET_S: Final = 30.0
"""After unknown keys made us ask, others that are unknown are refused without asking for this long."""

MAX_AGE_S: Final = 24 * 3600.0
"""Keys that could not be confirmed for this long verify nothing any more."""

REFRESH_S: Final = 300.0
RETRY_S: Final = 5.0

log = structlog.get_logger(__name__)


class RealmKeys:
    """The realm's public keys in memory. Safe to share between threads. `clock` is monotonic, in seconds."""

    def __init__(
        self, fetch: Callable[[], bytes], *, clock: Callable[[], float] = time.monotonic, max_age_s: float = MAX_AGE_S
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._max_age_s = max_age_s
        self._lock = Lock()
        self._stopping = Event()
        self._keys: dict[str, SigningKey] = {}
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self.generation = 0
        """Grows whenever the keys change, so that what was verified with one that is gone is verified anew."""

    @property
    def usable(self) -> bool:
        """Return whether there are keys that are not too old."""
        return self._clock() - self._fetched_at < self._max_age_s

    def find(self, kid: str) -> SigningKey | Reason:
        """Return the key, fetching at most once in `QUIET_S`; TOKEN_SIGNATURE when the realm has no such key."""
        key = self._keys.get(kid)
        if key is not None and self.usable:
            return key
        with self._lock:
            key = self._keys.get(kid)
            if key is None or not self.usable:
                self._ask()
                key = self._keys.get(kid)
        if not self.usable:
            return Reason.SIGNING_KEYS_UNAVAILABLE
        return key or Reason.TOKEN_SIGNATURE

    def refresh(self) -> bool:
        """Fetch the keys now. False when that failed; those that are there then stay until they are too old."""
        with self._lock:
            return self._load()

    def start(self) -> None:
        """Keep the keys fresh from now on."""
        Thread(target=self._keep_fresh, name="gate-keys", daemon=True).start()

    def stop(self) -> None:
        """Stop keeping them fresh."""
        self._stopping.set()

    def _ask(self) -> None:
        """Under the lock: whoever waited for another's fetch finds the result."""
        quiet = QUIET_S if self.usable else RETRY_S
        if self._clock() - self._asked_at >= quiet:
            self._asked_at = self._clock()
            self._load()

    def _load(self) -> bool:
        try:
            keys = signing_keys(self._fetch())
        except (requests.RequestException, OSError, ValueError) as error:
            log.warning("signing-keys-not-fetched", reason=type(error).__name__)
            return False
        if not keys:
            log.warning("signing-keys-not-fetched", reason="the realm lists no key for signatures")
            return False
        if keys.keys() != self._keys.keys():
            self._keys = keys
            self.generation += 1
        self._fetched_at = self._clock()
        return True

    def _keep_fresh(self) -> None:
        while True:
            pause = REFRESH_S if self.refresh() else RETRY_S
            if self._stopping.wait(pause):
                return


realm_keys: Final = Part[RealmKeys]("realm-keys")


def init_realm_keys(app: Flask, settings: Settings) -> None:
    """Let this application verify tokens of the realm. Contacts nothing."""
    realm_keys.register(app, keys_of_realm(settings))


def keys_of_realm(settings: Settings) -> RealmKeys:
    """Return the keys of the realm in the settings, none of them fetched yet."""
    return RealmKeys(partial(fetch_key_set, key_set_url(settings)))
