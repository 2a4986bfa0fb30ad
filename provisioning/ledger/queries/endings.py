"""How accounts ended, as it was recorded: reason, document, date and successors. Source: order cl. 7, 10."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.model.events import Event, EventKind
from provisioning.model.events.accounts import AccountDeactivated
from provisioning.model.identifiers import Username
from provisioning.model.institution import Deactivation
from provisioning.model.records import AccountState


def recorded_endings(reader: LedgerReader) -> dict[Username, Deactivation]:
    """Return how each account that is deactivated ended; of an authority that came back and ended again, the last.

    An account whose event does not say all of it is left out.
    """
    account = schema.account.c
    over = set(
        reader.connection.execute(select(account.username).where(account.state == AccountState.DEACTIVATED)).scalars()
    )
    found = _endings(reader.events(kinds=[EventKind.ACCOUNT_DEACTIVATED]))
    return {username: why for username, why in found.items() if username in over}


def recorded_ending(reader: LedgerReader, username: Username) -> Deactivation | None:
    """Return how one account last ended; None when it never did."""
    return _endings(reader.events(subject=username, kinds=[EventKind.ACCOUNT_DEACTIVATED])).get(username)


def _endings(events: Iterable[Event]) -> dict[Username, Deactivation]:
    return {
        Username(event.subject): Deactivation(told.reason, told.document, told.date, told.successors or ())
        for event in events
        if isinstance(told := event.content, AccountDeactivated)
    }
