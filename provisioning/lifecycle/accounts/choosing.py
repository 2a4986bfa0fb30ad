"""Accounts that a deactivation is about: by name, below an authority, or all that used an OIS. Changes nothing.

Asks the ledger alone: an administrator who must act in an incident needs no valid configuration.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.mandates import accounts_that_gave_mandates, mandates_standing
from provisioning.ledger.queries.search import Criteria
from provisioning.ledger.queries.selection import accounts_that_fit, count_live_keys, count_living
from provisioning.ledger.queries.summary import accounts_named
from provisioning.lifecycle.errors import UnknownAccount
from provisioning.lifecycle.lookups import find_account, find_ois
from provisioning.model.account_states import StateRefusal, next_state
from provisioning.model.configuration import Limit
from provisioning.model.events import EventKind
from provisioning.model.identifiers import Username, parse_username, username_of
from provisioning.model.records import AccountRecord
from provisioning.model.sphere import SpherePath
from provisioning.planning.guards import Guard, GuardStop, stop_of

BELOW: Final = "all below authority "
OF_OIS: Final = "all that ever gave a mandate to OIS "
BY_NAME: Final = "accounts by name: "
"""How scopes begin in the record."""

_NAMED: Final = 10
"""Unknown names that a refusal lists."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What accounts are chosen by: one of the three. `authority` is not among its own choice, what is below it is."""

    names: tuple[str, ...] = ()
    authority: str | None = None
    ois: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The accounts, and the words by which the record says how they were chosen; None for a single account."""

    names: tuple[str, ...]
    scope: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Accounts that a deactivation would end, and those that are deactivated already and stay as they are."""

    living: tuple[AccountRecord, ...]
    ended: tuple[AccountRecord, ...]

    @property
    def usernames(self) -> tuple[Username, ...]:
        """Of those that would end."""
        return tuple(record.username for record in self.living)

    @property
    def digest(self) -> str:
        """Of exactly these accounts, so that what was looked at is what is decided on."""
        return hashlib.sha256(" ".join(sorted(self.usernames)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deactivation would do. `guard` is the limit of `realm.yaml` that it runs into, if any."""

    selection: Selection
    kinds: Mapping[str, int]
    keys: int
    mandates: int
    guard: GuardStop | None


def choose(reader: LedgerReader, choice: Choice) -> Chosen:
    """Return the accounts behind a choice. Raises UnknownAccount and UnknownOis."""
    if choice.authority is not None:
        return Chosen(accounts_below(reader, choice.authority), f"{BELOW}{choice.authority}")
    if choice.ois is not None:
        return Chosen(accounts_of_ois(reader, choice.ois), f"{OF_OIS}{choice.ois}")
    count = len(choice.names)
    return Chosen(choice.names, f"{BY_NAME}{count}" if count > 1 else None)


def accounts_below(reader: LedgerReader, authority: str) -> tuple[Username, ...]:
    """Return accounts of everything subordinate to an authority, itself not included. Raises UnknownAccount."""
    own = find_account(reader, authority)
    if not own.is_authority or not own.sphere:
        raise UnknownAccount(f"{authority} is not an authority with a sphere", remedy="see its `kind` in YAML")
    found = accounts_that_fit(reader, Criteria(below=SpherePath(own.sphere)))
    return tuple(record.username for record in found if record.sphere != own.sphere)


def accounts_of_ois(reader: LedgerReader, name: str) -> tuple[Username, ...]:
    """Return accounts that ever gave this OIS a mandate, withdrawn ones too: it may have kept what it saw.

    Raises UnknownOis.
    """
    return accounts_that_gave_mandates(reader, find_ois(reader, name).slug)


def select_accounts(reader: LedgerReader, names: Sequence[str]) -> Selection:
    """Return the accounts behind institution ids or usernames, each once. Raises UnknownAccount, naming
    those unknown.
    """
    records = _newest(reader, names)
    ended = [next_state(record, EventKind.ACCOUNT_DEACTIVATED) for record in records]
    pairs = tuple(zip(records, ended, strict=True))
    return Selection(
        tuple(record for record, outcome in pairs if not isinstance(outcome, StateRefusal)),
        tuple(record for record, outcome in pairs if isinstance(outcome, StateRefusal)),
    )


def preview(reader: LedgerReader, names: Sequence[str], limit: Limit) -> Preview:
    """Compute what deactivating these accounts would end, by the ledger alone. Raises UnknownAccount."""
    selection = select_accounts(reader, names)
    usernames = selection.usernames
    return Preview(
        selection,
        dict(Counter(record.kind for record in selection.living).most_common()),
        count_live_keys(reader, usernames),
        len(mandates_standing(reader, usernames)),
        stop_of(Guard.DEACTIVATIONS, len(usernames), count_living(reader), limit),
    )


def _newest(reader: LedgerReader, names: Sequence[str]) -> list[AccountRecord]:
    """Each name's account: a username's own, an institution id's newest generation."""
    # 1. Whatever was named, in one query.
    found = {str(name): record for name, record in accounts_named(reader, names).items()}
    unknown = [name for name in dict.fromkeys(names) if name not in found]
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        raise UnknownAccount(
            f"there is no account {', '.join(repr(name) for name in unknown[:_NAMED])}{more}",
            remedy="an institution id looks like 46-0001234, an account like it or like 46-0001234-g2",
        )
    # 2. A bare institution id means its newest generation: look one further until no name has a newer one. One query
    #    for each generation, not for each account; nearly all institutions have one.
    bare = {name for name in found if (parsed := parse_username(name)) is not None and parsed[1] == 1}
    while bare:
        newer = accounts_named(reader, [_next_username(found[name]) for name in bare])
        found |= {name: newer[after] for name in bare if (after := _next_username(found[name])) in newer}
        bare = {name for name in bare if found[name].username in newer}
    # 3. Two names may mean one account, which is ended once.
    return list(_once(found[name] for name in names))


def _next_username(record: AccountRecord) -> Username:
    return username_of(record.institution_id, record.generation + 1)


def _once(records: Iterable[AccountRecord]) -> Iterable[AccountRecord]:
    return {record.username: record for record in records}.values()
