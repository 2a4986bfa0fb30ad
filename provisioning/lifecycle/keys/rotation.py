"""Planned change of an API key: a new key beside the old one, and the old one's end (order cl. 4).

A new key is a new client, so for a while two live keys stand side by side, each with its own secret. At most two: the
older one ends before another rotation begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_keys, find_live_key
from provisioning.lifecycle.tasks.carrying_out import carry_out, carry_out_unasked, is_dead
from provisioning.lifecycle.tasks.catalogue import close_key_task, create_key_task, expire_key_task, notify_task
from provisioning.model.events import EventKind, JsonValue, NewEvent, format_time
from provisioning.model.events.api_keys import ApiKeyCreated, ApiKeyEnding, ApiKeyRetired
from provisioning.model.identifiers import ClientId, Username, key_client_id
from provisioning.model.records import ApiKeyRecord, NewTask
from provisioning.model.upkeep import ApiKeyPolicy

EXPIRED_MAIL: Final = "key-expired"
"""Template of provisioning.mail."""

USUAL: Final = ApiKeyPolicy()
"""What holds where nobody has read `realm.yaml`."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """The two keys of a rotation. `ends_at` is when the old one ends, None when it has ended.

    `resumed`: an earlier run had recorded this rotation, and this one carried it out.
    """

    old: ClientId
    new: ClientId
    ends_at: datetime | None
    resumed: bool = False


def rotate(actor: Actor, name: str, overlap: timedelta | None = None, policy: ApiKeyPolicy = USUAL) -> Rotated:
    """Make the account's next key; the present one ends after `overlap` (the policy's without one), at once for zero.

    A key whose end is planned already does not live longer for it.

    A rotation that was recorded and not carried out is finished instead of beginning another. Raises UnknownAccount,
    ActionRefused, CarriedOutLater.
    """
    overlap = policy.default_overlap if overlap is None else overlap
    if not timedelta(0) <= overlap <= policy.max_overlap:
        longest = policy.max_overlap // timedelta(hours=1)
        raise ActionRefused(f"an overlap lasts from 0 to {longest} hours", remedy="choose another overlap")
    with actor.transaction() as transaction:
        named = find_live_key(transaction, name, EventKind.API_KEY_CREATED)
        present = live_keys(transaction, named.username)[-1]
        rotated = _unfinished(transaction, present)
        if rotated is None:
            _refuse_third_key(transaction, present)
            rotated = _record(actor, transaction, present, overlap)
        tasks = _tasks(rotated)
        if not rotated.resumed:
            transaction.add_tasks(tasks)
    carry_out(actor, [task.key for task in tasks], f"the rotation from {rotated.old} to {rotated.new} is decided")
    return rotated


def retire(actor: Actor, name: str) -> ApiKeyRecord:
    """End the older key of a rotation before its time. Raises UnknownAccount, ActionRefused, CarriedOutLater."""
    with actor.transaction() as transaction:
        (record, *_) = find_keys(transaction, name)
        task, live = close_key_task(record.client_id), live_keys(transaction, record.username)
        pending = {task.key for task in transaction.pending_tasks()}
        if not (record.state.is_over and task.key in pending):
            record = find_live_key(transaction, record.client_id, EventKind.API_KEY_CREATED)
            if len(live) == 1:
                raise ActionRefused(
                    f"{record.client_id} is the only live API key of {record.username}",
                    remedy=f"make its successor first: `provision keys rotate {record.username}`",
                )
            transaction.append([retirement(actor, record)])
            transaction.add_tasks([task])
    carry_out(actor, [task.key], f"API key {record.client_id} is retired")
    return record


def retire_due(actor: Actor) -> tuple[ClientId, ...]:
    """End every key whose time is over by the ledger's clock. Safe to repeat. Raises CarriedOutLater.

    The last live key of an account that lives gets a successor, not yet revealed, and its owner gets a mail.
    """
    now = actor.now()
    with actor.ledger.reader() as reader:
        if not reader.keys_ending_by(now):
            return ()
    with actor.transaction() as transaction:
        due = transaction.readable(transaction.keys_ending_by(now), lambda key: key.client_id)
        transaction.append([retirement(actor, key) for key in due])
        tasks = [close_key_task(key.client_id) for key in due]
        for key in {key.username: key for key in due}.values():
            tasks += _successor(actor, transaction, key)
        transaction.add_tasks(tasks)
    carry_out_unasked(actor, [task.key for task in tasks], f"{len(tasks)} API keys are retired")
    return tuple(key.client_id for key in due)


def live_keys(reader: LedgerReader, username: Username) -> tuple[ApiKeyRecord, ...]:
    """Return keys of an account that are not over, oldest first."""
    return tuple(key for key in reader.api_keys(username) if not key.state.is_over)


def next_key(actor: Actor, reader: LedgerReader, username: Username) -> NewEvent:
    """Return the event of an account's next key; numbers are never used again. Source: order cl. 4, 8."""
    number = max(key.number for key in reader.api_keys(username)) + 1
    return NewEvent(ApiKeyCreated(username=username, number=number), key_client_id(username, number), actor.name)


