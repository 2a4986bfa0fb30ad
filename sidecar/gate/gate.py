"""The gate, wired: what it is made of, and when its threads begin and end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from multiprocessing.util import Finalize
from wsgiref.types import WSGIApplication

from provisioning.settings import Settings

from .endpoint import Endpoint
from .follower import Follower
from .judge import Judge
from .keys import RealmKeys, fetch_from
from .rulebook import Rulebook
from .verified import VerifiedTokens


class Gate:
    """One per process. Contacts nothing before `start`; Keycloak and the ledger may come later."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        realm = f"/realms/{settings.realm}"
        self.keys = RealmKeys(partial(fetch_from, f"{settings.keycloak_url}{realm}/protocol/openid-connect/certs"))
        self.tokens = VerifiedTokens(
            self.keys, f"{settings.keycloak_public_url}{realm}", clock=lambda: clock().timestamp()
        )
        self.follower = Follower(settings.database_url)
        self.rulebook = Rulebook(settings.config_dir)
        self.judge = Judge(self.tokens, self.follower, self.rulebook, clock)
        self._secret = settings.secret("AIKOM_GATE_SECRET")
        self._base_url = settings.sidecar_url

    def in_front_of(self, pages: WSGIApplication) -> WSGIApplication:
        """The gate's endpoint, with the sidecar's pages behind it."""
        return Endpoint(self.judge, self._secret, self._base_url, pages)

    def start(self) -> None:
        """Begin to follow ledger, keys and routes. Ends with the process, whatever server runs it."""
        self.keys.start()
        self.rulebook.start()
        self.follower.start()
        # Servers start workers by multiprocessing, which ends without atexit; its finalizers do run.
        Finalize(None, self.stop, exitpriority=10)

    def stop(self) -> None:
        """End the threads."""
        self.follower.stop()
        self.rulebook.stop()
        self.keys.stop()


def gate_of(settings: Settings, clock: Callable[[], datetime]) -> Gate | None:
    """The gate, where this installation has one: it does when proxies have a secret to show."""
    return Gate(settings, clock) if settings.get("AIKOM_GATE_SECRET") else None
