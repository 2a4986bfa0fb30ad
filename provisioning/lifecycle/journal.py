"""Keeps the journal: what a plan has seen to be right, and what an apply has made so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from provisioning.edition import edition_of
from provisioning.keycloak.change_marks import ChangeMarks
from provisioning.ledger import Ledger, LedgerReader, LedgerTransaction
from provisioning.ledger.errors import LedgerError
from provisioning.ledger.operational.journal import (
    Settled,
    change_marks,
    count_on,
    note_change_marks,
    settle,
    settled,
    unsettle,
)
from provisioning.model.identifiers import Username
from provisioning.planning.changes import DesiredAccount, Verdict
from provisioning.planning.settled import digest_of

_USERS = "users"
_IN_FULL = "compared in full"


@dataclass(frozen=True, slots=True)
class Journal:
    """What is noted: digests of settled accounts, and the change marks that went with them, if there are any.

    `compared_at` is when all of Keycloak was last compared, UTC; None when it never was.
    """

    digests: Mapping[Username, str]
    marks: ChangeMarks | None
    compared_at: datetime | None


def read_journal(reader: LedgerReader) -> Journal:
    """Read the journal, as far as this edition of the program may rely on it."""
    noted = change_marks(reader)
    try:
        known = ChangeMarks(noted["realm"], int(noted[_USERS]), int(noted["latest"]))
    except (KeyError, ValueError):
        known = None
    return Journal(settled(reader, _edition()), known, _moment(noted.get(_IN_FULL)))


def last_compared_in_full(reader: LedgerReader) -> datetime | None:
    """Return when all of Keycloak was last compared, UTC; None when it never was."""
    return _moment(change_marks(reader).get(_IN_FULL))


def _moment(noted: str | None) -> datetime | None:
    return None if noted is None else datetime.fromisoformat(noted)


def note_survey(
    ledger: Ledger,
    found: Mapping[Username, str],
    open_ones: Collection[Username],
    seen: ChangeMarks,
    as_of: datetime,
    *,
    in_full: bool,
) -> None:
    """Note what a plan has read: accounts that need nothing, by digest, and those that need something.

    `in_full` when all of Keycloak was compared, at `as_of`.

    It is a cache: when the ledger cannot be written now, the next plan asks again.
    """
    values = {"realm": seen.realm, _USERS: str(seen.users), "latest": str(seen.latest)}
    values |= {_IN_FULL: as_of.isoformat()} if in_full else {}
    with suppress(LedgerError), ledger.transaction() as transaction:
        settle(transaction, [Settled(name, digest) for name, digest in found.items()], _edition(), as_of)
        unsettle(transaction, open_ones)
        note_change_marks(transaction, values, as_of)


def note_made(transaction: LedgerTransaction, made: Iterable[DesiredAccount], now: datetime, *, born: int = 0) -> None:
    """Note accounts that an apply has just made so; `born` users among them are new."""
    settle(transaction, [_entry(wanted) for wanted in made], _edition(), now)
    count_on(transaction, _USERS, born, now)


def _entry(wanted: DesiredAccount) -> Settled:
    verdict = Verdict.ALIVE if wanted.deactivation is None else Verdict.DEAD
    return Settled(wanted.image.username, digest_of(wanted, verdict))


def _edition() -> str:
    """Return the version hash of the code that computes and compares desired accounts."""
    return edition_of("planning", "keycloak/accounts", "keycloak/whole", "model")
