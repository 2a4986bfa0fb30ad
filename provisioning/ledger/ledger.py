"""Opening the ledger, and its transactions. What is done inside one is `transaction` and `reader`."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine

from ..model.events import EventKind, NewEvent
from . import migration
from .engine import begin_reading, begin_writing, check_still_there, make_engine, parse_url
from .errors import LedgerUnreachable
from .failures import translated
from .reader import LedgerReader
from .transaction import LedgerTransaction

PATIENCE_S: Final = 30.0
"""How long to wait for other writers before giving up."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Ledger:
    """The legal record in one database. Safe to share between threads; a forked child gets its own connections."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self.clock = clock
        self.name = engine.url.render_as_string(hide_password=True)
        """The database's address without its password."""

    @contextmanager
    def transaction(self) -> Iterator[LedgerTransaction]:
        """A transaction of the only writer there is meanwhile. Commits at the end, rolls back on any exception.

        Raises LedgerBusy, LedgerReadOnly, LedgerFull or LedgerUnreachable; then nothing counts as recorded.
        """
        with self._connected() as connection:
            with translated(self.name):
                begin_writing(connection)
            yield LedgerTransaction(connection, self.name, self.clock)
            with translated(self.name):
                check_still_there(connection)
                connection.commit()

    @contextmanager
    def reader(self) -> Iterator[LedgerReader]:
        """A view of one moment; waits for nobody and nobody waits for it."""
        with self._connected() as connection:
            with translated(self.name):
                begin_reading(connection)
            yield LedgerReader(connection, self.name)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with translated(self.name):
            connection = self._engine.connect()
        try:
            yield connection
        finally:
            with translated(self.name):
                connection.close()


def open_ledger(
    url: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    create: bool = True,
    patience_s: float = PATIENCE_S,
) -> Ledger:
    """Open the ledger at a SQLAlchemy URL, bring its tables up to date and begin its chain if there is none.

    With `create=False` nothing is written: a database without a ledger of this version raises LedgerUnreachable.
    Raises LedgerUnreachable, LedgerTooNew, and what a transaction raises. Repeating it is safe.
    """
    parsed = parse_url(url)
    if create and parsed.get_backend_name() == "sqlite":
        _make_private(parsed)
    ledger = Ledger(make_engine(parsed, patience_s=patience_s), clock)
    try:
        _prepare(ledger, create)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _prepare(ledger: Ledger, create: bool) -> None:
    with ledger._connected() as connection, translated(ledger.name):
        begin_reading(connection)
        is_current = migration.is_current(connection)
        if is_current and LedgerReader(connection, ledger.name).head()[0] > 0:
            return
    if create:
        _begin_chain(ledger)
    elif not is_current:
        raise migration.refuse_missing()


def _begin_chain(ledger: Ledger) -> None:
    """Build what is missing, as the only writer: of two processes that open an empty database one finds it done."""
    with ledger._connected() as connection, translated(ledger.name):
        begin_writing(connection)
        if not migration.is_current(connection):
            migration.migrate(connection)
        transaction = LedgerTransaction(connection, ledger.name, ledger.clock)
        if transaction.head()[0] == 0:
            identity = {"ledger_id": str(uuid.uuid4())}
            transaction.append([NewEvent(EventKind.LEDGER_OPENED, "realm", "provision", "cl. 12", identity)])
        check_still_there(connection)
        connection.commit()


def _make_private(url: URL) -> None:
    """Create SQLite's file so that only its owner reads it: it holds people's addresses."""
    path = Path(str(url.database))
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise LedgerUnreachable(
            f"{path} cannot be created: {error.strerror}", remedy="see that its folder exists and may be written"
        ) from error
