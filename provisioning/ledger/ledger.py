"""Opening the ledger, and its transactions. What is done inside one is `transaction` and `reader`."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, select

from provisioning.ledger.errors import LeaseLost, LedgerUnreachable
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import migration, schema
from provisioning.ledger.store.engine import (
    begin_aside,
    begin_reading,
    begin_writing,
    check_still_there,
    make_engine,
    parse_url,
)
from provisioning.ledger.store.failures import translated
from provisioning.ledger.store.migration import Tables
from provisioning.ledger.transaction import LedgerTransaction, Trust
from provisioning.model.events import NewEvent
from provisioning.model.events.actors import ActorKind
from provisioning.model.events.realm import LedgerOpened

PATIENCE_S: Final = 30.0
"""How long to wait for other writers before giving up."""


def utc_now() -> datetime:
    """Return the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Fence:
    """A lease's name and token. A transaction opened with it happens only while that token is the current one."""

    name: str
    token: int


class Ledger:
    """The legal record in one database. Safe to share between threads; a forked child gets its own connections."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], name: str, trust: Trust | None = None) -> None:
        self._engine = engine
        self._trust = trust
        self.clock = clock
        self.name = name
        """The database's address without its password."""

    @contextmanager
    def transaction(self, fence: Fence | None = None) -> Iterator[LedgerTransaction]:
        """Open a transaction of the only writer there is meanwhile. Commits at the end, rolls back on any exception.

        Raises LedgerBusy, LedgerReadOnly, LedgerFull or LedgerUnreachable, LedgerTooNew when the tables take nothing
        more from this program, and LeaseLost when the lease behind `fence` has another holder by now; then nothing
        counts as recorded.
        """
        with self._connected() as connection:
            begin_writing(connection)
            migration.refuse_old_writer(connection)
            if fence is not None:
                _check_fence(connection, fence)
            yield LedgerTransaction(connection, self.clock, self._trust)
            check_still_there(connection)
            connection.commit()

    @contextmanager
    def reader(self) -> Iterator[LedgerReader]:
        """Open a view of one moment; it waits for no writer, and no writer waits for it."""
        with self._connected() as connection:
            begin_reading(connection)
            yield LedgerReader(connection)

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """Open a transaction on the tables that stand beside the chain of events; on PostgreSQL it keeps no writer
        waiting.

        Commits at the end, rolls back on any exception. Raises what `transaction` raises.
        """
        with self._connected() as connection:
            begin_aside(connection)
            migration.refuse_old_writer(connection)
            yield connection
            check_still_there(connection)
            connection.commit()

    def refuse_older(self) -> None:
        """Raise LedgerRolledBack when this ledger is older than its newest checkpoint, before anything is opened by it.

        Raises CheckpointInvalid and DestinationFailed too. Nothing is compared where the ledger was opened without
        `trust`.
        """
        if self._trust is not None:
            with self.reader() as reader:
                self._trust(reader)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection; what the database raises in the block comes out as our own error."""
        with translated(self.name), self._engine.connect() as connection:
            yield connection


def open_ledger(
    url: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    create: bool = True,
    patience_s: float = PATIENCE_S,
    trust: Trust | None = None,
) -> Ledger:
    """Open the ledger at a SQLAlchemy URL, bring its tables up to date and begin its chain if there is none.

    With `create=False` nothing is written: a database without a ledger of this version raises LedgerUnreachable.
    `trust` is asked before an event that opens access is recorded.
    Raises LedgerUnreachable, LedgerTooNew, and what a transaction raises. Repeating it is safe.
    """
    parsed = parse_url(url)
    if create and parsed.get_backend_name() == "sqlite":
        _make_private(parsed)
    name = parsed.render_as_string(hide_password=True)
    ledger = Ledger(make_engine(parsed, patience_s=patience_s), clock, name, trust)
    try:
        _prepare(ledger, create)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _check_fence(connection: Connection, fence: Fence) -> None:
    """Nobody can take the lease over before this transaction ends: that would need the writers' lock."""
    table = schema.lease
    current = connection.execute(select(table.c.token).where(table.c.name == fence.name)).scalar()
    if current != fence.token:
        raise LeaseLost(
            f"{fence.name} was taken over by somebody else; this was not recorded",
            remedy="stop; whoever took over goes on from what is recorded",
        )


def _prepare(ledger: Ledger, create: bool) -> None:
    with ledger._connected() as connection:
        begin_reading(connection)
        fit = migration.look(connection) is Tables.FIT
        if fit and LedgerReader(connection).head()[0] > 0:
            return
    if create:
        _begin_chain(ledger)
    elif not fit:
        raise migration.refuse_missing()


def _begin_chain(ledger: Ledger) -> None:
    """Build what is missing, as the only writer: of two processes that open an empty database one finds it done."""
    with ledger._connected() as connection:
        begin_writing(connection)
        transaction = LedgerTransaction(connection, ledger.clock)
        if migration.look(connection) is not Tables.FIT:
            migration.migrate(connection)
            # An earlier program may have added other records up from these events.
            transaction.rebuild()
        if transaction.head()[0] == 0:
            opened = LedgerOpened(ledger_id=str(uuid.uuid4()))
            transaction.append([NewEvent(opened, "realm", ActorKind.PROVISION)])
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
