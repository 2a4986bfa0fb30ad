"""Builds accounts and API keys anew from all events, in one transaction."""

from __future__ import annotations

from .ledger import Ledger
from .projection import Projection


def rebuild(ledger: Ledger) -> int:
    """Replace the stored accounts and keys by what the events add up to; how many of them differed.

    Needs the right to delete from the two tables, which the role of `grants` does not have. Repeating it is safe.
    """
    with ledger.transaction() as transaction:
        fresh = Projection()
        fresh.fold(transaction.events())
        accounts, keys = transaction.accounts(), transaction.all_api_keys()
        differing = sum(accounts.get(name) != fresh.accounts.get(name) for name in accounts | fresh.accounts)
        differing += sum(keys.get(name) != fresh.api_keys.get(name) for name in keys | fresh.api_keys)
        if differing:
            transaction.replace_projection(fresh)
        return differing
