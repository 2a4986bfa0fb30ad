"""Errors of the ledger, in words for the person who has to act.

    LedgerError
    ├── LedgerUnreachable   the database is gone, or never was there (exit code 3)
    ├── LedgerBusy          another process held the database for too long (3)
    ├── LedgerReadOnly      it can be read, not written (3)
    ├── LedgerFull          no room (3)
    ├── LedgerTooNew        written by a newer version of this program (3)
    ├── LedgerCorrupt       it is not what it was (4)
    ├── LedgerRolledBack    it is older than a checkpoint of it (4)
    ├── EventRefused        the event cannot follow from what is recorded (4)
    ├── LeaseHeld           another process is at it (4)
    └── LeaseLost           another process took over (4)

Whatever of these is raised out of a transaction: nothing of that transaction counts as recorded. When the connection
broke during the commit itself the database may have kept it; running the command again finds out and goes on.
"""

from __future__ import annotations

from datetime import datetime

from provisioning.model.errors import AikomError, ExitCode


class LedgerError(AikomError):
    """The ledger cannot be read or written. Source: order cl. 12 (what cannot be recorded is not done)."""


class LedgerUnreachable(LedgerError):
    """The database does not answer, or is not there."""


class LedgerBusy(LedgerError):
    """Another process held the database longer than we were willing to wait."""


class LedgerReadOnly(LedgerError):
    """The database refuses writes."""


class LedgerFull(LedgerError):
    """The database has no room."""


class LedgerTooNew(LedgerError):
    """A newer version of this program has changed the tables."""


class LedgerCorrupt(LedgerError):
    """The stored chain is not what was recorded; nothing may be built on it."""

    exit_code = ExitCode.REFUSED


class LedgerRolledBack(LedgerError):
    """A checkpoint vouches for an event that is not there: a backup was put back, or the end was cut off."""

    exit_code = ExitCode.REFUSED


class EventRefused(LedgerError):
    """An event that contradicts what is recorded: a second birth, an unknown subject, a way back that is closed.

    Or one that is not of its kind's shape: a field is unknown, missing or of another type.
    """

    exit_code = ExitCode.REFUSED


class LeaseHeld(LedgerError):
    """A lease that another process holds right now. `holder` says who, `since` from when (UTC)."""

    exit_code = ExitCode.REFUSED

    def __init__(self, name: str, holder: str, since: datetime) -> None:
        super().__init__(
            f"{name} is already running: {holder}, since {since:%Y-%m-%d %H:%M:%S} UTC",
            remedy="wait until it ends; should it have died, its lease runs out by itself",
        )
        self.holder = holder
        self.since = since


class LeaseLost(LedgerError):
    """A lease that another process has taken over. What is not recorded yet must not be done."""

    exit_code = ExitCode.REFUSED
