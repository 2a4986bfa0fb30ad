"""A database backed up and put back by its own means: SQLite's backup, `pg_dump` and `pg_restore`."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url


def dump(url: str, file: Path) -> None:
    """A backup by the database's own means."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database))) as present, closing(sqlite3.connect(file)) as copy:
            present.backup(copy)
    else:
        _postgres("pg_dump", url, "--format=custom", "--file", str(file))


def put_back(url: str, file: Path) -> None:
    """The backup in place of what is there."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(file)) as copy, closing(sqlite3.connect(str(make_url(url).database))) as present:
            copy.backup(present)
    else:
        _postgres("pg_restore", url, "--clean", "--if-exists", "--single-transaction", str(file))


def _postgres(program: str, url: str, *arguments: str) -> None:
    parsed = make_url(url)
    environ = {**os.environ, "PGPASSWORD": str(parsed.password)}
    where = ["--host", str(parsed.host), "--port", str(parsed.port), "--username", str(parsed.username)]
    command = [program, *where, "--dbname", str(parsed.database), *arguments]
    subprocess.run(command, env=environ, check=True, capture_output=True)
