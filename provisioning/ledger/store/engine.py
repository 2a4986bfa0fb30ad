"""Connections to the ledger's database, and how its transactions begin. SQLite in WAL, or PostgreSQL by psycopg 3.

Writers are serialised: BEGIN IMMEDIATE on SQLite, a transaction-level advisory lock on PostgreSQL. Both are let go by
the database itself when the process dies.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from provisioning.ledger.errors import LedgerUnreachable

ADVISORY_LOCK: Final = 0x41494B4F4D
"""Key of the writers' lock on PostgreSQL: "AIKOM" in ASCII."""

STALLED_WRITER_S: Final = 60
"""PostgreSQL ends a transaction that stands idle this long, so that a stalled writer does not stop everybody."""

CONNECT_TIMEOUT_S: Final = 10

FileIdentity: TypeAlias = tuple[int, int]
"""Device and inode."""


def parse_url(text: str) -> URL:
    """Return the database's address. Raises LedgerUnreachable when it is neither SQLite nor PostgreSQL."""
    remedy = "AIKOM_DATABASE_URL is sqlite:///file or postgresql+psycopg://user@host/name"
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise LedgerUnreachable("the address of the ledger's database cannot be read", remedy=remedy) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("postgresql+psycopg", "sqlite", "sqlite+pysqlite"):
        raise LedgerUnreachable(f"the ledger cannot be kept in {url.drivername}", remedy=remedy)
    if url.get_backend_name() == "sqlite" and (not url.database or url.database.startswith((":", "file:"))):
        raise LedgerUnreachable("the ledger must be in a file, not in memory", remedy=remedy)
    return url


def make_engine(url: URL, *, patience_s: float) -> Engine:
    """Return an engine whose connections wait at most `patience_s` for others. Connects to nothing yet."""
    engine = _sqlite(url, patience_s) if url.get_backend_name() == "sqlite" else _postgresql(url, patience_s)
    _forget_in_children(engine)
    return engine


def begin_writing(connection: Connection) -> None:
    """Begin a transaction that no other writer shares. On return no other can append until it ends."""
    if connection.dialect.name == "sqlite":
        connection.execution_options(aikom_begin="BEGIN IMMEDIATE")
        connection.begin()
    else:
        connection.begin()
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    check_still_there(connection)


def begin_aside(connection: Connection) -> None:
    """Begin a transaction that writes, but no events: SQLite has one writer at a time, PostgreSQL needs no turn."""
    if connection.dialect.name == "sqlite":
        connection.execution_options(aikom_begin="BEGIN IMMEDIATE")
    connection.begin()
    check_still_there(connection)


def begin_reading(connection: Connection) -> None:
    """Begin a transaction in which everything read is of one moment."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ")
    connection.begin()
    check_still_there(connection)


def owns_stored_state(connection: Connection) -> bool:
    """Return whether what is recorded here brings the stored state up to date by itself: not for a role that is granted
    its part, whose events PostgreSQL's functions take in (ledger version 0024).
    """
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(text("SELECT ledger_is_owner('ledger_event'::regclass)")).scalar_one())


def check_still_there(connection: Connection) -> None:
    """Refuse, on SQLite, to go on with a file that was removed or replaced: what is written there is lost."""
    opened = connection.info.get("aikom_file")
    if opened is None:
        return
    path, identity = opened
    if _identity(path) != identity:
        connection.invalidate()
        raise _taken_away(path)


def _postgresql(url: URL, patience_s: float) -> Engine:
    options = (
        f"-c lock_timeout={int(patience_s * 1000)} -c idle_in_transaction_session_timeout={STALLED_WRITER_S * 1000}"
    )
    return create_engine(
        url,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "options": options, "application_name": "aikom-ledger"},
    )


def _sqlite(url: URL, patience_s: float) -> Engine:
    path = Path(str(url.database)).absolute()
    pinned: list[FileIdentity | None] = []
    # mode=rw: SQLite would put an empty database in the place of one that was taken away.
    # isolation_level None: the driver begins nothing by itself, the listener below does.
    engine = create_engine(
        url.set(database=f"file:{quote(str(path))}", query={"mode": "rw", "uri": "true"}),
        connect_args={"timeout": patience_s, "isolation_level": None},
    )

    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        try:
            identity = _identity(path)
            # Before anything touches the file: SQLite throws a write-ahead log away that stands beside an empty one.
            if pinned and pinned != [identity]:
                raise _taken_away(path)
            _set_up(connection, path)
        except BaseException:
            connection.close()
            raise
        pinned[:] = [identity]
        record.info["aikom_file"] = (path, identity)

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("aikom_begin", "BEGIN"))

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise LedgerUnreachable(f"{path} cannot be kept in WAL mode", remedy="keep the ledger on a local disk")


def _taken_away(path: Path) -> LedgerUnreachable:
    return LedgerUnreachable(
        f"the ledger's file {path} was removed or replaced while it was open",
        remedy="put the file back, or start anew if it was replaced on purpose",
    )


def _identity(path: Path) -> FileIdentity | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _forget_in_children(engine: Engine) -> None:
    """A forked child gets connections of its own; those it inherited stay the parent's, untouched."""
    reference = weakref.ref(engine)

    def forget() -> None:
        if (inherited := reference()) is not None:
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=forget)
