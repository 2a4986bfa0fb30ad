"""Accounts are born: event and task in the ledger, one transaction in Keycloak, task done and mail queued.

A batch that was recorded and not confirmed is looked up before it is tried again, so an answer that got lost on the
way neither makes an account twice nor leaves one out. Source: order cl. 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from provisioning.keycloak.accounts.writing import create_accounts, create_missing
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakConflict
from provisioning.lifecycle.accounts.endings import death_event
from provisioning.lifecycle.applying.pipeline import run_pipeline
from provisioning.lifecycle.applying.refusals import note_refused
from provisioning.lifecycle.failing import Failure
from provisioning.lifecycle.journal import note_made
from provisioning.lifecycle.workshop import BASE_KEY_MAIL, Workshop
from provisioning.model.events import NewEvent
from provisioning.model.events.accounts import AccountCreated
from provisioning.model.events.base_keys import BaseKeyIssued
from provisioning.model.identifiers import InstitutionId, Username
from provisioning.model.institution import Kind
from provisioning.model.records import AccountRecord, NewMail, NewTask, Task
from provisioning.planning.changes import AccountImage, CreateAccount, DesiredAccount

OPEN: Final = "open-account"


@dataclass(frozen=True, slots=True)
class Birth:
    """What is recorded of a creation before it is carried out."""

    creation: CreateAccount
    task: NewTask


def open_accounts(
    workshop: Workshop, creations: Sequence[CreateAccount], records: Mapping[Username, AccountRecord]
) -> tuple[int, tuple[Failure, ...]]:
    """Carry out all births, several batches at a time; return how many, and which accounts Keycloak refuses.

    When Keycloak is away no further batch is started, those under way are waited for and marked done, and the failure
    is raised.
    """
    if not creations:
        return 0, ()
    workshop.actor.progress.stage("creating accounts and API keys", len(creations))
    ran = run_pipeline(
        creations,
        record=lambda chunk: _record(workshop, chunk, records),
        carry_out=_create,
        finish=lambda batch: _finish(workshop, batch),
        connect=workshop.actor.connection.clone,
    )
    return ran.done, note_refused(workshop, ((one.piece.task, one.error) for one in ran.refused))


def finish_births(workshop: Workshop, tasks: Sequence[Task], existing: Mapping[Username, AccountImage]) -> int:
    """Mark births of an earlier run done that Keycloak has carried out, and queue their mail."""
    finished = [task for task in tasks if task.action == OPEN and Username(task.subject) in existing]
    with workshop.actor.transaction() as transaction:
        transaction.finish_tasks([task.key for task in finished])
        transaction.enqueue_mails([mail for task in finished if (mail := base_key_mail(task)) is not None])
    return len(finished)


def birth_event(desired: DesiredAccount, base_key_id: str | None, actor: str) -> NewEvent:
    """Return the event of an account and its first API key. Source: order cl. 4."""
    image = desired.image
    born = AccountCreated(
        institution_id=InstitutionId(desired.institution_id),
        generation=desired.generation,
        is_authority=desired.is_authority,
        client_id=image.keys[0].client_id,
        base_key_id=base_key_id,
        **described(desired),
    )
    return NewEvent(born, image.username, actor)


class Description(TypedDict):
    """What the ledger keeps of an institution beside its account: decisions about spheres rest on it (order cl. 3)."""

    kind: Kind
    sphere: str
    name: str
    edrpou: str
    edebo_id: str
    katottg: str
    email: str


def described(desired: DesiredAccount) -> Description:
    """Describe an institution or authority as the configuration has it."""
    attributes = desired.image.attributes
    return {
        "kind": Kind(desired.kind),
        "sphere": attributes.get("sphere", ""),
        "name": attributes.get("institution_name", ""),
        "edrpou": attributes.get("edrpou", ""),
        "edebo_id": attributes.get("edebo_id", ""),
        "katottg": attributes.get("katottg", ""),
        "email": desired.image.email,
    }


def _create(connection: KeycloakConnection, births: Sequence[Birth]) -> None:
    images = [birth.creation.desired.image for birth in births]
    try:
        create_accounts(connection, images)
    except KeycloakConflict:
        _create_one_by_one(connection, images)


def _create_one_by_one(connection: KeycloakConnection, images: Sequence[AccountImage]) -> None:
    """After a conflict: those that are there already are taken as made, what is missing is made one at a time.

    Raises KeycloakConflict when somebody else's object has the name: it is never taken for ours.
    """
    for image in images:
        create_missing(connection, image)


def _finish(workshop: Workshop, births: Sequence[Birth]) -> None:
    mails = [mail for birth in births if (mail := base_key_mail(birth.task)) is not None]
    with workshop.actor.transaction() as transaction:
        transaction.finish_tasks([birth.task.key for birth in births])
        transaction.enqueue_mails(mails)
        made = [birth.creation.desired for birth in births]
        note_made(transaction, made, workshop.actor.ledger.clock(), born=len(births))
    workshop.actor.progress.advance(len(births))


def _record(
    workshop: Workshop, chunk: Sequence[CreateAccount], records: Mapping[Username, AccountRecord]
) -> list[Birth]:
    """Write down what is about to be done; what an earlier run wrote down is not written twice."""
    events: list[NewEvent] = []
    births: list[Birth] = []
    for creation in chunk:
        new, base_key_id = _events(workshop, creation, records.get(creation.desired.image.username))
        events += new
        births.append(Birth(creation, _task(creation.desired, base_key_id)))
    with workshop.actor.transaction() as transaction:
        transaction.append(events)
        transaction.add_tasks([birth.task for birth in births])
    return births


def _events(
    workshop: Workshop, creation: CreateAccount, record: AccountRecord | None
) -> tuple[list[NewEvent], str | None]:
    desired, actor = creation.desired, workshop.actor.name
    alive = desired.deactivation is None
    if record is None:
        base_key_id = workshop.actor.new_id() if alive else None
        born = birth_event(desired, base_key_id, actor)
        return ([born] if alive else [born, death_event(desired, actor)]), base_key_id
    if not alive:
        return [], None
    if record.base_key_id is not None and record.activated_at is None and record.invited_at is None:
        return [], record.base_key_id
    # Keycloak lost the account (an older backup, say): it is made again and needs a new base key.
    base_key_id = workshop.actor.new_id()
    issued = BaseKeyIssued(base_key_id=base_key_id, email=desired.image.email)
    return [NewEvent(issued, desired.image.username, actor)], base_key_id


def _task(desired: DesiredAccount, base_key_id: str | None) -> NewTask:
    username = desired.image.username
    return NewTask(f"open:{username}", OPEN, username, {"base_key_id": base_key_id, "email": desired.image.email})


def base_key_mail(task: NewTask) -> NewMail | None:
    """Return the mail with the base key that a task promised; None when it promised none."""
    base_key_id = task.data.get("base_key_id")
    if not isinstance(base_key_id, str):
        return None
    return NewMail(base_key_id, BASE_KEY_MAIL, str(task.data["email"]), task.subject, {"base_key_id": base_key_id})
