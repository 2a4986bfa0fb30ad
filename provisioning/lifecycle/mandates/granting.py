"""A mandate is given, withdrawn, and runs out. Source: order cl. 5, 8.

The mandate is in the ledger before Keycloak is asked; the gate goes by the ledger, so a withdrawal is in force at once
even for tokens that were issued before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.ledger.queries.mandates import count_mandates, mandates_past
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused, UnknownOis
from provisioning.lifecycle.lookups import find_account, find_live_key, find_ois, refuse_unless_allowed
from provisioning.lifecycle.mandates.ending import end_mandates, key_scopes_tasks
from provisioning.lifecycle.rights_on_record import rights_on_record
from provisioning.lifecycle.tasks.carrying_out import carry_out, carry_out_unasked
from provisioning.model.calendar import has_come
from provisioning.model.events import EventKind, NewEvent
from provisioning.model.events.mandates import MandateGranted
from provisioning.model.identifiers import Username
from provisioning.model.ois import MandateRecord, MandateState, OisRecord, mandate_id
from provisioning.model.records import AccountRecord

EXPIRED: Final = "the mandate's last day is past"
"""Reason in the ledger."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a mandate rests on. `until` is its last day, None for no end. Source: order cl. 5."""

    number: str
    signed: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class _Parties:
    account: AccountRecord
    ois: OisRecord
    present: MandateRecord | None


def grantable_rights(actor: Actor, name: str, ois: str) -> tuple[str, ...]:
    """Return the rights that an account can give an OIS: its own that the OIS has too, sorted.

    Both are those on record. Raises UnknownAccount, UnknownOis, ActionRefused.
    """
    with actor.ledger.reader() as reader:
        return _grantable(reader, _parties(reader, name, ois, actor.today()))


def _grantable(reader: LedgerReader, parties: _Parties) -> tuple[str, ...]:
    return tuple(sorted(rights_on_record(reader, parties.account) & set(parties.ois.rights)))


def grant(
    actor: Actor,
    name: str,
    ois: str,
    contract: Contract,
    rights: Collection[str] | None = None,
    *,
    replace: bool = False,
) -> MandateRecord:
    """Let a connected OIS work for an account, with these rights; all that can be given when None.

    `replace` withdraws the mandate in force, in the same transaction: a new contract is a new mandate. Raises
    UnknownAccount, UnknownOis and ActionRefused before anything is recorded, CarriedOutLater afterwards.
    """
    today = actor.today()
    refuse_odd_dates(contract, today)
    with actor.transaction() as transaction:
        parties = _parties(transaction, name, ois, today)
        possible = _grantable(transaction, parties)
        chosen = _chosen(possible, possible if rights is None else rights, ois)
        _refuse_second(parties, replace)
        if parties.present is not None:
            end_mandates(actor.name, transaction, [parties.present], f"replaced under contract {contract.number}")
        mandate = record_grant(actor, transaction, parties.account, parties.ois, contract, chosen)
        tasks = key_scopes_tasks(transaction, [mandate.username])
        transaction.add_tasks(tasks)
    carry_out(actor, [task.key for task in tasks], f"mandate {mandate.id} is granted")
    return mandate


def withdraw(actor: Actor, mandate: str, reason: str) -> MandateRecord:
    """End a mandate. One that ended before stays as it is, and what is left of it in Keycloak is finished.

    Raises UnknownOis and CarriedOutLater.
    """
    with actor.transaction() as transaction:
        record = find_mandate(transaction, mandate)
        tasks = key_scopes_tasks(transaction, [record.username])
        if record.state is MandateState.GRANTED:
            tasks = end_mandates(actor.name, transaction, [record], reason, "cl. 8")
            transaction.add_tasks(tasks)
        ended = find_mandate(transaction, mandate)
    carry_out(actor, [task.key for task in tasks], f"mandate {mandate} is withdrawn")
    return ended


