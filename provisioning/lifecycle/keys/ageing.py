"""API keys that grow old: their end is planned and announced, by the policy in `realm.yaml` (order cl. 4).

What happens at the end is `rotation.retire_due`; Keycloak itself refuses the key from then on, whether or not anything
of ours runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from provisioning.ledger import LedgerReader
from provisioning.ledger.queries.mails import mails_named
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.tasks.carrying_out import carry_out_unasked, is_dead
from provisioning.lifecycle.tasks.catalogue import NOTIFY, expire_key_task, notify_task
from provisioning.model.events import JsonValue, NewEvent, format_time
from provisioning.model.events.api_keys import ApiKeyEnding, EndingBecause
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.key_ageing import end_by_age, warning_step
from provisioning.model.records import ApiKeyRecord, NewTask
from provisioning.model.upkeep import ApiKeyPolicy

EXPIRING_MAIL: Final = "key-expiring"
"""Template of provisioning.mail."""

AT_ONCE: Final = 200
"""Keys in one transaction of the ledger."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Aged:
    """How many keys got an end, and how many owners get a warning."""

    planned: int
    warned: int


def age_keys(actor: Actor, policy: ApiKeyPolicy) -> Aged:
    """Plan the end of keys that grow old and queue the warnings that are due; each step once. Safe to repeat.

    Raises CarriedOutLater when Keycloak does not follow yet.
    """
    now = actor.now()
    with actor.ledger.reader() as reader:
        live = _newest_live(reader.all_api_keys())
        pending = {task.key for task in reader.pending_tasks(NOTIFY)}
    ending = {key.client_id: at for key in live if (at := end_by_age(key, policy, now)) is not None}
    due = {key.client_id: _warning(key, ending.get(key.client_id, key.ends_at), policy, now) for key in live}
    warnings = {str(task.data["key"]): task.key for task in due.values() if task is not None}
    with actor.ledger.reader() as reader:
        announced = {warnings[name] for name in mails_named(reader, warnings)} | pending
    warned = {client_id for client_id, task in due.items() if task is not None and task.key not in announced}
    done = Aged(0, 0)
    for batch in _batches([key for key in live if key.client_id in ending or key.client_id in warned]):
        done = _record(actor, batch, policy, now, announced, done)
        actor.progress.advance(len(batch))
    return done


def _record(
    actor: Actor,
    batch: Sequence[ApiKeyRecord],
    policy: ApiKeyPolicy,
    now: datetime,
    announced: set[str],
    done: Aged,
) -> Aged:
    events: list[NewEvent] = []
    tasks: list[NewTask] = []
    warned = 0
    with actor.transaction() as transaction:
        for key in _still_live(transaction, batch):
            ends_at = key.ends_at
            if (planned := end_by_age(key, policy, now)) is not None:
                ends_at = planned
                ending = ApiKeyEnding(ends_at=planned, why=EndingBecause.AGE)
                events.append(NewEvent(ending, key.client_id, actor.name))
                tasks.append(expire_key_task(key.client_id, format_time(planned)))
            warning = _warning(key, ends_at, policy, now)
            if warning is not None and warning.key not in announced:
                tasks.append(warning)
                warned += 1
        transaction.append(events)
        transaction.add_tasks(tasks)
    carry_out_unasked(actor, [task.key for task in tasks], f"the end of {len(events)} API keys is planned")
    return Aged(done.planned + len(events), done.warned + warned)


def _warning(key: ApiKeyRecord, ends_at: datetime | None, policy: ApiKeyPolicy, now: datetime) -> NewTask | None:
    """The task of the warning that is due, whether or not it was given already; its data name the mail."""
    step = None if ends_at is None else warning_step(ends_at, policy, now)
    if ends_at is None or step is None:
        return None
    name = f"{EXPIRING_MAIL}:{key.client_id}:{ends_at:%Y-%m-%d}:{step // _DAY}"
    facts: dict[str, JsonValue] = {
        "client_id": key.client_id,
        "ends": format_time(ends_at),
        "days": max(1, (ends_at - now) // _DAY),
    }
    return notify_task(key.username, name, EXPIRING_MAIL, facts)


def _newest_live(keys: Mapping[ClientId, ApiKeyRecord]) -> list[ApiKeyRecord]:
    """Of each account the newest key that is not over: an older one beside it ends by its owner's wish."""
    newest: dict[Username, ApiKeyRecord] = {}
    for key in keys.values():
        if not key.state.is_over and (key.username not in newest or newest[key.username].number < key.number):
            newest[key.username] = key
    return sorted(newest.values(), key=lambda key: key.client_id)


def _still_live(reader: LedgerReader, keys: Iterable[ApiKeyRecord]) -> Iterator[ApiKeyRecord]:
    for key in reader.readable(keys, lambda key: key.client_id):
        record = reader.api_key(key.client_id)
        if record is not None and not record.state.is_over and not is_dead(reader, key.username):
            yield record


def _batches(keys: Sequence[ApiKeyRecord]) -> Iterator[Sequence[ApiKeyRecord]]:
    waiting = iter(keys)
    while batch := list(islice(waiting, AT_ONCE)):
        yield batch
