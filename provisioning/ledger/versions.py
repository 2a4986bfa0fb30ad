"""Which version the ledger's tables have, and which programs may work with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from provisioning.ledger.store.engine import begin_reading, make_engine, parse_url
from provisioning.ledger.store.failures import translated
from provisioning.ledger.store.migration import version_of
from provisioning.ledger.store.revisions import NEWEST
from provisioning.ledger.store.schema_compatible import compatible

_FIRST_TO_SAY: Final = "0023"
"""Tables of earlier versions do not say who may go on: only a program of their own version may."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions such as 0023: of the tables (None: there are none), of this program, and of the oldest programs that may
    read and write the tables as they are.
    """

    tables: str | None
    program: str
    oldest_reader: str | None = None
    oldest_writer: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether `provision migrate` would change the tables."""
        return self.tables is None or self.tables < self.program


def versions(url: str, *, patience_s: float = 30.0) -> Versions:
    """Look at the database at a SQLAlchemy URL; writes nothing. Raises LedgerUnreachable."""
    parsed = parse_url(url)
    engine = make_engine(parsed, patience_s=patience_s)
    try:
        with translated(parsed.render_as_string(hide_password=True)), engine.connect() as connection:
            begin_reading(connection)
            found = version_of(connection)
            if found is None or found < _FIRST_TO_SAY:
                return Versions(found, NEWEST, found, found)
            row = connection.execute(select(compatible)).one()
            return Versions(found, NEWEST, row.oldest_reader, row.oldest_writer)
    finally:
        engine.dispose()