def expire_mandates(actor: Actor) -> tuple[MandateRecord, ...]:
    """Withdraw every mandate whose last day is past by the ledger's clock. Safe to repeat. Raises CarriedOutLater."""
    today = actor.today()
    with actor.transaction() as transaction:
        due = mandates_past(transaction, today)
        tasks = end_mandates(actor.name, transaction, due, EXPIRED)
        transaction.add_tasks(tasks)
    carry_out_unasked(actor, [task.key for task in tasks], f"{len(due)} mandates have run out")
    return due


def find_mandate(reader: LedgerReader, name: str) -> MandateRecord:
    """Return a mandate by its id. Raises UnknownOis."""
    found = reader.mandate(name)
    if found is None:
        raise UnknownOis(f"there is no mandate {name!r}", remedy="`provision mandates list` shows them")
    return found


def _parties(reader: LedgerReader, name: str, ois: str, today: date) -> _Parties:
    """Both sides as they are now. Raises UnknownAccount, UnknownOis, ActionRefused."""
    account = find_account(reader, name)
    refuse_unless_allowed(account, EventKind.MANDATE_GRANTED)
    record = open_ois(reader, ois, today)
    find_live_key(reader, account.username, EventKind.MANDATE_GRANTED)
    present = reader.mandates(username=account.username, ois=record.slug, standing=True)
    return _Parties(account, record, next(iter(present), None))


def _chosen(possible: Collection[str], rights: Collection[str], ois: str) -> tuple[str, ...]:
    extra = sorted(set(rights) - set(possible))
    if extra:
        raise ActionRefused(
            f"{', '.join(extra)}: not among the rights that the account and OIS {ois} both have",
            remedy=f"choose from: {', '.join(sorted(possible)) or 'none at all'}",
        )
    if not rights:
        raise ActionRefused(
            f"a mandate for OIS {ois} would allow nothing", remedy="choose at least one right that both have"
        )
    return tuple(sorted(set(rights)))


def refuse_odd_dates(contract: Contract, today: date) -> None:
    """Raise ActionRefused for a contract of a day to come, and for a mandate that would be over before it begins."""
    if not has_come(contract.signed, today):
        raise ActionRefused(
            f"the contract of {contract.signed} is not signed yet (today is {today})",
            remedy="correct its date, or grant the mandate on that day",
        )
    if contract.until is not None and contract.until < max(today, contract.signed):
        raise ActionRefused(
            f"a mandate until {contract.until} would be over before it begins", remedy="choose a later last day"
        )


def _refuse_second(parties: _Parties, replace: bool) -> None:
    present = parties.present
    if present is not None and not replace:
        raise ActionRefused(
            f"mandate {present.id} stands already, under contract {present.contract_number}",
            remedy="withdraw it first, or replace it: `provision mandates grant --replace`",
        )


def open_ois(reader: LedgerReader, name: str, today: date) -> OisRecord:
    """Return an OIS that may be given a mandate on a day. Raises UnknownOis, ActionRefused."""
    record = find_ois(reader, name)
    if not record.is_open(today):
        raise ActionRefused(
            f"OIS {record.slug} is not connected, or its conclusion has run out",
            remedy="the public list shows the OIS that may be given a mandate (order cl. 5)",
        )
    return record


def record_grant(
    actor: Actor,
    transaction: LedgerTransaction,
    account: AccountRecord,
    ois: OisRecord,
    contract: Contract,
    rights: Collection[str],
    *,
    authority: Username | None = None,
) -> MandateRecord:
    """Write a mandate down, under its next number; `authority` is who gives it for the account, None for itself."""
    username, slug = account.username, ois.slug
    name = mandate_id(username, slug, count_mandates(transaction, username, slug) + 1)
    given = MandateGranted(
        mandate=name,
        ois=slug,
        rights=tuple(rights),
        contract_number=contract.number,
        contract_date=contract.signed,
        until=contract.until,
        authority=authority,
    )
    transaction.append([NewEvent(given, username, actor.name)])
    return find_mandate(transaction, name)
