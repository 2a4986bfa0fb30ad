"""Whether the ledger's tables are those of this version, and bringing them there.

Nearly every command finds them as they should be, so that nothing but a look at the version is done before `upgrading`,
which takes a while to load, is asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, String, column, inspect, select, table

from .errors import LedgerUnreachable
from .schema import VERSION_TABLE

SCRIPTS: Final = Path(__file__).parent / "migrations"

NEWEST: Final = max(file.stem[1:5] for file in (SCRIPTS / "versions").glob("v*.py"))
"""Revision of this version's tables: files are named after their revisions, each of which follows the one before."""

_revision: Final = column("version_num", String)


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version. Raises LedgerTooNew when they are of a later one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return False
    if list(connection.execute(select(_revision).select_from(table(VERSION_TABLE))).scalars()) == [NEWEST]:
        return True
    from . import upgrading  # noqa: PLC0415 - see above

    upgrading.refuse_later(connection)
    return False


def migrate(connection: Connection) -> None:
    """Run what is missing, on a connection that holds the writers' lock. Nothing is left half done."""
    from . import upgrading  # noqa: PLC0415 - see above

    upgrading.upgrade(connection)


def refuse_missing() -> LedgerUnreachable:
    """The error for a database in which there is no ledger of this version, when none may be made."""
    return LedgerUnreachable(
        "there is no ledger in this database, or it is of an earlier version",
        remedy="see that AIKOM_DATABASE_URL names the right database; `provision apply` opens a new ledger",
    )
