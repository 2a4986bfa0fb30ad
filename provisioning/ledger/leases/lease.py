"""One at a time: a lease in the ledger's database, with a fencing token.

Safety does not rest on clocks. Each new holder gets a higher token, and a transaction that is opened with a
lease's fence is refused once the token is not the current one: a holder that stalled and wakes up changes nothing.
Clocks only say when to suspect that a holder is gone; a suspect is then watched for a renewal before the lease
is taken from it, so a clock that jumps takes no lease away. A holder that was killed on this machine is
recognised at once. Source: order cl. 12.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, select, update

from provisioning.ledger.errors import LeaseHeld, LeaseLost, LedgerError
from provisioning.ledger.leases.process import is_gone, own_mark
from provisioning.ledger.ledger import Fence, Ledger
from provisioning.ledger.reader import LedgerReader
from provisioning.ledger.store import schema
from provisioning.ledger.transaction import LedgerTransaction

RENEWALS_PER_TTL: Final = 3
WATCH_SHARE: Final = 0.5
"""How much of its time to live a suspect is watched for; more than one renewal fits into it."""


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """A lease as stored. `released_at` None means that it is held, or that its holder died."""

    name: str
    token: int
    holder: str
    process: str
    acquired_at: datetime
    renewed_at: datetime
    renewals: int
    ttl_ms: int
    released_at: datetime | None

    @property
    def is_free(self) -> bool:
        """Released, or its holder is certainly dead."""
        return self.released_at is not None or is_gone(self.process)

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the lease was renewed lately. False also for a renewal in the future: some clock
        has jumped.
        """
        return timedelta(0) <= now - self.renewed_at <= timedelta(milliseconds=self.ttl_ms)


class Lease:
    """A lease that we hold and that a thread renews. Made by `hold_lease`."""

    def __init__(self, ledger: Ledger, record: LeaseRecord) -> None:
        self._ledger = ledger
        self._record = record
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease {record.name}", daemon=True)

    @property
    def token(self) -> int:
        """The fencing token: higher than that of every earlier holder."""
        return self._record.token

    @property
    def fence(self) -> Fence:
        """What to open transactions with that must not happen once the lease is lost."""
        return Fence(self._record.name, self._record.token)

    def check(self) -> None:
        """Raise LeaseLost when another process has taken over, or when we could not renew for a whole time to live."""
        if not self._lost.is_set():
            with self._ledger.reader() as reader:
                current = find_lease(reader, self._record.name)
            if current is not None and current.token == self.token:
                return
            self._lost.set()
        raise LeaseLost(
            f"{self._record.name} was taken over from {self._record.holder}",
            remedy="stop; whoever took over goes on from what is recorded",
        )

    def start(self) -> None:
        """Begin to renew."""
        self._thread.start()

    def end(self) -> None:
        """Stop renewing and give the lease back, if it is still ours."""
        self._ended.set()
        self._thread.join()
        # When the database does not answer now, the lease runs out by itself.
        with suppress(LedgerError), self._ledger.transaction() as transaction:
            self._update(transaction, released_at=self._ledger.clock())

    def _keep(self) -> None:
        ttl_s = self._record.ttl_ms / 1000
        renewed = time.monotonic()
        while not self._lost.is_set() and not self._ended.wait(ttl_s / RENEWALS_PER_TTL):
            try:
                with self._ledger.transaction() as transaction:
                    still_ours = self._update(
                        transaction, renewed_at=self._ledger.clock(), renewals=schema.lease.c.renewals + 1
                    )
                renewed = time.monotonic()
            except LedgerError:
                still_ours = time.monotonic() - renewed < ttl_s
            if not still_ours:
                self._lost.set()

    def _update(self, transaction: LedgerTransaction, **values: object) -> bool:
        table = schema.lease
        ours = update(table).where(table.c.name == self._record.name, table.c.token == self.token)
        return transaction.connection.execute(ours.values(values)).rowcount == 1


@contextmanager
def hold_lease(ledger: Ledger, *, name: str, holder: str, ttl_s: float = 60) -> Iterator[Lease]:
    """Hold the lease `name` for the length of the block. `holder` says who, for people.

    Raises LeaseHeld when another process has it. When a holder seems gone but may be alive, watches it for half its
    time to live first.
    """
    lease = Lease(ledger, _acquire(ledger, name, holder, ttl_s))
    lease.start()
    try:
        yield lease
    finally:
        lease.end()


def find_lease(reader: LedgerReader, name: str) -> LeaseRecord | None:
    """Return a lease as it is now; None when it was never held."""
    found = reader.connection.execute(select(schema.lease).where(schema.lease.c.name == name)).mappings().first()
    return LeaseRecord(**found) if found else None


def leases(reader: LedgerReader) -> tuple[LeaseRecord, ...]:
    """Return all leases there ever were, by name."""
    rows = reader.connection.execute(select(schema.lease).order_by(schema.lease.c.name)).mappings()
    return tuple(LeaseRecord(**row) for row in rows)


def _acquire(ledger: Ledger, name: str, holder: str, ttl_s: float) -> LeaseRecord:
    with ledger.transaction() as transaction:
        suspect = find_lease(transaction, name)
        if suspect is None or suspect.is_free:
            return _take(transaction, suspect, _record(name, holder, ttl_s, ledger.clock()))
        if suspect.is_fresh(ledger.clock()):
            raise LeaseHeld(name, suspect.holder, suspect.acquired_at)
    time.sleep(suspect.ttl_ms / 1000 * WATCH_SHARE)
    with ledger.transaction() as transaction:
        watched = find_lease(transaction, name)
        if watched is not None and watched != suspect and not watched.is_free:
            raise LeaseHeld(name, watched.holder, watched.acquired_at)
        return _take(transaction, watched, _record(name, holder, ttl_s, ledger.clock()))


def _record(name: str, holder: str, ttl_s: float, now: datetime) -> LeaseRecord:
    return LeaseRecord(
        name=name,
        token=1,
        holder=holder,
        process=own_mark(),
        acquired_at=now,
        renewed_at=now,
        renewals=0,
        ttl_ms=int(ttl_s * 1000),
        released_at=None,
    )


def _take(transaction: LedgerTransaction, before: LeaseRecord | None, record: LeaseRecord) -> LeaseRecord:
    if before is None:
        transaction.connection.execute(insert(schema.lease).values(asdict(record)))
        return record
    taken = replace(record, token=before.token + 1)
    named = update(schema.lease).where(schema.lease.c.name == record.name)
    transaction.connection.execute(named.values(asdict(taken)))
    return taken
