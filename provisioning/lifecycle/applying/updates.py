"""Accounts are changed: looked at once more, recorded with the values before and after, then changed by a few threads.

An account that is no longer as the plan saw it is left alone: another is at work on it, and the next plan shows what
there is to do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provisioning.keycloak.accounts.asking import ask_accounts
from provisioning.keycloak.accounts.writing import update_account
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.lifecycle.applying.births import base_key_mail, described
from provisioning.lifecycle.applying.comparing import find_altered
from provisioning.lifecycle.applying.pipeline import PATIENCE_S, patiently, run_pipeline
from provisioning.lifecycle.applying.refusals import note_refused
from provisioning.lifecycle.failing import Failure
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.events import NewEvent
from provisioning.model.events.accounts import AccountUpdated, FieldChanged
from provisioning.model.events.base_keys import BaseKeyIssued
from provisioning.model.identifiers import Username
from provisioning.model.records import AccountRecord, AccountState, NewTask
from provisioning.planning.accounts import diff_image
from provisioning.planning.changes import UpdateAccount
from provisioning.planning.desired import compared_roles
from provisioning.planning.objects import Value

UPDATE: Final = "update-account"

CHUNK: Final = 60
"""Accounts that are looked at and recorded in one go; so few that they are changed about a second later."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What is recorded of an update before it is carried out."""

    update: UpdateAccount
    task: NewTask


def update_accounts(
    workshop: Workshop, updates: Sequence[UpdateAccount], records: Mapping[Username, AccountRecord]
) -> tuple[int, tuple[Failure, ...]]:
    """Carry out all updates that are still as planned; return how many, and which accounts Keycloak refuses.

    When Keycloak is away nothing new is started, what is under way is waited for and marked done, and the failure is
    raised.
    """
    if not updates:
        return 0, ()
    workshop.actor.progress.stage("changing accounts", len(updates))
    ran = run_pipeline(
        updates,
        record=lambda chunk: _record(workshop, chunk, records),
        carry_out=_carry_out,
        finish=lambda done: _finish(workshop, done),
        connect=workshop.actor.connection.clone,
        chunk=CHUNK,
    )
    return ran.done, note_refused(workshop, ((one.piece.task, one.error) for one in ran.refused))


def finish_updates(workshop: Workshop, tasks: Sequence[NewTask]) -> None:
    """Mark updates done and queue the base keys that they promised."""
    with workshop.actor.transaction() as transaction:
        transaction.finish_tasks([task.key for task in tasks])
        transaction.enqueue_mails([mail for task in tasks if (mail := base_key_mail(task)) is not None])


def _record(
    workshop: Workshop, chunk: Sequence[UpdateAccount], records: Mapping[Username, AccountRecord]
) -> list[_Recorded]:
    """Write down what is about to be done; what an earlier run wrote down and left is not written twice."""
    planned = _still_as_planned(workshop, chunk)
    workshop.actor.progress.advance(len(chunk) - len(planned))
    events: list[NewEvent] = []
    recorded: list[_Recorded] = []
    with workshop.actor.transaction() as transaction:
        pending = {task.key: task for task in transaction.pending_tasks(UPDATE)}
        for update in planned:
            earlier = pending.get(_task_key(update))
            if earlier is not None:
                recorded.append(_Recorded(update, earlier))
                continue
            base_key_id = _new_base_key(workshop, update, records)
            events += _events(workshop, update, base_key_id)
            recorded.append(_Recorded(update, _task(update, base_key_id)))
        transaction.append(events)
        transaction.add_tasks([one.task for one in recorded if one.task.key not in pending])
    return recorded


def _still_as_planned(workshop: Workshop, chunk: Sequence[UpdateAccount]) -> list[UpdateAccount]:
    names = [update.desired.image.username for update in chunk]
    compared = compared_roles(workshop.context.configuration)
    connection, desired = workshop.actor.connection, [update.desired for update in chunk]
    found = patiently(lambda: ask_accounts(connection, names, *compared), PATIENCE_S)
    altered = patiently(lambda: find_altered(connection, desired, found), PATIENCE_S)
    return [
        update
        for update in chunk
        if (account := found.get(update.desired.image.username)) is not None
        and account.ours
        and account.enabled
        and diff_image(update.desired.image, account, altered.get(account.username, ())) == update.changes
    ]


def _carry_out(connection: KeycloakConnection, batch: Sequence[_Recorded]) -> None:
    for recorded in batch:
        update_account(connection, recorded.update.desired.image, recorded.update.changes)


def _finish(workshop: Workshop, done: Sequence[_Recorded]) -> None:
    finish_updates(workshop, [recorded.task for recorded in done])
    workshop.actor.progress.advance(len(done))


def _events(workshop: Workshop, update: UpdateAccount, base_key_id: str | None) -> list[NewEvent]:
    changes = tuple(FieldChanged(one.field, _told(one.before), _told(one.after)) for one in update.changes)
    username, actor = update.desired.image.username, workshop.actor.name
    changed = NewEvent(AccountUpdated(changes=changes, **described(update.desired)), username, actor)
    if base_key_id is None:
        return [changed]
    issued = BaseKeyIssued(base_key_id=base_key_id, email=update.desired.image.email)
    return [changed, NewEvent(issued, username, actor)]


def _task(update: UpdateAccount, base_key_id: str | None) -> NewTask:
    image = update.desired.image
    data = {} if base_key_id is None else {"base_key_id": base_key_id, "email": image.email}
    return NewTask(_task_key(update), UPDATE, image.username, data)


def _task_key(update: UpdateAccount) -> str:
    changes = [[change.field, _plain(change.after)] for change in update.changes]
    digest = hashlib.sha256(json.dumps(changes, ensure_ascii=False).encode()).hexdigest()[:16]
    return f"update:{update.desired.image.username}:{digest}"


def _new_base_key(workshop: Workshop, update: UpdateAccount, records: Mapping[Username, AccountRecord]) -> str | None:
    """A new official e-mail before activation: the base key sent to the old one must die. Source: order cl. 4."""
    record = records.get(update.desired.image.username)
    changed = any(change.path == ("email",) for change in update.changes)
    waits = record is not None and record.state in (AccountState.CREATED, AccountState.INVITED)
    return workshop.actor.new_id() if changed and waits else None


def _told(value: Value) -> str | int | bool | tuple[str, ...] | None:
    return str(value) if isinstance(value, float) else value


def _plain(value: object) -> str | int | bool | list[str] | None:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
