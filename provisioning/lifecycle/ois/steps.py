"""How any step of an OIS is taken: asked from the table, recorded, and then carried out in Keycloak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.ledger import LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.lookups import find_ois, refuse_unless_possible
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import bring_ois_task, bring_operator_task
from provisioning.model.events import Content, NewEvent
from provisioning.model.identifiers import ClientId
from provisioning.model.ois import OisRecord
from provisioning.model.records import NewTask


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an OIS."""

    content: Content
    reason: str | None = None


def record_step(actor: Actor, transaction: LedgerTransaction, name: str, step: Step) -> OisRecord:
    """Ask the table and record; return the OIS as it is then.

    Raises UnknownOis and ActionRefused, and then nothing is recorded.
    """
    record = find_ois(transaction, name)
    refuse_unless_possible(record, step.content.KIND, actor.today())
    transaction.append([NewEvent(step.content, record.client_id, actor.name, step.reason)])
    return find_ois(transaction, record.slug)


def take(actor: Actor, name: str, *steps: Step) -> OisRecord:
    """Take steps one after another, all or none, and bring Keycloak to it.

    Raises UnknownOis, ActionRefused, and CarriedOutLater when it is recorded and Keycloak does not follow yet.
    """
    with actor.transaction() as transaction:
        record = find_ois(transaction, name)
        for step in steps:
            record = record_step(actor, transaction, record.slug, step)
        tasks = note_work(transaction, record)
    finish(actor, record, tasks)
    return record


def note_work(transaction: LedgerTransaction, record: OisRecord, more: Sequence[NewTask] = ()) -> list[NewTask]:
    """Note what Keycloak has to follow, in the events' transaction.

    An OIS that was never connected has no client there; with an OIS that is over its operator's account ends.
    """
    tasks = [bring_ois_task(record.client_id)] if record.connected_at is not None else []
    tasks += [bring_operator_task(record.client_id)] if record.state.is_over else []
    tasks += more
    transaction.add_tasks(tasks)
    return tasks


def finish(actor: Actor, record: OisRecord, tasks: Sequence[NewTask]) -> None:
    """Carry the work out. Raises CarriedOutLater."""
    subject: ClientId = record.client_id
    carry_out(actor, [task.key for task in tasks], f"{subject} is {record.state.value}")
