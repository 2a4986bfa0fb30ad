"""A process that works on accounts and keys until it is killed, and writes down what it has shown to anybody.

Forked from a server that has everything imported, so that a life costs milliseconds, not seconds.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import find_user
from provisioning.keycloak.realm.handler import RealmContext
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.leases.lease import hold_lease
from provisioning.lifecycle.accounts.deactivation import deactivate, reinstate
from provisioning.lifecycle.accounts.invitations import invite, withdraw
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.lifecycle.errors import ActionRefused, UnknownAccount
from provisioning.lifecycle.keys.cut_off import CutOffRequest, cut_off
from provisioning.lifecycle.keys.revelation import reveal_key
from provisioning.lifecycle.keys.rotation import retire, rotate
from provisioning.lifecycle.mail.outbox import send_outbox
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.api_key_secret import digest
from provisioning.model.configuration import Configuration
from provisioning.model.cut_off import CutOffReason
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.registry import load_configuration
from provisioning.settings import Settings
from tests.support.kill_points import KillPoints

WHY: Final = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 1", date(2026, 11, 24))
REQUEST: Final = CutOffRequest(CutOffReason.REQUEST, "director")


@dataclass(frozen=True, slots=True)
class Life:
    """What a worker is told. `offset_s` is how far its clock is ahead; `names` are the accounts it works on.

    With `operation` it does that once, on the first name, and dies at moment `kill_at`; without, it does random ones.
    """

    settings: Mapping[str, str]
    folder: Path
    log: Path
    seed: int
    offset_s: float
    names: tuple[str, ...]
    operation: str | None = None
    kill_at: int | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """One life's parts; `log` is an open file descriptor."""

    actor: Actor
    configuration: Configuration
    settings: Settings
    log: int

    @property
    def workshop(self) -> Workshop:
        context = RealmContext(self.configuration, self.settings)
        return Workshop(self.actor, context)

    def say(self, *words: str) -> None:
        """A line that outlives the process."""
        os.write(self.log, (" ".join(words) + "\n").encode())


def shifted_clock(offset_s: float) -> Callable[[], datetime]:
    """A clock that is ahead by so much: what waits for a time comes due without waiting."""
    return lambda: datetime.now(UTC) + timedelta(seconds=offset_s)


def live(life: Life) -> None:
    """The worker's whole life: to the end of its operation, or until somebody kills it."""
    points = KillPoints(life.kill_at)
    if life.operation is not None:
        points.install()
    settings = Settings(life.settings)
    ledger = open_ledger(settings.database_url, clock=shifted_clock(life.offset_s))
    worker = new_worker(life, settings, ledger)
    points.reset()
    if life.operation is not None:
        perform(worker, life.operation, life.names[0])
        return
    chance = random.Random(life.seed)  # noqa: S311 - a repeatable test
    while True:
        perform(worker, chance.choices(list(OPERATIONS), list(WEIGHTS.values()))[0], chance.choice(life.names))


def perform(worker: Worker, operation: str, name: str) -> None:
    """One operation; a refusal is an outcome like another."""
    worker.say("begin", operation, name)
    try:
        OPERATIONS[operation](worker, name)
    except (ActionRefused, UnknownAccount):
        worker.say("refused", operation, name)
    else:
        worker.say("done", operation, name)


def run_apply(worker: Worker, name: str = "") -> None:
    """As `provision apply` does it, without the mail; a guard that stands in the way is allowed by its exact number."""
    actor = worker.actor
    with hold_lease(actor.ledger, name="apply", holder=actor.name) as lease:
        where = (worker.configuration, worker.settings, actor.connection, actor.ledger)
        found = survey(*where)
        if found.plan.stops:
            found = survey(*where, allowed={stop.guard: stop.count for stop in found.plan.stops})
        apply(Workshop(replace(actor, fence=lease.fence), worker.workshop.context), found)


def new_worker(life: Life, settings: Settings, ledger: Ledger) -> Worker:
    """The parts of a life on an open ledger."""
    configuration = load_configuration(life.folder).require()
    actor = Actor(KeycloakConnection.from_settings(settings), ledger, "staff:test")
    return Worker(actor, configuration, settings, os.open(life.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))


def _reveal(worker: Worker, name: str) -> None:
    shown = reveal_key(worker.actor, name, again=True, reason="test")
    worker.say("shown", shown.record.client_id, shown.fingerprint, digest(shown.secret))


def _rotate(worker: Worker, name: str) -> None:
    rotate(worker.actor, name, timedelta(hours=1))


def _rotate_at_once(worker: Worker, name: str) -> None:
    rotate(worker.actor, name, timedelta(0))


def _retire(worker: Worker, name: str) -> None:
    with worker.actor.ledger.reader() as reader:
        oldest = next((key.client_id for key in reader.api_keys(name) if not key.state.is_over), name)
    retire(worker.actor, oldest)


def _activate(worker: Worker, name: str) -> None:
    """What our extension leaves behind when somebody has used the base key."""
    connection = worker.actor.connection
    user = find_user(connection, name)
    if user is not None and user["enabled"]:
        attributes = {**user["attributes"], "activated_at": [worker.actor.now().isoformat()]}
        connection.put(f"/users/{user['id']}", {**user, "attributes": attributes})


OPERATIONS: Final[Mapping[str, Callable[[Worker, str], object]]] = {
    "apply": run_apply,
    "reveal": _reveal,
    "rotate": _rotate,
    "rotate-at-once": _rotate_at_once,
    "retire": _retire,
    "cut-off": lambda worker, name: cut_off(worker.actor, name, REQUEST),
    "deactivate": lambda worker, name: deactivate(worker.actor, [name], WHY),
    "reinstate": lambda worker, name: reinstate(worker.actor, name, "№ 2"),
    "invite": lambda worker, name: invite(worker.actor, name, reset=True),
    "withdraw": lambda worker, name: withdraw(worker.actor, name, "test"),
    "activate": _activate,
    "converge": lambda worker, name: converge(worker.actor),
    "outbox": lambda worker, name: send_outbox(worker.workshop),
}
WEIGHTS: Final = dict.fromkeys(OPERATIONS, 4) | {
    "apply": 2,
    "deactivate": 1,
    "withdraw": 1,
    "activate": 1,
    "converge": 2,
}
