"""References: the Admin REST API used directly, without anything of ours between.

Creating is `partialImport` with the same payload, by a few threads. Reading is every client, every user and every
service account once, paged by 100, by two threads.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import requests

from provisioning.keycloak.accounts.representations import import_batch
from provisioning.model.identifiers import API_KEY_CLIENT_PREFIX, service_account_of
from provisioning.planning.changes import AccountImage
from provisioning.settings import Settings

BATCHES = (10, 20, 40)
WORKERS = (2, 3, 4)
TRIED = 600
"""Accounts per combination when the best is looked for."""

_PAGE = 100
_TOKEN_S = 30


@dataclass(frozen=True, slots=True)
class Best:
    """The fastest combination on this machine, now."""

    batch: int
    workers: int
    per_second: float


class RawRealm:
    """One realm, by plain HTTP."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base = f"{settings.keycloak_url}/admin/realms/{settings.realm}"
        self._local = threading.local()

    def create(self, images: Sequence[AccountImage], batch: int, workers: int) -> float:
        """Import all of them; seconds, without the time for making the payload."""
        bodies = [
            json.dumps(import_batch(images[start : start + batch])).encode() for start in range(0, len(images), batch)
        ]
        started = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            for _ in pool.map(self._import, bodies):
                pass
        return time.perf_counter() - started

    def best(self, images: Iterator[AccountImage]) -> Best:
        """Try every combination, each on accounts of its own."""
        found = []
        for batch, workers in product(BATCHES, WORKERS):
            some = [image for image, _ in zip(images, range(TRIED), strict=False)]
            found.append(Best(batch, workers, len(some) / self.create(some, batch, workers)))
        return max(found, key=lambda best: best.per_second)

    def read(self) -> float:
        """Read everything once; seconds."""
        lists = (
            ("users", {"briefRepresentation": "false"}),
            ("users", {"briefRepresentation": "false", "username": service_account_of(API_KEY_CLIENT_PREFIX)}),
            ("clients", {}),
        )
        started = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda one: self._pages(*one), lists):
                pass
        return time.perf_counter() - started

    def _pages(self, path: str, query: dict[str, str]) -> None:
        first = 0
        while True:
            session = self._session()
            answer = session.get(f"{self._base}/{path}", params={**query, "first": first, "max": _PAGE}, timeout=300)
            answer.raise_for_status()
            if len(answer.json()) < _PAGE:
                return
            first += _PAGE

    def _import(self, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        self._session().post(f"{self._base}/partialImport", data=body, headers=headers, timeout=300).raise_for_status()

    def _session(self) -> requests.Session:
        """This thread's session, with a token that is fresh enough."""
        if not hasattr(self._local, "session"):
            self._local.session, self._local.until = requests.Session(), 0.0
        session: requests.Session = self._local.session
        if time.monotonic() > self._local.until:
            form = {
                "grant_type": "client_credentials",
                "client_id": self._settings.require("AIKOM_PROVISIONING_CLIENT"),
                "client_secret": self._settings.require("AIKOM_PROVISIONING_SECRET"),
            }
            address = f"{self._settings.keycloak_url}/realms/{self._settings.realm}/protocol/openid-connect/token"
            # Not by the session: its old token would be a second credential.
            answer = requests.post(address, data=form, timeout=60)
            answer.raise_for_status()
            session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            self._local.until = time.monotonic() + _TOKEN_S
        return session
