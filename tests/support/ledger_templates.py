"""Databases that have the ledger's tables already, copied in milliseconds instead of made by every migration anew.

They hold no event: a ledger that is opened there begins its own chain.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from provisioning.ledger.store import migration
from provisioning.ledger.store.engine import begin_writing, make_engine, parse_url

TABLES: Final = "ledger_tables"
"""The name of PostgreSQL's template."""


def make_tables(url: str) -> None:
    """Bring an empty database to the present version of the tables."""
    engine = make_engine(parse_url(url), patience_s=30)
    try:
        with engine.connect() as connection:
            begin_writing(connection)
            migration.migrate(connection)
            connection.commit()
    finally:
        engine.dispose()


def sqlite_template(folder: Path, fill: Callable[[str], None] = make_tables) -> Path:
    """A closed SQLite file that was filled once, to be copied by `copy_sqlite`."""
    file = folder / "template.sqlite"
    file.touch(mode=0o600)
    fill(f"sqlite:///{file}")
    assert not file.with_name(f"{file.name}-wal").exists(), "something still has the template open"
    return file


def copy_sqlite(template: Path, file: Path) -> str:
    """A copy of the template; its URL."""
    shutil.copy(template, file)
    return f"sqlite:///{file}"