def retirement(actor: Actor, record: ApiKeyRecord) -> NewEvent:
    """Return the event of a planned end."""
    return NewEvent(ApiKeyRetired(), record.client_id, actor.name)


def _successor(actor: Actor, transaction: LedgerTransaction, ended: ApiKeyRecord) -> list[NewTask]:
    if live_keys(transaction, ended.username) or is_dead(transaction, ended.username):
        return []
    created = next_key(actor, transaction, ended.username)
    transaction.append([created])
    facts: dict[str, JsonValue] = {"client_id": ended.client_id, "new_client_id": created.subject}
    notice = notify_task(ended.username, f"{EXPIRED_MAIL}:{ended.client_id}", EXPIRED_MAIL, facts)
    return [create_key_task(ClientId(created.subject), ended.client_id), notice]


def _unfinished(reader: LedgerReader, present: ApiKeyRecord) -> Rotated | None:
    """The rotation that made `present`, when Keycloak has not made that key yet."""
    for task in reader.pending_tasks():
        if task.key == f"create-key:{present.client_id}":
            old = reader.api_key(str(task.data["like"]))
            if old is not None:
                return Rotated(old.client_id, present.client_id, None if old.state.is_over else old.ends_at, True)
    return None


def _refuse_third_key(reader: LedgerReader, present: ApiKeyRecord) -> None:
    older = [key for key in live_keys(reader, present.username) if key.number < present.number]
    if older:
        until = f" until {older[0].ends_at:%Y-%m-%d %H:%M} UTC" if older[0].ends_at else ""
        raise ActionRefused(
            f"a rotation is under way: {older[0].client_id} still works{until} beside {present.client_id}",
            remedy=f"end the older one first: `provision keys retire {older[0].client_id}`",
        )


def _record(actor: Actor, transaction: LedgerTransaction, old: ApiKeyRecord, overlap: timedelta) -> Rotated:
    created = next_key(actor, transaction, old.username)
    events = [created]
    now = actor.now()
    ends_at = min(now + overlap, old.ends_at or now + overlap)
    if ends_at <= now:
        events.append(retirement(actor, old))
    else:
        events.append(NewEvent(ApiKeyEnding(ends_at=ends_at), old.client_id, actor.name))
    transaction.append(events)
    return Rotated(old.client_id, ClientId(created.subject), None if ends_at <= now else ends_at)


def _tasks(rotated: Rotated) -> list[NewTask]:
    create = create_key_task(rotated.new, rotated.old)
    if rotated.ends_at is None:
        return [create, close_key_task(rotated.old)]
    return [create, expire_key_task(rotated.old, format_time(rotated.ends_at))]
