"""Conclusions run out: connected OIS are warned of it, and suspended when it happens. Source: order cl. 6.

The gate looks at the last day itself, so nothing stays open for want of a run of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.ois.reasons import RAN_OUT
from provisioning.lifecycle.ois.steps import Step, note_work, record_step
from provisioning.lifecycle.tasks.carrying_out import carry_out_unasked
from provisioning.model.events.ois import OisSuspended
from provisioning.model.ois import OisRecord, OisState
from provisioning.model.records import NewMail, NewTask

EXPIRY_MAIL: Final = "ois-conclusion-ending"
"""Template of provisioning.mail."""

WARN_BEFORE: Final = (timedelta(days=60), timedelta(days=30), timedelta(days=7))
"""How long before its last day the operator of a connected OIS is told, longest first."""


def ending_conclusions(reader: LedgerReader, today: date, within: timedelta) -> tuple[OisRecord, ...]:
    """Return connected OIS whose conclusion runs out within this time, soonest first."""
    last = today + within
    ending = [record for record in _connected(reader) if today <= _until(record) <= last]
    return tuple(sorted(ending, key=lambda record: (_until(record), record.slug)))


def warn_of_ending_conclusions(actor: Actor) -> int:
    """Queue the warnings that are due, each once for a conclusion and a time; return how many OIS are in their last
    weeks.

    Safe to repeat. Raises LedgerError.
    """
    today = actor.today()
    with actor.transaction() as transaction:
        ending = ending_conclusions(transaction, today, WARN_BEFORE[0])
        transaction.enqueue_mails([_warning(record, today) for record in ending if record.email])
    return len(ending)


def suspend_expired(actor: Actor) -> tuple[OisRecord, ...]:
    """Suspend every connected OIS whose conclusion has run out by the ledger's clock. Safe to repeat.

    Raises CarriedOutLater.
    """
    today = actor.today()
    with actor.transaction() as transaction:
        due = [record for record in _connected(transaction) if _until(record) < today]
        tasks = [task for record in due for task in _suspend(actor, transaction, record)]
    carry_out_unasked(actor, [task.key for task in tasks], f"{len(due)} OIS are suspended: {RAN_OUT}")
    return tuple(due)


def _suspend(actor: Actor, transaction: LedgerTransaction, record: OisRecord) -> Sequence[NewTask]:
    suspended = record_step(actor, transaction, record.slug, Step(OisSuspended(), RAN_OUT))
    return note_work(transaction, suspended)


def _connected(reader: LedgerReader) -> list[OisRecord]:
    connected = [record for record in reader.all_ois().values() if record.state is OisState.CONNECTED]
    return reader.readable(connected, lambda record: record.client_id)


def _until(record: OisRecord) -> date:
    return record.conclusion_until or date.max


def _warning(record: OisRecord, today: date) -> NewMail:
    """The key names the conclusion and the warning, so that each is sent once."""
    left = _until(record) - today
    nearest = min(before for before in WARN_BEFORE if left <= before)
    key = f"{EXPIRY_MAIL}:{record.slug}:{record.conclusion_number}:{_until(record)}:{nearest.days}"
    data = {"name": record.name, "number": record.conclusion_number or "", "until": _until(record).isoformat()}
    return NewMail(key, EXPIRY_MAIL, record.email, record.client_id, data)
