"""The tables that the migrations make are those that the program works with, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from provisioning.ledger import open_ledger, store
from provisioning.ledger.store.schema import VERSION_TABLE, metadata


def test_the_migrated_tables_are_those_the_program_works_with(empty_url: str) -> None:
    for module in pkgutil.iter_modules(store.__path__):
        import_module(f"{store.__name__}.{module.name}")  # Each adds its tables to the metadata.
    open_ledger(empty_url).close()
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": False, "include_name": _no_partition}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _no_partition(name: str | None, kind: str, parents: object) -> bool:
    """Partitions come and go with the months, and are like the table that they are parts of."""
    return kind != "table" or not re.fullmatch(r"ledger_access_(rest|\d{4}_\d{2})", name or "")
