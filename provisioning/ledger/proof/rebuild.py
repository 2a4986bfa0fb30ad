"""Builds the projection anew from all events, in one transaction."""

from __future__ import annotations

from provisioning.ledger.ledger import Ledger


def rebuild(ledger: Ledger) -> int:
    """Replace what is stored by what the events add up to; how many records differed.

    Needs the right to delete from the projection's tables, which the role of `grants` does not have. Repeating it is
    safe.
    """
    with ledger.transaction() as transaction:
        return transaction.rebuild()
