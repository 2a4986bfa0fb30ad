"""When API keys were last used, as Keycloak's events tell. A cache and a hint: events can be lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select

from provisioning.ledger.projection.projected import in_parts
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.store.bulk import OnConflict, insert_rows
from provisioning.ledger.transaction import LedgerTransaction
from provisioning.model.identifiers import ClientId


def record_use(transaction: LedgerTransaction, used: Mapping[ClientId, datetime]) -> int:
    """Note uses; an earlier one than is known changes nothing. How many were news. Repeating it is safe."""
    known = last_used(transaction, used)
    newer = [
        {"client_id": client_id, "used_at": at}
        for client_id, at in sorted(used.items())
        if client_id not in known or known[client_id] < at
    ]
    insert_rows(transaction.connection, schema.key_use, newer, OnConflict.UPDATE)
    return len(newer)


def last_used(reader: LedgerReader, client_ids: Collection[str]) -> dict[ClientId, datetime]:
    """Return the last known use of each of these keys that was used."""
    table, found = schema.key_use, {}
    for part in in_parts(client_ids):
        query = select(table.c.client_id, table.c.used_at).where(table.c.client_id.in_(part))
        found.update({ClientId(client_id): at for client_id, at in reader.connection.execute(query)})
    return found


def newest_use(reader: LedgerReader) -> datetime | None:
    """Return the newest use that is known of any key; None when none is."""
    newest: datetime | None = reader.connection.execute(select(func.max(schema.key_use.c.used_at))).scalar()
    return newest
