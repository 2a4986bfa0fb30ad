"""What waits for a person today, with where it is settled: reads the ledger, decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.ledger.operational.duties import DutyRecord, duties
from provisioning.ledger.queries.browsing import Wanted, browse
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff, open_requests
from provisioning.lifecycle.mail.bounces import CAME_BACK
from provisioning.lifecycle.proposals import Proposal, open_proposals
from provisioning.model.cut_off import CutOffReason
from provisioning.model.events import Event, EventKind
from provisioning.model.events.cut_offs import CutOffDecided
from provisioning.model.events.decisions import AdministratorProposed, DeactivationProposed, OisProposed
from provisioning.model.ois import OisRecord, OisState
from provisioning.model.records import Mail, MailState
from provisioning.model.support_requests import SupportRequest, SupportRequestState

SHOWN_FOR: Final = timedelta(days=7)
"""What has happened, and waits for nobody in particular, is shown for so long."""

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a person, oldest first, and what has happened lately, newest first.

    `attention` are duties of `provision watch` that need a person or fail: drift is one of them.
    """

    now: datetime
    requests: tuple[SupportRequest, ...]
    cut_offs: tuple[RequestedCutOff, ...]
    proposals: tuple[Proposal[DeactivationProposed], ...]
    ois_proposals: tuple[Proposal[OisProposed], ...]
    administrators: tuple[Proposal[AdministratorProposed], ...]
    applications: tuple[OisRecord, ...]
    attention: tuple[DutyRecord, ...]
    alarms: tuple[Event, ...]
    leaks: tuple[Event, ...]
    bounced: tuple[Mail, ...]
    failed: tuple[Mail, ...]
    waiting: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing waits and nothing has happened."""
        asked = self.requests or self.cut_offs or self.applications
        proposed = self.proposals or self.ois_proposals or self.administrators
        happened = self.attention or self.alarms or self.leaks or self.bounced or self.failed or self.waiting
        return not (asked or proposed or happened)


def read_queue(reader: LedgerReader, now: datetime) -> Queue:
    """Read what waits for a person now."""
    failed = tuple(reversed(reader.mails(MailState.FAILED)))
    decided = _recent(reader, EventKind.CUT_OFF_DECIDED, now)
    return Queue(
        now=now,
        requests=reader.support_requests(state=SupportRequestState.OPEN)[:SHOWN],
        cut_offs=open_requests(reader)[:SHOWN],
        proposals=open_proposals(reader, now, DeactivationProposed),
        ois_proposals=open_proposals(reader, now, OisProposed),
        administrators=open_proposals(reader, now, AdministratorProposed),
        applications=tuple(ois for ois in reader.all_ois().values() if ois.state is OisState.APPLIED),
        attention=tuple(duty for duty in duties(reader).values() if duty.attention or duty.error),
        alarms=_recent(reader, EventKind.ALARM_RAISED, now)[:SHOWN],
        leaks=tuple(event for event in decided if _is_leak(event))[:SHOWN],
        bounced=tuple(mail for mail in failed if _came_back(mail))[:SHOWN],
        failed=tuple(mail for mail in failed if not _came_back(mail))[:SHOWN],
        waiting=dict(Counter(task.action for task in reader.pending_tasks())),
    )


def _is_leak(event: Event) -> bool:
    return isinstance(event.content, CutOffDecided) and event.content.reason is CutOffReason.LEAK


def _recent(reader: LedgerReader, kind: EventKind, now: datetime) -> tuple[Event, ...]:
    return browse(reader, Wanted(kinds=(kind,), since=now - SHOWN_FOR), limit=10 * SHOWN).events


def _came_back(mail: Mail) -> bool:
    return (mail.last_error or "").startswith(CAME_BACK)
