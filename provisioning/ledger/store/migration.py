"""Whether the ledger's tables are those of this version, and bringing them there.

Nearly every command finds them as they should be, so that nothing but a look at the version is done before `upgrading`,
which takes a while to load, is asked.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, String, column, inspect, select, table

from provisioning.ledger.errors import LedgerUnreachable
from provisioning.ledger.store.revisions import NEWEST
from provisioning.ledger.store.schema import VERSION_TABLE

_revision: Final = column("version_num", String)


def is_current(connection: Connection) -> bool:
    """Return whether the tables are those of this version. Raises LedgerTooNew when they are of a later one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return False
    if list(connection.execute(select(_revision).select_from(table(VERSION_TABLE))).scalars()) == [NEWEST]:
        return True
    from provisioning.ledger.store import upgrading  # noqa: PLC0415 - see above

    upgrading.refuse_later(connection)
    return False


def migrate(connection: Connection) -> None:
    """Run what is missing, on a connection that holds the writers' lock. Nothing is left half done."""
    from provisioning.ledger.store import upgrading  # noqa: PLC0415 - see above

    upgrading.upgrade(connection)


def refuse_missing() -> LedgerUnreachable:
    """Return the error for a database in which there is no ledger of this version, when none may be made."""
    return LedgerUnreachable(
        "there is no ledger in this database, or it is of an earlier version",
        remedy="see that AIKOM_DATABASE_URL names the right database; `provision apply` opens a new ledger",
    )
