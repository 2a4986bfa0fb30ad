"""Hands work that a page recorded to `provision watch`, and waits a moment for it.

What the page's own door allows is begun at once, so that a key is dead or made before the answer; the watch does the
whole of it all the same, woken by what was recorded (decision 35).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Final

from provisioning.keycloak.door import Door
from provisioning.keycloak.errors import KeycloakError
from provisioning.keycloak.names import DESK, PORTAL
from provisioning.ledger import LedgerReader
from provisioning.ledger.leases.lease import find_lease
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.lifecycle.tasks.catalogue import CLOSE, CLOSE_KEY, CREATE_KEY, UNLOCK
from provisioning.model.identifiers import ClientId, Username
from provisioning.model.records import Task

WATCH_LEASE: Final = "watch"
FINISHING_LEASE: Final = "watch-finishing"
"""Leases of the processes that carry out what is recorded: the whole service, or its part for that alone."""

PATIENCE_S: Final = 3.0
"""How long an answer waits for the watch, which needs a fraction of it."""

_LOOK_S: Final = 0.05

_Begin = Callable[[Door, str], None]

_AT_THE_DOOR: Final[Mapping[str, Mapping[str, _Begin]]] = {
    PORTAL: {
        CLOSE_KEY: lambda door, key: door.end_key(ClientId(key)),
        CREATE_KEY: lambda door, key: door.make_next_key(ClientId(key)),
    },
    DESK: {
        CLOSE: lambda door, account: door.end_sessions(Username(account)),
        UNLOCK: lambda door, account: door.lift_lock(Username(account)),
    },
}
"""Narrow account → what it may begin, by action."""


def hand_over(actor: Actor, keys: Collection[str], recorded: str) -> None:
    """Begin these tasks at the door, and wait until the watch has finished them.

    Raises CarriedOutLater when no watch is at work, when it does not finish in time, or when Keycloak refuses one of
    them: `recorded` says what is in force already.
    """
    wanted = set(keys)
    with actor.ledger.reader() as reader:
        tasks = [task for task in reader.pending_tasks() if task.key in wanted]
    if actor.door is not None:
        _begin(actor.door, tasks)
    deadline = time.monotonic() + PATIENCE_S
    left = {task.key for task in tasks}
    while left:
        with actor.ledger.reader() as reader:
            waiting = {task.key: task for task in reader.pending_tasks()}
            left &= waiting.keys()
            refused = any(waiting[key].last_error is not None for key in left)
            hopeless = refused or not is_watched(actor, reader)
        if left and (hopeless or time.monotonic() > deadline):
            raise CarriedOutLater(
                f"{recorded}. That is recorded and stands. Keycloak is not brought to it yet, {len(left)} of"
                f" {len(tasks)} actions are left",
                remedy="`provision watch` carries them out; see `provision watch status`",
            )
        if left:
            time.sleep(_LOOK_S)


def is_watched(actor: Actor, reader: LedgerReader) -> bool:
    """Return whether a process carries out what is recorded."""
    leases = [find_lease(reader, name) for name in (WATCH_LEASE, FINISHING_LEASE)]
    return any(lease is not None and not lease.is_free and lease.is_fresh(actor.now()) for lease in leases)


def _begin(door: Door, tasks: Collection[Task]) -> None:
    """What the door refuses or cannot do now, the watch does."""
    known = _AT_THE_DOOR.get(door.account, {})
    for task in tasks:
        if task.action in known:
            with suppress(KeycloakError):
                known[task.action](door, task.subject)
