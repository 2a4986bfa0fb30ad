"""A database backed up and put back by its own means: SQLite's backup, `pg_dump` and `pg_restore`."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
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
        # The database anew: `--clean` alone cannot drop the constraints that partitions inherit.
        _end_connections(url)
        server = make_url(url).set(database="postgres").render_as_string(hide_password=False)
        _postgres("pg_restore", server, "--clean", "--if-exists", "--create", "--exit-on-error", str(file))


def _end_connections(url: str) -> None:
    """As stopping the programs does."""
    server = make_url(url).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        connection.execute(ending, [make_url(url).database])


def _postgres(program: str, url: str, *arguments: str) -> None:
    parsed = make_url(url)
    environ = {**os.environ, "PGPASSWORD": str(parsed.password)}
    where = ["--host", str(parsed.host), "--port", str(parsed.port), "--username", str(parsed.username)]
    command = [program, *where, "--dbname", str(parsed.database), *arguments]
    subprocess.run(command, env=environ, check=True, capture_output=True)
