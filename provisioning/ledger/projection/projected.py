"""Where each part of the projection is stored. The only place that ties records to tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, select

from provisioning.ledger.projection.state import Projection
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.store.schema_unreadable import unreadable
from provisioning.model.ois import MandateRecord, OisRecord
from provisioning.model.records import AccountRecord, ApiKeyRecord
from provisioning.model.support_requests import SupportRequest
from provisioning.model.unreadable import UnreadableRecord

NAMES_AT_ONCE: Final = 500
"""Names in one IN list; SQLite allows 32,766 bound values, older builds 999."""


@dataclass(frozen=True, slots=True)
class Projected:
    """One noun: its field of `Projection`, its table, and the class that a row of it is."""

    name: str
    table: Table
    record: type[Any]

    @property
    def key(self) -> str:
        """Name of the primary key's column."""
        (column,) = self.table.primary_key.columns
        return str(column.name)

    def of(self, projection: Projection) -> dict[str, Any]:
        """Return the noun's records in a projection."""
        records: dict[str, Any] = getattr(projection, self.name)
        return records


ACCOUNTS: Final = Projected("accounts", schema.account, AccountRecord)
PROJECTED: Final = (
    ACCOUNTS,
    Projected("api_keys", schema.api_key, ApiKeyRecord),
    Projected("ois", schema.ois, OisRecord),
    Projected("mandates", schema.mandate, MandateRecord),
    Projected("requests", schema.request, SupportRequest),
    Projected("unreadable", unreadable, UnreadableRecord),
)


def load_named(reader: LedgerReader, kept: Projected, names: Collection[str]) -> list[Any]:
    """Return the noun's records with these names, as far as there are any."""
    found: list[Any] = []
    for part in in_parts(names):
        rows = reader.connection.execute(select(kept.table).where(kept.table.c[kept.key].in_(part))).mappings()
        found.extend(kept.record(**row) for row in rows)
    return found


def in_parts(names: Collection[str]) -> Iterator[Sequence[str]]:
    """Yield the names in order, as many at a time as one statement takes."""
    listed = sorted(names)
    return (listed[start : start + NAMES_AT_ONCE] for start in range(0, len(listed), NAMES_AT_ONCE))


def stored_projection(reader: LedgerReader) -> Projection:
    """Return the whole stored projection. Raises LedgerCorrupt for a value that this program has not written."""
    requests = {request.id: request for request in reader.support_requests()}
    return Projection(
        reader.accounts(),
        reader.all_api_keys(),
        reader.all_ois(),
        reader.all_mandates(),
        requests,
        reader.all_unreadable(),
    )


def differing(stored: Projection, computed: Projection) -> list[str]:
    """Return the names of the records in which two projections differ."""
    names: list[str] = []
    for kept in PROJECTED:
        left, right = kept.of(stored), kept.of(computed)
        names += [name for name in left | right if left.get(name) != right.get(name)]
    return names
