"""From what databases raise to our own errors. The only place that knows SQLSTATEs and SQLite's result codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from provisioning.ledger.errors import (
    LedgerBusy,
    LedgerCorrupt,
    LedgerError,
    LedgerFull,
    LedgerReadOnly,
    LedgerUnreachable,
)

_SQLITE_PRIMARY_CODE: Final = 0xFF

_SQLITE: Final[dict[int, type[LedgerError]]] = {
    sqlite3.SQLITE_BUSY: LedgerBusy,
    sqlite3.SQLITE_LOCKED: LedgerBusy,
    sqlite3.SQLITE_READONLY: LedgerReadOnly,
    sqlite3.SQLITE_PERM: LedgerReadOnly,
    sqlite3.SQLITE_FULL: LedgerFull,
    sqlite3.SQLITE_CORRUPT: LedgerCorrupt,
    sqlite3.SQLITE_NOTADB: LedgerCorrupt,
}

# Source: PostgreSQL documentation, appendix A. Longest prefix first.
_POSTGRESQL: Final[tuple[tuple[str, type[LedgerError]], ...]] = (
    ("53100", LedgerFull),
    ("25006", LedgerReadOnly),
    ("42501", LedgerReadOnly),
    ("55P03", LedgerBusy),
    ("40P01", LedgerBusy),
    ("40001", LedgerBusy),
    ("53", LedgerBusy),
    ("XX001", LedgerCorrupt),
    ("XX002", LedgerCorrupt),
)

_WORDS: Final[dict[type[LedgerError], tuple[str, str]]] = {
    LedgerUnreachable: (
        "the ledger's database does not answer",
        "see that it runs and AIKOM_DATABASE_URL is right",
    ),
    LedgerBusy: ("the ledger's database is in use by somebody else", "try again; if it stays so, look who holds it"),
    LedgerReadOnly: ("the ledger cannot be written", "give this process the right to write to the database"),
    LedgerFull: ("the ledger's database has no room", "make room on its disk"),
    LedgerCorrupt: ("the ledger's database is damaged", "restore it from a backup and run `provision ledger verify`"),
}


@contextmanager
def translated(database: str) -> Iterator[None]:
    """Raise our own error for whatever the database raises inside; `database` names it without its password."""
    try:
        yield
    except DBAPIError as error:
        raise _from_dbapi(error, database) from error
    except SQLAlchemyError as error:
        raise LedgerUnreachable(
            f"the ledger at {database} cannot be used: {type(error).__name__}", remedy=_WORDS[LedgerUnreachable][1]
        ) from error


def _from_dbapi(error: DBAPIError, database: str) -> LedgerError:
    origin = error.orig
    kind: type[LedgerError] = LedgerUnreachable
    if isinstance(origin, sqlite3.Error):
        kind = _SQLITE.get(getattr(origin, "sqlite_errorcode", 0) & _SQLITE_PRIMARY_CODE, LedgerUnreachable)
    elif isinstance(origin, psycopg.Error):
        state = origin.sqlstate or ""
        kind = next((found for prefix, found in _POSTGRESQL if state.startswith(prefix)), LedgerUnreachable)
    message, remedy = _WORDS[kind]
    return kind(f"{message} ({database}): {_first_line(origin)}", remedy=remedy)


def _first_line(origin: BaseException | None) -> str:
    """The driver's own words. They name objects and hosts; bound values and passwords are not among them."""
    lines = str(origin or "").strip().splitlines()
    return lines[0] if lines else type(origin).__name__
