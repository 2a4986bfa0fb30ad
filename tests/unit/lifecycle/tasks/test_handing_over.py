"""What a page records is handed to the watch: waited for while there is one, and said to be left when there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from provisioning.keycloak.connection import NoConnection
from provisioning.keycloak.door import Door
from provisioning.keycloak.errors import KeycloakRefused, KeycloakUnreachable
from provisioning.keycloak.names import DESK, PORTAL, PUBLIC
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.leases.lease import hold_lease
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import (
    bring_key_scopes_task,
    close_account_task,
    close_key_task,
    create_key_task,
    unlock_task,
)
from provisioning.lifecycle.tasks.handing_over import FINISHING_LEASE, PATIENCE_S, WATCH_LEASE
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import NewTask

ACCOUNT = Username("46-0000001")
KEY, NEXT = ClientId("api-46-0000001-k1"), ClientId("api-46-0000001-k2")
TASKS = (
    close_key_task(KEY),
    create_key_task(NEXT, KEY),
    close_account_task(ACCOUNT),
    unlock_task(ACCOUNT),
    bring_key_scopes_task(KEY),
)


class Knocks(NoConnection):
    """A connection that notes what is asked at the door; `silent`: it does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.silent = False

    def call_own(self, method: str, path: str, body: object) -> None:
        self.asked.append(f"{method} {path.removeprefix('aikom-door/')}")
        if self.silent:
            raise KeycloakUnreachable("silent")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with opened.transaction() as transaction:
        transaction.add_tasks(TASKS)
    yield opened
    opened.close()


def hand_over(ledger: Ledger, door: Door | None = None, tasks: tuple[NewTask, ...] = TASKS) -> None:
    actor = Actor.at_page(ledger, "institution:46-0000001", door)
    carry_out(actor, [task.key for task in tasks], "it is decided")


def finish(ledger: Ledger, *tasks: NewTask) -> None:
    with ledger.transaction() as transaction:
        transaction.finish_tasks([task.key for task in tasks])


def test_without_a_watch_it_is_said_at_once_that_it_is_left(ledger: Ledger) -> None:
    began = time.monotonic()
    with pytest.raises(CarriedOutLater, match="recorded and stands"):
        hand_over(ledger)
    assert time.monotonic() - began < PATIENCE_S


@pytest.mark.parametrize("lease", [WATCH_LEASE, FINISHING_LEASE])
def test_what_the_watch_finishes_while_the_page_waits_is_done(ledger: Ledger, lease: str) -> None:
    with ExitStack() as stack:
        stack.enter_context(hold_lease(ledger, name=lease, holder="watch"))
        watch = threading.Timer(0.3, finish, (ledger, *TASKS))
        watch.start()
        hand_over(ledger)
        watch.join()


def test_a_watch_that_does_not_come_round_is_not_waited_for(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioning.lifecycle.tasks.handing_over.PATIENCE_S", 0.2)
    with hold_lease(ledger, name=WATCH_LEASE, holder="watch"), pytest.raises(CarriedOutLater, match="5 of 5 actions"):
        hand_over(ledger)


def test_what_keycloak_refuses_is_not_waited_for(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.task_failed(TASKS[0].key, "Keycloak refuses it", None)
    began = time.monotonic()
    with hold_lease(ledger, name=WATCH_LEASE, holder="watch"), pytest.raises(CarriedOutLater):
        hand_over(ledger)
    assert time.monotonic() - began < PATIENCE_S


@pytest.mark.parametrize(
    ("account", "asked"),
    [
        (PORTAL, [f"post keys/{KEY}/end", f"post keys/{NEXT}/next"]),
        (DESK, [f"delete accounts/{ACCOUNT}/sessions", f"delete accounts/{ACCOUNT}/lock"]),
        (PUBLIC, []),
    ],
)
@pytest.mark.parametrize("silent", [False, True])
def test_each_door_begins_its_own_part_and_finishes_none(
    ledger: Ledger, account: str, asked: list[str], silent: bool
) -> None:
    connection = Knocks()
    connection.silent = silent
    with suppress(CarriedOutLater):
        hand_over(ledger, Door(connection, account))
    assert sorted(connection.asked) == sorted(asked)
    with ledger.reader() as reader:
        assert {task.key for task in reader.pending_tasks()} == {task.key for task in TASKS}


def test_a_page_has_no_way_past_the_door(ledger: Ledger) -> None:
    actor = Actor.at_page(ledger, "staff:o.koval", None)
    for call in (lambda: actor.connection.get("/users"), lambda: actor.connection.clone().post("/users", {})):
        with pytest.raises((KeycloakRefused, KeycloakUnreachable)):
            call()
