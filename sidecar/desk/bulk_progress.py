"""A bulk deactivation that was decided, and how far it is carried out. Reads, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.browsing import event_numbered
from provisioning.lifecycle.tasks.catalogue import CLOSE
from provisioning.model.events import Event
from provisioning.model.events.decisions import DeactivationDecided


@dataclass(frozen=True, slots=True)
class BulkDecision:
    """A decision on many accounts. It holds for all of them; `waiting` are those not yet closed in Keycloak."""

    event: Event
    decision: DeactivationDecided
    waiting: frozenset[str]

    @property
    def done(self) -> int:
        return len(self.decision.accounts) - len(self.waiting)


def read_bulk(reader: LedgerReader, number: int) -> BulkDecision | None:
    """Read the bulk decision that event `number` records; None when it records no bulk."""
    event = event_numbered(reader, number)
    if event is None or not isinstance(event.content, DeactivationDecided):
        return None
    pending = {task.subject for task in reader.pending_tasks(CLOSE)}
    return BulkDecision(event, event.content, frozenset(event.content.accounts) & pending)
