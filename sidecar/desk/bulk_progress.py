"""A bulk deactivation that was decided, and how far it is carried out. Reads, changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.ledger import LedgerReader
from provisioning.lifecycle.tasks.catalogue import CLOSE
from provisioning.model.events import Event, EventKind
from provisioning.model.institution import DeactivationReason


@dataclass(frozen=True, slots=True)
class BulkDecision:
    """A decision on many accounts. It holds for all of them; `waiting` are those not yet closed in Keycloak."""

    event: Event
    scope: str
    reason: DeactivationReason
    accounts: tuple[str, ...]
    waiting: frozenset[str]

    @property
    def done(self) -> int:
        return len(self.accounts) - len(self.waiting)


def read_bulk(reader: LedgerReader, number: int) -> BulkDecision | None:
    """Read the bulk decision that event `number` records; None when it records no bulk."""
    event = next((event for event in reader.events(after_seq=number - 1, limit=1) if event.seq == number), None)
    if event is None or event.kind is not EventKind.DECISION_RECORDED or event.data.get("decision") != "deactivation":
        return None
    listed = event.data.get("accounts")
    accounts = tuple(str(name) for name in listed) if isinstance(listed, Sequence) else ()
    pending = {task.subject for task in reader.pending_tasks(CLOSE)}
    reason = DeactivationReason(str(event.data["reason"]))
    return BulkDecision(event, str(event.data["scope"]), reason, accounts, frozenset(accounts) & pending)
