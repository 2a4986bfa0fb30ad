"""A database backed up and put back by its own means: SQLite's backup, `pg_dump` and `pg_restore`."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
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
        # Anew and not `--clean`, which cannot drop the constraints that partitions inherit.
        _anew(url)
        _postgres("pg_restore", url, "--single-transaction", "--exit-on-error", str(file))


def _anew(url: str) -> None:
    """An empty database of the same name."""
    name = sql.Identifier(str(make_url(url).database))
    server = make_url(url).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _postgres(program: str, url: str, *arguments: str) -> None:
    parsed = make_url(url)
    environ = {**os.environ, "PGPASSWORD": str(parsed.password)}
    where = ["--host", str(parsed.host), "--port", str(parsed.port), "--username", str(parsed.username)]
    command = [program, *where, "--dbname", str(parsed.database), *arguments]
    subprocess.run(command, env=environ, check=True, capture_output=True)
