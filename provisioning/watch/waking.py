"""Waits until the ledger is another: what pages record is carried out within a second (decision 35).

It looks every quarter of a second, and on PostgreSQL as soon as an event is announced. While the ledger
does not answer, the duties go by their intervals.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from provisioning.ledger import Ledger, LedgerReader
from provisioning.ledger.announcing import Announcements
from provisioning.ledger.errors import LedgerError

log = structlog.get_logger("provision.watch")

LOOK_S: Final = 0.25
"""How often a ledger in a file is looked at, and how soon a wait ends once the service is to stop."""


class Waking:
    """Tells one thread that what `look` reads is another than when it last asked."""

    def __init__(self, ledger: Ledger, url: str, stop: threading.Event, look: Callable[[LedgerReader], object]) -> None:
        self._ledger = ledger
        self._url = url
        self._stop = stop
        self._announced: Announcements | None = None
        self._look = look
        self._seen: object = None

    def wait(self, seconds: float) -> bool:
        """Return True as soon as there is news, False after so many seconds or once the service is to stop."""
        deadline = time.monotonic() + seconds
        while not self._stop.is_set():
            if self._is_news():
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._pause(min(left, LOOK_S))
        return False

    def close(self) -> None:
        """Give the connection back."""
        if self._announced is not None:
            self._announced.close()
            self._announced = None

    def _is_news(self) -> bool:
        try:
            with self._ledger.reader() as reader:
                found = self._look(reader)
        except (LedgerError, SQLAlchemyError):
            return False
        news, self._seen = found != self._seen, found
        return news

    def _pause(self, seconds: float) -> None:
        """Until something is announced, at most so long; without announcements just as long."""
        try:
            if self._announced is None:
                self._announced = Announcements(self._url)
            self._announced.wait(seconds)
        except LedgerError as error:
            log.warning("not-woken", reason=error.message)
            self.close()
            self._stop.wait(seconds)
