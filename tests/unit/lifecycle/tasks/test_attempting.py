"""A task that Keycloak refuses is noted, waits longer each time, and is a person's after the last; others go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import (
    KeycloakAuthenticationError,
    KeycloakConflict,
    KeycloakRefused,
    KeycloakUnreachable,
)
from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.failing import TRIES
from provisioning.lifecycle.tasks.attempting import GIVEN_UP, attempt, failure_on_record, is_due, refused_tasks
from provisioning.model.events import EventKind
from provisioning.model.records import NewTask, Task
from provisioning.model.secret import Secret
from tests.support.ledger_events import START, data_of

ONE, TWO, THREE = "46-0000001", "46-0000002", "46-0000003"
REFUSED = KeycloakRefused("user 46-0000002 does not exist", status=404, remedy="look")


class World:
    """A ledger with three tasks and a clock; `bad` fails for these subjects, with these errors."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.ledger: Ledger = open_ledger(f"sqlite:///{folder / 'ledger.sqlite'}", clock=lambda: self.now)
        self.actor = Actor(KeycloakConnection("http://127.0.0.1:9", "r", "c", Secret("s")), self.ledger, "watch:test")
        self.bad: dict[str, Exception] = {}
        self.done: list[str] = []
        with self.ledger.transaction() as transaction:
            transaction.add_tasks([NewTask(f"close:{name}", "close-account", name) for name in (ONE, TWO, THREE)])

    def pending(self) -> tuple[Task, ...]:
        with self.ledger.reader() as reader:
            return reader.pending_tasks()

    def run(self, actor: Actor, task: Task) -> None:
        if task.subject in self.bad:
            raise self.bad[task.subject]
        self.done.append(task.subject)
        with actor.transaction() as transaction:
            transaction.finish_tasks([task.key])

    def attempt(self) -> int:
        return attempt(self.actor, [task for task in self.pending() if is_due(self.actor, task)], self.run).done


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.ledger.close()


def test_a_refused_task_holds_up_no_other_and_waits_longer_each_time(world: World) -> None:
    world.bad = {TWO: REFUSED}
    assert (world.attempt(), world.done) == (2, [ONE, THREE])
    waits = []
    for _ in range(TRIES - 2):
        (task,) = world.pending()
        assert task.next_try_at is not None
        waits.append(task.next_try_at - world.now)
        world.now = task.next_try_at - timedelta(seconds=1)
        assert not is_due(world.actor, task)
        world.now = task.next_try_at
        assert world.attempt() == 0
    assert waits == [timedelta(seconds=10 * 2**number) for number in range(TRIES - 2)]
    world.bad = {}
    world.now += timedelta(minutes=10)
    assert (world.attempt(), world.pending()) == (1, ())


def test_after_the_last_try_it_is_left_to_a_person_with_one_alarm(world: World) -> None:
    world.bad = {TWO: REFUSED}
    for _ in range(TRIES + 3):
        world.attempt()
        world.now += timedelta(hours=1)
    with world.ledger.reader() as reader:
        (task,) = refused_tasks(reader)
        alarms = list(reader.events(subject=TWO, kinds=[EventKind.ALARM_RAISED]))
    assert (task.failures, task.next_try_at) == (TRIES, None)
    assert [data_of(event)["what"] for event in alarms] == [GIVEN_UP]
    failure = failure_on_record(task)
    assert (failure.subject, "person" in failure.remedy) == (TWO, True)
    assert str(failure).count(TWO) == 2, "once as the subject, once in Keycloak's words"


@pytest.mark.parametrize(
    "away",
    [
        KeycloakUnreachable("away"),
        KeycloakAuthenticationError("refused"),
        KeycloakRefused("may not do this", status=403),
    ],
)
def test_a_keycloak_that_is_away_or_lets_us_do_nothing_ends_the_run(world: World, away: Exception) -> None:
    world.bad = {TWO: away}
    with pytest.raises(type(away)):
        world.attempt()
    assert world.done == [ONE]
    assert [task.last_error for task in world.pending()] == [None, None]


def test_work_that_is_recorded_anew_starts_anew(world: World) -> None:
    world.bad = {TWO: REFUSED}
    world.attempt()
    with world.ledger.transaction() as transaction:
        transaction.finish_tasks([f"close:{TWO}"])
        transaction.add_tasks([NewTask(f"close:{TWO}", "close-account", TWO)])
    (task,) = world.pending()
    assert (task.failures, task.next_try_at, task.last_error) == (0, None, None)


def test_what_another_process_made_at_the_same_moment_is_no_refusal(tmp_path: Path) -> None:
    """The watch is woken by what a command records, and both are at it: the second try finds it made."""
    world, tries = World(tmp_path), list[str]()

    def run(_: Actor, task: Task) -> None:
        tries.append(task.subject)
        if tries.count(task.subject) == 1:
            raise KeycloakConflict("already exists", status=409)

    done = attempt(world.actor, world.pending()[:1], run)
    assert (done.done, done.failures, len(tries)) == (1, (), 2)
    world.ledger.close()
