"""The gate, wired: what it is made of, and when its threads begin and end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from multiprocessing.util import Finalize
from wsgiref.types import WSGIApplication

from provisioning.lifecycle.realm_keys import issuer_of
from provisioning.settings import Settings, central_db_url
from sidecar.doors.possession import Possession
from sidecar.doors.realm_keys import keys_of_realm
from sidecar.doors.rollback import RollbackGuard
from sidecar.gate.counting import AccessCounter
from sidecar.gate.door import Door, door_of
from sidecar.gate.endpoint import Endpoint, Parts
from sidecar.gate.follower import Follower
from sidecar.gate.judge import Judge
from sidecar.gate.limits import RateLimits
from sidecar.gate.pauses import shorten
from sidecar.gate.rulebook import Rulebook
from sidecar.gate.signing import DecisionSigner
from sidecar.gate.verified import VerifiedTokens


class Gate:
    """The decision over requests, wired. One per process; contacts nothing before `start`."""

    def __init__(self, settings: Settings, door: Door, clock: Callable[[], datetime]) -> None:
        self.keys = keys_of_realm(settings)
        self.guard = RollbackGuard(settings)
        self.follower = Follower(settings.database_url, guard=self.guard)
        self.rulebook = Rulebook(settings.config_dir)
        self.counter = AccessCounter(settings.database_url)
        tokens = VerifiedTokens(self.keys, issuer_of(settings))
        possession = Possession(central_db_url(settings))
        judge = Judge(tokens, RateLimits(), self.follower, self.rulebook, possession, clock)
        self._parts = Parts(judge, self.counter, _signer(settings), tokens, self.follower, self.rulebook)
        self._door = door
        self._base_url = settings.public_url

    def in_front_of(self, pages: WSGIApplication) -> WSGIApplication:
        """Return the gate's endpoint, with the sidecar's pages behind it."""
        return Endpoint(self._parts, self._door, self._base_url, pages)

    def start(self) -> None:
        """Begin to follow ledger, keys and routes, and to write counts. Ends with the process, under any server."""
        shorten()
        self.keys.start()
        self.rulebook.start()
        self.follower.start()
        self.counter.start()
        # Servers start workers by multiprocessing, which ends without atexit; its finalizers do run.
        Finalize(None, self.stop, exitpriority=10)

    def stop(self) -> None:
        """End the threads; what was counted is written."""
        self.counter.stop()
        self.follower.stop()
        self.guard.stop()
        self.rulebook.stop()
        self.keys.stop()


def _signer(settings: Settings) -> DecisionSigner | None:
    if settings.get("AIKOM_GATE_SIGNING_KEY") is None:
        return None
    return DecisionSigner(settings.secret("AIKOM_GATE_SIGNING_KEY"), settings.sidecar_url)


def gate_of(settings: Settings, clock: Callable[[], datetime]) -> Gate | None:
    """Return the gate of this process; None when proxies have neither a secret to show nor a socket to come by."""
    door = door_of(settings)
    return None if door is None else Gate(settings, door, clock)
