"""Reads which rights are in force by the record (order cl. 3)."""

from __future__ import annotations

from typing import Final

from provisioning.ledger.reader import LedgerReader
from provisioning.model.events.realm import RightsChanged
from provisioning.model.rights import RightsInForce

RIGHTS: Final = "rights"
"""Subject of the events of rights."""


def recorded_rights(reader: LedgerReader) -> RightsInForce | None:
    """Return the rights last recorded; None before the first apply that did."""
    last = reader.last_told(RIGHTS, RightsChanged)
    return None if last is None else last[1].in_force
