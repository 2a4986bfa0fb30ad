"""Events on record that no type reads, as a program without shapes once chained them."""

from __future__ import annotations

from provisioning.ledger import Ledger
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import insert_rows
from provisioning.ledger.transaction import _fields
from provisioning.model.events import Event
from tests.support.ledger_events import SCHOOL, stored

ODD = '{"generaton":2,"sphre":"/00-0000001"}'
"""A birth as it was once appended, with two fields misspelt."""


def record_raw(ledger: Ledger, kind: str, data: str, subject: str = SCHOOL) -> Event:
    """Chain an event as a program without shapes would have, and bring the state up to date."""
    with ledger.transaction() as transaction:
        odd = stored(kind, data, subject, after=transaction.chain_head())
        insert_rows(transaction.connection, schema.event, _fields([odd], schema.event))
        transaction.rebuild()
    return odd
