"""Changes the ledger's tables to those of this version. Owns the use of Alembic, which is loaded only for that."""

from __future__ import annotations

import threading
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from provisioning.ledger.errors import LedgerTooNew
from provisioning.ledger.store.revisions import SCRIPTS
from provisioning.ledger.store.schema import VERSION_TABLE

_one_at_a_time: Final = threading.Lock()
"""Alembic keeps its context in module globals, so threads take turns."""


def upgrade(connection: Connection) -> None:
    """Run what is missing, on a connection that holds the writers' lock. Nothing is left half done."""
    with _one_at_a_time:
        command.upgrade(_config(connection), "head")


def refuse_later(connection: Connection) -> None:
    """Raise LedgerTooNew when the tables are of a version that this program does not know."""
    found = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    scripts = ScriptDirectory.from_config(_config(None))
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise LedgerTooNew(
            f"the ledger's tables are of version {found}, which this program does not know",
            remedy="use the version of the program that wrote them, or a later one",
        )


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
