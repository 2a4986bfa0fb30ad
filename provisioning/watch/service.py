"""The service: leads when it holds the lease, waits while another process does, stops cleanly when asked."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from types import FrameType
from typing import Final

import structlog

from provisioning.ledger import Ledger
from provisioning.ledger.errors import LeaseHeld, LeaseLost, LedgerError
from provisioning.ledger.leases.lease import Lease, hold_lease
from provisioning.lifecycle.tasks.handing_over import FINISHING_LEASE, WATCH_LEASE
from provisioning.model.errors import ExitCode
from provisioning.settings import Settings
from provisioning.watch.duties import Choice, lanes
from provisioning.watch.health import Health
from provisioning.watch.journal import Journal
from provisioning.watch.lane import Lane, guarded
from provisioning.watch.leadership import Leadership, holder_name
from provisioning.watch.waking import Waking

log = structlog.get_logger("provision.watch")

LEASE: Final = WATCH_LEASE
TTL_S: Final = 15.0
"""A leader whose machine is gone is followed by another after this long and half as long again."""

BEAT_S: Final = 2.0
CHECK_BEATS: Final = 3
"""The lease is looked at every so many beats."""


@dataclass(slots=True)
class Service:
    """One process of the service. `stop` is set by a signal, or by a test."""

    settings: Settings
    ledger: Ledger
    choice: Choice
    health: Health
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def _lease(self) -> str:
        """One that finishes what is recorded leads beside one that does all: each of its steps may be repeated."""
        return FINISHING_LEASE if self.choice.finishing else LEASE

    def run(self) -> None:
        """Lead, or wait for the lease, until asked to stop. Raises SettingsError."""
        standing_by: str | None = None
        while not self.stop.is_set():
            try:
                with hold_lease(self.ledger, name=self._lease, holder=holder_name(), ttl_s=TTL_S) as lease:
                    standing_by = None
                    self._lead(lease)
            except LeaseHeld as held:
                if held.holder != standing_by:
                    log.info("standing-by", leader=held.holder, since=held.since.isoformat())
                standing_by = held.holder
                self._wait("standing by")
            except LeaseLost as error:
                log.error("leadership-lost", reason=error.message)
            except LedgerError as error:
                log.error("ledger-unavailable", reason=error.message)
                self._wait("waiting for the ledger")
        self.health.stopping()
        log.info("stopped")

    def run_once(self) -> ExitCode:
        """Do every duty once, for timers; return the worst exit code. OK too while another process leads."""
        try:
            with hold_lease(self.ledger, name=self._lease, holder=holder_name(), ttl_s=TTL_S) as lease:
                leadership = self._leadership(lease, self.stop)
                # What is applied causes tasks and mail, so the prompt lane comes last.
                lane = Lane(leadership, list(chain.from_iterable(lanes(leadership, self.choice))), Journal(leadership))
                lane.run_once()
                return lane.exit_code
        except LeaseHeld as held:
            log.info("standing-by", leader=held.holder, since=held.since.isoformat())
            return ExitCode.OK

    def _lead(self, lease: Lease) -> None:
        log.info("leading", holder=holder_name(), token=lease.token)
        leadership = self._leadership(lease, threading.Event())
        journal = Journal(leadership)
        ended: list[BaseException] = []
        threads = [
            threading.Thread(target=guarded(lane.run, ended.append), name=f"lane {number}")
            for number, lane in enumerate(self._lanes(leadership, journal))
        ]
        for thread in threads:
            thread.start()
        try:
            self._beat_until_the_end(lease, ended)
        finally:
            leadership.stop.set()
            for thread in threads:
                thread.join()
        for error in ended:
            raise error

    def _lanes(self, leadership: Leadership, journal: Journal) -> Iterator[Lane]:
        """The lanes; one is woken by what is recorded when one of its duties asks for that."""
        for duties in lanes(leadership, self.choice):
            look = next((duty.wakes for duty in duties if duty.wakes is not None), None)
            url = self.settings.database_url
            waking = None if look is None else Waking(self.ledger, url, leadership.stop, look)
            yield Lane(leadership, duties, journal, waking)

    def _beat_until_the_end(self, lease: Lease, ended: list[BaseException]) -> None:
        beats = 0
        while not ended:
            self.health.beat("leading")
            if self.stop.wait(BEAT_S):
                log.info("stopping")
                return
            beats += 1
            if beats % CHECK_BEATS == 0:
                lease.check()

    def _leadership(self, lease: Lease, stop: threading.Event) -> Leadership:
        leadership = Leadership(self.settings, self.ledger, lease.fence, stop)
        if (count := len(leadership.load().errors)) > 0:
            log.warning("configuration-invalid", errors=count)
        return leadership

    def _wait(self, state: str) -> None:
        self.health.beat(state)
        self.stop.wait(BEAT_S)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM and SIGINT set; a second signal, while the service stops, is passed over."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
