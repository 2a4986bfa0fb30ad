"""Where each part of the projection is stored. The only place that ties records to tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table

from ..model.ois import MandateRecord, OisRecord
from ..model.records import AccountRecord, ApiKeyRecord
from . import schema
from .projection import Projection
from .reader import LedgerReader


@dataclass(frozen=True, slots=True)
class Projected:
    """One noun: its field of `Projection`, its table, and the class that a row of it is."""

    name: str
    table: Table
    record: type[Any]

    @property
    def key(self) -> str:
        """Name of the column by which records are told apart."""
        (column,) = self.table.primary_key.columns
        return str(column.name)

    def of(self, projection: Projection) -> dict[str, Any]:
        """The noun's records in a projection."""
        records: dict[str, Any] = getattr(projection, self.name)
        return records


PROJECTED: Final = (
    Projected("accounts", schema.account, AccountRecord),
    Projected("api_keys", schema.api_key, ApiKeyRecord),
    Projected("ois", schema.ois, OisRecord),
    Projected("mandates", schema.mandate, MandateRecord),
)


def stored_projection(reader: LedgerReader) -> Projection:
    """Everything that is stored. Raises LedgerCorrupt for a value that nothing of ours has written."""
    return Projection(reader.accounts(), reader.all_api_keys(), reader.all_ois(), reader.all_mandates())


def differing(stored: Projection, computed: Projection) -> list[str]:
    """Names of the records in which two projections differ."""
    names: list[str] = []
    for kept in PROJECTED:
        left, right = kept.of(stored), kept.of(computed)
        names += [name for name in left | right if left.get(name) != right.get(name)]
    return names
