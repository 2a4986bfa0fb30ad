"""What an apply does beside births and updates: the realm, staff, adoptions, endings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from provisioning.keycloak.accounts.writing import close_account
from provisioning.keycloak.errors import KeycloakError
from provisioning.keycloak.realm.catalogue import carry_out
from provisioning.lifecycle.accounts.endings import death_event
from provisioning.lifecycle.applying.births import birth_event
from provisioning.lifecycle.applying.refusals import note_refused
from provisioning.lifecycle.failing import Failure, concerns_one_object, failure_of
from provisioning.lifecycle.journal import note_made
from provisioning.lifecycle.mandates.ending import end_mandates_of_accounts
from provisioning.lifecycle.tasks.catalogue import CLOSE, close_account_task
from provisioning.lifecycle.workshop import STAFF_MAIL, Workshop
from provisioning.model.events import NewEvent
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.events.realm import RealmAction, RealmChanged, RealmObject
from provisioning.model.records import NewMail, NewTask, Task
from provisioning.planning.changes import AdoptAccount, DeactivateAccount
from provisioning.planning.objects import CreateObject, ObjectChange, ObjectType

INVITE_STAFF: Final = "invite-staff"


def change_realm(workshop: Workshop, changes: Sequence[ObjectChange]) -> tuple[int, tuple[Failure, ...]]:
    """Bring the realm's objects to what YAML says, in order; recorded first, by name and field, without values.

    Returns how many were brought, and which Keycloak refuses: the others are brought all the same.
    """
    if not changes:
        return 0, ()
    workshop.actor.progress.stage("changing the realm", len(changes))
    invitations = [_invitation(workshop, change) for change in changes if _is_new_staff(change)]
    with workshop.actor.transaction() as transaction:
        transaction.append([_realm_event(workshop, changes)])
        transaction.add_tasks(invitations)
    done, failures = [], []
    for change in changes:
        try:
            carry_out(workshop.actor.connection, change, workshop.context)
            done.append(change)
        except KeycloakError as error:
            if not concerns_one_object(error, workshop.actor.connection):
                raise
            failures.append(failure_of(f"{change.object.type} {change.object.name}", error))
        workshop.actor.progress.advance()
    staff = [c for c in done if isinstance(c, CreateObject) and c.object.type is ObjectType.STAFF]
    with workshop.actor.transaction() as transaction:
        note_made(transaction, (), workshop.actor.ledger.clock(), born=len(staff))
    return len(done), tuple(failures)


def finish_invitations(workshop: Workshop, staff: Collection[str], refused: Collection[Failure]) -> None:
    """Queue the mail of every member of `staff` who was recorded as new, by this run or by one that was cut off.

    Called when the realm is as planned, so that every user exists: a run that was cut off may have left one half made,
    which is a change like any other in the next plan. People whose user Keycloak refuses (`refused`) wait for it.
    An invitation of a person who is no longer staff is dropped.
    """
    with workshop.actor.transaction() as transaction:
        waiting = {failure.subject for failure in refused}
        tasks = [task for task in transaction.pending_tasks(INVITE_STAFF) if _named(task.subject) not in waiting]
        transaction.finish_tasks([task.key for task in tasks])
        transaction.enqueue_mails([_staff_mail(task) for task in tasks if task.subject in staff])


def adopt_accounts(workshop: Workshop, adoptions: Sequence[AdoptAccount]) -> int:
    """Record accounts that Keycloak has with our mark and the ledger does not know; nothing changes in Keycloak."""
    events = [birth_event(adoption.desired, None, workshop.actor.name) for adoption in adoptions]
    with workshop.actor.transaction() as transaction:
        transaction.append(events)
    return len(events)


def close_accounts(workshop: Workshop, endings: Sequence[DeactivateAccount]) -> tuple[int, tuple[Failure, ...]]:
    """End accounts: the verdict is in the ledger before Keycloak is asked. Source: order cl. 7, 10, 11.

    Returns how many were closed, and which Keycloak refuses to close: their end is in force all the same.
    """
    if not endings:
        return 0, ()
    workshop.actor.progress.stage("deactivating accounts", len(endings))
    tasks = [close_account_task(ending.desired.image.username) for ending in endings]
    with workshop.actor.transaction() as transaction:
        recorded = {task.key for task in transaction.pending_tasks(CLOSE)}
        fresh = [e for e, task in zip(endings, tasks, strict=True) if task.key not in recorded]
        transaction.append([_ending_event(workshop, ending) for ending in fresh])
        end_mandates_of_accounts(workshop.actor.name, transaction, [e.desired.image.username for e in fresh])
        transaction.add_tasks(tasks)
    refused: list[tuple[NewTask, KeycloakError]] = []
    for ending, task in zip(endings, tasks, strict=True):
        try:
            close_account(workshop.actor.connection, ending.desired.image)
        except KeycloakError as error:
            if not concerns_one_object(error, workshop.actor.connection):
                raise
            refused.append((task, error))
            continue
        made = [ending.desired] if ending.desired.deactivation is not None else []
        with workshop.actor.transaction() as transaction:
            transaction.finish_tasks([task.key])
            note_made(transaction, made, workshop.actor.ledger.clock())
        workshop.actor.progress.advance()
    return len(endings) - len(refused), note_refused(workshop, refused)


def _named(username: str) -> str:
    """How a failure names the user of a member of staff."""
    return f"{ObjectType.STAFF} {username}"


def _is_new_staff(change: ObjectChange) -> bool:
    enabled = change.object.fields.get(("enabled",))
    return isinstance(change, CreateObject) and change.object.type is ObjectType.STAFF and enabled is True


def _invitation(workshop: Workshop, change: ObjectChange) -> NewTask:
    name = change.object.name
    data = {"base_key_id": workshop.actor.new_id(), "email": str(change.object.fields["email",])}
    return NewTask(f"invite-staff:{name}", INVITE_STAFF, name, data)


def _staff_mail(task: Task) -> NewMail:
    base_key_id = str(task.data["base_key_id"])
    return NewMail(base_key_id, STAFF_MAIL, str(task.data["email"]), task.subject, {"base_key_id": base_key_id})


def _realm_event(workshop: Workshop, changes: Sequence[ObjectChange]) -> NewEvent:
    objects = tuple(
        RealmObject(
            RealmAction.CREATE if isinstance(change, CreateObject) else RealmAction.UPDATE,
            change.object.type.value,
            change.object.name,
            tuple(field.field for field in change.changes),
        )
        for change in changes
    )
    return NewEvent(RealmChanged(objects=objects), "realm", workshop.actor.name)


def _ending_event(workshop: Workshop, ending: DeactivateAccount) -> NewEvent:
    if not ending.again:
        return death_event(ending.desired, workshop.actor.name)
    alarm = AlarmRaised(what="a deactivated account was live in Keycloak and is closed again")
    return NewEvent(alarm, ending.desired.image.username, workshop.actor.name, clause="cl. 11")
