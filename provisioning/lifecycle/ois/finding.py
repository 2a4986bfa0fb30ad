"""Finds OIS by the names that people use, and asks the table of states. Changes nothing."""

from __future__ import annotations

from datetime import date

from provisioning.ledger import LedgerReader
from provisioning.model.events import EventKind
from provisioning.model.ois import OIS_CLIENT_PREFIX, OisRecord
from provisioning.model.ois_states import OIS_REMEDIES, OisRefusal, next_ois_state

from ..errors import ActionRefused, UnknownOis


def find_ois(reader: LedgerReader, name: str) -> OisRecord:
    """An OIS by its slug or its client id. Raises UnknownOis."""
    found = reader.ois(name.removeprefix(OIS_CLIENT_PREFIX)) or reader.ois(name)
    if found is None:
        raise UnknownOis(f"there is no OIS {name!r}", remedy="`provision ois list` shows all that ever applied")
    return found


def refuse_unless_possible(record: OisRecord, event: EventKind, today: date) -> None:
    """Raise ActionRefused when the table of states has nothing for `event` on this day. Source: order cl. 6."""
    outcome = next_ois_state(record, event, today)
    if isinstance(outcome, OisRefusal):
        raise ActionRefused(f"OIS {record.slug}: {outcome.value}", remedy=OIS_REMEDIES[outcome])
