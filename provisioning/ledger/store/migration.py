"""How the ledger's tables stand to this program, and bringing them to its version.

A later version's tables say which programs may go on with them (`schema_compatible`), so that a program and the next
one work side by side while an installation is upgraded, and the former may come back. Nearly every command finds the
tables as they should be, so that nothing but a look at the version is done before `upgrading`, which takes a while to
load, is asked.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from sqlalchemy import Connection, String, column, inspect, select, table

from provisioning.ledger.errors import LedgerTooNew, LedgerUnreachable
from provisioning.ledger.store.revisions import NEWEST
from provisioning.ledger.store.schema import VERSION_TABLE
from provisioning.ledger.store.schema_compatible import compatible

_revision: Final = column("version_num", String)
_REMEDY: Final = "use the version of the program that wrote them, or a later one"


class Tables(Enum):
    """How the tables stand to this program."""

    MISSING = auto()
    EARLIER = auto()
    FIT = auto()
    """Of this version, or of a later one that this program may read."""


def look(connection: Connection) -> Tables:
    """Return how the tables stand. Raises LedgerTooNew when they are of a version that this program may not read."""
    found = version_of(connection)
    if found is None:
        return Tables.MISSING
    if found == NEWEST:
        return Tables.FIT
    if found < NEWEST:
        return Tables.EARLIER
    if _oldest(connection, "oldest_reader") > NEWEST:
        raise LedgerTooNew(
            f"the ledger's tables are of version {found}, which this program cannot read", remedy=_REMEDY
        )
    return Tables.FIT


def version_of(connection: Connection) -> str | None:
    """Return the tables' version, such as 0023; None where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(_revision).select_from(table(VERSION_TABLE))).scalar()


def refuse_old_writer(connection: Connection) -> None:
    """Raise LedgerTooNew when a migration has left this program too old to write the tables."""
    oldest = _oldest(connection, "oldest_writer")
    if oldest > NEWEST:
        raise LedgerTooNew(
            f"the ledger's tables take nothing from programs before version {oldest}; this one is of {NEWEST}",
            remedy=_REMEDY,
        )


def migrate(connection: Connection) -> None:
    """Run what is missing, on a connection that holds the writers' lock. Nothing is left half done."""
    from provisioning.ledger.store import upgrading  # noqa: PLC0415 - see above

    upgrading.upgrade(connection)


def refuse_missing() -> LedgerUnreachable:
    """Return the error for a database in which there is no ledger of this version, when none may be made."""
    return LedgerUnreachable(
        "there is no ledger in this database, or it is of an earlier version",
        remedy="see that AIKOM_DATABASE_URL names the right database; `provision migrate` brings it to this version",
    )


def _oldest(connection: Connection, what: str) -> str:
    return str(connection.execute(select(compatible.c[what])).scalar_one())
