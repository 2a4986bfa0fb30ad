"""Reads who the Administrator's people are by the record, and what each may do (order cl. 2, 12)."""

from __future__ import annotations

from typing import Final

from provisioning.ledger.reader import LedgerReader
from provisioning.model.configuration import StaffRole
from provisioning.model.events import EventKind
from provisioning.model.events.realm import StaffChanged

STAFF: Final = "staff"
"""Subject of the events of staff."""


def staff_on_record(reader: LedgerReader) -> dict[str, frozenset[StaffRole]] | None:
    """Return the roles of everybody on record, by username; None before the first apply that recorded them."""
    last: StaffChanged | None = None
    for event in reader.events(subject=STAFF, kinds=[EventKind.STAFF_CHANGED]):
        last = event.content if isinstance(event.content, StaffChanged) else last
    return None if last is None else last.by_name
