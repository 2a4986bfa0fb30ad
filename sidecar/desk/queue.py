"""What waits for a person today: requests, alarms, failed mail, unfinished work. Reads the ledger, decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.model.events import Event, EventKind
from provisioning.model.ois import OisRecord, OisState
from provisioning.model.records import Mail, MailState
from provisioning.model.requests import RequestRecord, RequestState

ALARMS_FOR: Final = timedelta(days=7)
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Queue:
    """The newest first, but for requests, which are answered in the order in which they came."""

    requests: tuple[RequestRecord, ...]
    applications: tuple[OisRecord, ...]
    alarms: tuple[Event, ...]
    failed: tuple[Mail, ...]
    waiting: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        return not (self.requests or self.applications or self.alarms or self.failed or self.waiting)


def read_queue(reader: LedgerReader, now: datetime) -> Queue:
    """The queue as it is now."""
    raised = reader.events(kinds=[EventKind.ALARM_RAISED])
    alarms = [event for event in raised if now - event.at <= ALARMS_FOR]
    return Queue(
        requests=reader.requests(state=RequestState.OPEN)[:SHOWN],
        applications=tuple(ois for ois in reader.all_ois().values() if ois.state is OisState.APPLIED),
        alarms=tuple(reversed(alarms))[:SHOWN],
        failed=tuple(reversed(reader.mails(MailState.FAILED)))[:SHOWN],
        waiting=dict(Counter(task.action for task in reader.pending_tasks())),
    )
