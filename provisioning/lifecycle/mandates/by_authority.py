"""An authority lets an OIS work for the institutions below it that have agreed to that. Source: order cl. 3, 5.

One contract, one decision on record, and a mandate for each institution, which gets a mail and may withdraw it. A
mandate allows what the institution, the OIS and the decision all allow. An institution that has not agreed gets none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.ledger.queries.mandates import accounts_with_mandate
from provisioning.ledger.queries.rights import recorded_rights
from provisioning.ledger.queries.search import Criteria, count_accounts
from provisioning.ledger.queries.selection import accounts_that_fit, live_keys_of
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_account, refuse_unless_allowed
from provisioning.lifecycle.mandates.ending import key_scopes_tasks
from provisioning.lifecycle.mandates.granting import Contract, open_ois, record_grant, refuse_odd_dates
from provisioning.model.account_states import StateRefusal, next_state
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.decisions import MandatesBelowDecided
from provisioning.model.ois import MandateRecord, OisRecord
from provisioning.model.records import AccountRecord, AccountState
from provisioning.model.rights import RightsInForce
from provisioning.model.sphere import SpherePath

_MARK_DIGITS: Final = 12


class Outlook(StrEnum):
    """What a decision would mean for one institution of the sphere."""

    GETS = "gets"
    NOT_AGREED = "not-agreed"
    HAS_ONE = "has-one"
    NO_KEY = "no-key"


@dataclass(frozen=True, slots=True)
class Preview:
    """Every account below an authority that is not deactivated, with its outlook, by username.

    `mark` identifies exactly those who would get a mandate: their number and a digest of their names.
    """

    authority: AccountRecord
    ois: OisRecord
    outlooks: Mapping[str, tuple[AccountRecord, Outlook]]

    @property
    def mark(self) -> str:
        names = sorted(account.username for account in self.having(Outlook.GETS))
        return f"{len(names)}-{hashlib.sha256(' '.join(names).encode()).hexdigest()[:_MARK_DIGITS]}"

    def having(self, outlook: Outlook) -> tuple[AccountRecord, ...]:
        """Return those with this outlook."""
        return tuple(account for account, found in self.outlooks.values() if found is outlook)


@dataclass(frozen=True, slots=True)
class GrantedBelow:
    """What was decided. `left_out` had no right in common with OIS and decision; `tasks` are to be carried out."""

    mandates: tuple[MandateRecord, ...]
    left_out: tuple[AccountRecord, ...]
    tasks: tuple[str, ...]


def agreed_below(reader: LedgerReader, authority: str) -> tuple[int, int]:
    """Return how many living accounts below an authority have agreed, and how many there are. Raises UnknownAccount."""
    account = _authority(reader, authority)
    below = Criteria(below=SpherePath(account.sphere))
    agreed, everybody = (_living(count_accounts(reader, c)) for c in (replace(below, agreed=True), below))
    return agreed - int(account.authority_grants), everybody - 1


def preview(reader: LedgerReader, today: date, authority: str, ois: str) -> Preview:
    """Compute who would get a mandate and who would not, by the ledger alone.

    Raises UnknownAccount, UnknownOis, ActionRefused.
    """
    record = open_ois(reader, ois, today)
    account = _authority(reader, authority)
    taken = accounts_with_mandate(reader, record.slug)
    below = _below(reader, account)
    keyed = live_keys_of(reader, [each.username for each in below if each.authority_grants])
    return Preview(account, record, {each.username: (each, _outlook(each, taken, keyed)) for each in below})


def grant_below(
    actor: Actor, authority: str, ois: str, contract: Contract, rights: Collection[str] | None, expect: str
) -> GrantedBelow:
    """Give the mandates of a preview, with these rights where the institution has them; all of the OIS's when None.

    `expect` is the mark of the preview that a person has looked at. Rights are those on record; the tasks are left to
    the caller, or to the watch: the gate goes by the ledger. Raises UnknownAccount, UnknownOis, ActionRefused.
    """
    today = actor.today()
    refuse_odd_dates(contract, today)
    with actor.transaction() as transaction:
        now = preview(transaction, today, authority, ois)
        _refuse_unless_expected(now, expect)
        wanted = _wanted(now.ois, rights)
        known = recorded_rights(transaction) or RightsInForce()
        asked = now.having(Outlook.GETS)
        possible = {each.username: (known.of(each.institution_id, each.kind) or frozenset()) & wanted for each in asked}
        getting = [each for each in asked if possible[each.username]]
        if not getting:
            raise ActionRefused(
                f"nobody below {now.authority.username} has agreed and a right in common with OIS {now.ois.slug}",
                remedy="institutions agree in their portal; see who has not in the preview",
            )
        transaction.append([_decision(actor, now, contract, wanted, getting)])
        mandates = tuple(_give(actor, transaction, now, each, contract, possible[each.username]) for each in getting)
        tasks = key_scopes_tasks(transaction, [each.username for each in getting])
        transaction.add_tasks(tasks)
    left_out = tuple(each for each in now.having(Outlook.GETS) if each not in getting)
    return GrantedBelow(mandates, left_out, tuple(task.key for task in tasks))


def _authority(reader: LedgerReader, name: str) -> AccountRecord:
    account = find_account(reader, name)
    refuse_unless_allowed(account, EventKind.MANDATE_GRANTED)
    if not account.is_authority or not account.sphere:
        raise ActionRefused(
            f"account {account.username} is no authority, so it has no institutions below it",
            remedy="an institution gives its own mandates: `provision mandates grant`",
        )
    return account


def _living(counts: Mapping[AccountState, int]) -> int:
    return sum(count for state, count in counts.items() if state is not AccountState.DEACTIVATED)


def _outlook(account: AccountRecord, taken: Collection[str], keyed: Collection[str]) -> Outlook:
    if not account.authority_grants:
        return Outlook.NOT_AGREED
    if account.username in taken:
        return Outlook.HAS_ONE
    return Outlook.GETS if account.username in keyed else Outlook.NO_KEY


def _below(reader: LedgerReader, authority: AccountRecord) -> list[AccountRecord]:
    """Living accounts under the authority's sphere, itself left out. Source: order cl. 3."""
    return [
        account
        for account in accounts_that_fit(reader, Criteria(below=SpherePath(authority.sphere)))
        if account.username != authority.username
        and account.sphere != authority.sphere
        and not isinstance(next_state(account, EventKind.MANDATE_GRANTED), StateRefusal)
    ]


