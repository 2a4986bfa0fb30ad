"""Attempts recorded tasks one by one: one that Keycloak refuses is noted on its task and holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from provisioning.keycloak.errors import KeycloakConflict, KeycloakError, KeycloakStumbled
from provisioning.ledger import LedgerReader, LedgerTransaction
from provisioning.ledger.errors import LeaseHeld
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.failing import TRIES, Failure, concerns_one_object, failure_of, next_try
from provisioning.model.events import NewEvent
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.records import Task

GIVEN_UP: Final = "Keycloak refuses what was recorded, again and again; a person must look"
"""What an alarm says when a task is left to a person."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """How many tasks were carried out, and which Keycloak refused."""

    done: int = 0
    failures: tuple[Failure, ...] = ()


def attempt(actor: Actor, tasks: Iterable[Task], run: Callable[[Actor, Task], None]) -> Attempted:
    """Carry tasks out, each by itself. Raises KeycloakError when Keycloak is away; what is done by then stays done."""
    done, failures = 0, []
    for task in tasks:
        try:
            # The holder of the account's lease is at work on this very task.
            with suppress(LeaseHeld):
                _run_beside_others(actor, task, run)
                done += 1
        except KeycloakError as error:
            if not concerns_one_object(error, actor.connection):
                raise
            failures.append(failure_of(task.subject, error))
            with actor.transaction() as transaction:
                note_failures(actor, transaction, {task.key: failures[-1]})
    return Attempted(done, tuple(failures))


def _run_beside_others(actor: Actor, task: Task, run: Callable[[Actor, Task], None]) -> None:
    """Of two processes that make the same thing at one moment one finds it made; every task may be repeated."""
    try:
        run(actor, task)
    except (KeycloakConflict, KeycloakStumbled):
        run(actor, task)


def note_failures(actor: Actor, transaction: LedgerTransaction, failures: Mapping[str, Failure]) -> None:
    """Note on tasks, by key, that Keycloak refused them, and when each is tried again; the alarm comes with the last
    try.
    """
    for task in transaction.pending_tasks():
        if task.key not in failures:
            continue
        count = task.failures + 1
        transaction.task_failed(task.key, str(failures[task.key]), next_try(actor.now(), count))
        if count == TRIES:
            subjects = transaction.readable([task.subject], str)
            transaction.append(
                [NewEvent(AlarmRaised(what=GIVEN_UP), name, actor.name, clause="cl. 3") for name in subjects]
            )


def is_due(actor: Actor, task: Task) -> bool:
    """Return whether a task is to be attempted unasked: it never failed, or its pause is over."""
    if task.last_error is None:
        return True
    return task.next_try_at is not None and task.next_try_at <= actor.now()


def refused_tasks(reader: LedgerReader) -> tuple[Task, ...]:
    """Return the tasks that Keycloak refused when they were last tried, oldest first."""
    return tuple(task for task in reader.pending_tasks() if task.last_error is not None)


def failures_on_record(reader: LedgerReader) -> tuple[Failure, ...]:
    """Return what Keycloak refuses of all that is recorded, in words, oldest first."""
    return tuple(failure_on_record(task) for task in refused_tasks(reader))


def failure_on_record(task: Task) -> Failure:
    """Return the failure of a refused task in words."""
    remedy = (
        "" if task.next_try_at is not None else "left to a person: put it right, then `provision accounts converge`"
    )
    return Failure(task.subject, (task.last_error or "").removeprefix(f"{task.subject}: "), remedy)
