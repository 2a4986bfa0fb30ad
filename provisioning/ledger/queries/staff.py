"""Reads who the Administrator's people are by the record, and what each may do (order cl. 2, 12)."""

from __future__ import annotations

from typing import Final

from provisioning.ledger.reader import LedgerReader
from provisioning.model.configuration import StaffRole
from provisioning.model.events.realm import StaffChanged

STAFF: Final = "staff"
"""Subject of the events of staff."""


def staff_on_record(reader: LedgerReader) -> dict[str, frozenset[StaffRole]] | None:
    """Return the roles of everybody on record, by username; None before the first apply that recorded them."""
    last = reader.last_told(STAFF, StaffChanged)
    return None if last is None else last[1].by_name