def _wanted(ois: OisRecord, rights: Collection[str] | None) -> frozenset[str]:
    extra = sorted(set(rights or ()) - set(ois.rights))
    if extra or rights == []:
        raise ActionRefused(
            f"{', '.join(extra) or 'nothing'}: not among the rights of OIS {ois.slug}",
            remedy=f"choose from: {', '.join(ois.rights)}",
        )
    return frozenset(ois.rights if rights is None else rights)


def _refuse_unless_expected(seen: Preview, expect: str) -> None:
    if seen.mark != expect:
        raise ActionRefused(
            f"other institutions would get a mandate now ({seen.mark}) than were looked at ({expect})",
            remedy="look at the preview again; nothing was recorded",
        )


def _decision(
    actor: Actor, now: Preview, contract: Contract, rights: Collection[str], getting: Collection[AccountRecord]
) -> NewEvent:
    decided = MandatesBelowDecided(
        ois=now.ois.slug,
        accounts=tuple(account.username for account in getting),
        rights=tuple(sorted(rights)),
        contract_number=contract.number,
        contract_date=contract.signed,
        until=contract.until,
    )
    return NewEvent(decided, now.authority.username, actor.name)


def _give(
    actor: Actor,
    transaction: LedgerTransaction,
    now: Preview,
    account: AccountRecord,
    contract: Contract,
    rights: Collection[str],
) -> MandateRecord:
    by = now.authority.username
    return record_grant(actor, transaction, account, now.ois, contract, sorted(rights), authority=by)
