"""Brings the ledger's tables up to date. Owns the use of Alembic."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from .errors import LedgerTooNew, LedgerUnreachable
from .schema import VERSION_TABLE

_one_at_a_time = threading.Lock()
"""Alembic keeps its context in module globals, so threads take turns."""


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version. Raises LedgerTooNew when they are of a later one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return False
    found = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    scripts = ScriptDirectory.from_config(_config(None))
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise LedgerTooNew(
            f"the ledger's tables are of version {found}, which this program does not know",
            remedy="use the version of the program that wrote them, or a later one",
        )
    return found == scripts.get_current_head()


def migrate(connection: Connection) -> None:
    """Run what is missing, on a connection that holds the writers' lock. Nothing is left half done."""
    with _one_at_a_time:
        command.upgrade(_config(connection), "head")


def refuse_missing() -> LedgerUnreachable:
    """The error for a database in which there is no ledger of this version, when none may be made."""
    return LedgerUnreachable(
        "there is no ledger in this database, or it is of an earlier version",
        remedy="see that AIKOM_DATABASE_URL names the right database; `provision apply` opens a new ledger",
    )


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
