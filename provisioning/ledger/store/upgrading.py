"""Changes the ledger's tables to those of this version. Owns the use of Alembic, which is loaded only for that."""

from __future__ import annotations

import threading
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert

from provisioning.ledger.store.revisions import NEWEST, SCRIPTS
from provisioning.ledger.store.schema_compatible import compatible
from provisioning.ledger.store.shapes import shape_statements

_one_at_a_time: Final = threading.Lock()
"""Alembic keeps its context in module globals, so threads take turns."""


def upgrade(connection: Connection) -> None:
    """Run what is missing, and say who may go on, on a connection that holds the writers' lock. Nothing is left half
    done.
    """
    config = _config(connection)
    with _one_at_a_time:
        command.upgrade(config, "head")
        newest = ScriptDirectory.from_config(config).get_revision(NEWEST).module
    connection.execute(delete(compatible))
    row = {"id": 1, "oldest_reader": newest.OLDEST_READER, "oldest_writer": newest.OLDEST_WRITER}
    connection.execute(insert(compatible), row)
    for statement in shape_statements():
        connection.exec_driver_sql(statement)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
