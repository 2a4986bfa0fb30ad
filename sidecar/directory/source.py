"""Where the public list comes from: the ledger, read again when it has grown or the day has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from threading import Lock
from typing import Final

from flask import Flask

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.mandates import mandate_counts
from provisioning.model.calendar import kyiv_day
from sidecar.directory.listing import CHANGES, PublicList, public_list
from sidecar.doors.parts import Part
from sidecar.doors.records import Records, records
from sidecar.doors.services import clock


class LedgerDirectory:
    """The list as the ledger has it; shared by all threads of this process."""

    def __init__(self, records: Records, clock: Callable[[], datetime]) -> None:
        self._records = records
        self._clock = clock
        self._lock = Lock()
        self._key: tuple[str, date] | None = None
        self._list: PublicList | None = None

    def current(self) -> PublicList:
        """Return the list as it is now. Raises RecordsUnavailable: an empty page would be a false statement."""
        today = kyiv_day(self._clock())
        with self._records.reader() as reader:
            key = (reader.head()[1], today)
            with self._lock:
                if self._list is None or key != self._key:
                    self._list, self._key = _read(reader, today), key
                return self._list


directory: Final = Part[LedgerDirectory]("directory")


def init_directory(app: Flask) -> None:
    """Let this application publish the list, from the ledger that it reads."""
    directory.register(app, LedgerDirectory(records.of(app), clock.of(app)))


def _read(reader: LedgerReader, today: date) -> PublicList:
    head = reader.chain_head()
    return public_list(reader.all_ois(), mandate_counts(reader, today), reader.events(kinds=CHANGES), head, today)
