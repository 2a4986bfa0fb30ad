"""Results of the duties, kept in the ledger's database while this process leads, for `provision watch status`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog

from provisioning.ledger.errors import LeaseLost, LedgerError
from provisioning.ledger.operational.duties import DutyRecord, duties, record_duty
from provisioning.watch.leadership import Leadership

log = structlog.get_logger("provision.watch")

_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)

QUIET_S: Final = 30.0
"""A duty that has nothing to tell is written down this often at most: a write costs every other writer a moment."""


class Journal:
    """Results of the duties under one leadership. `known` is what the leader before had written down."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership
        with leadership.ledger.reader() as reader:
            self.known: Mapping[str, DutyRecord] = duties(reader)
        self._written: dict[str, tuple[DutyRecord, float]] = {}

    def keep(self, record: DutyRecord, *, news: bool) -> None:
        """Write a result down when it says something new, or now and then. Raises LeaseLost; other failures wait for
        the next.

        A duty that failed because the ledger does not answer cannot be written down; the log has it.
        """
        before, at = self._written.get(record.name, (None, 0.0))
        same = before is not None and _state(before) == _state(record)
        if same and not news and time.monotonic() - at < QUIET_S:
            return
        try:
            with self._leadership.ledger.transaction(self._leadership.fence) as transaction:
                record_duty(transaction, record)
        except LeaseLost:
            raise
        except LedgerError as error:
            log.error("status-not-kept", duty=record.name, reason=error.message)
            return
        self._written[record.name] = (record, time.monotonic())


def _state(record: DutyRecord) -> DutyRecord:
    """The record without its times."""
    return replace(record, ran_at=_NO_TIME, succeeded_at=None)
