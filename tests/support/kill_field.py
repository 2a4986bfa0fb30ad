"""Where workers live and die: a realm, a ledger on either database, a mail catcher, and accounts to work on."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.lifecycle.comparison.convergence import converge
from provisioning.settings import Settings
from tests.support.configuration import Folder, school
from tests.support.kill_invariants import read_world, wrongs
from tests.support.kill_worker import Life, Worker, live, new_worker, run_apply, shifted_clock
from tests.support.mailcatcher import MailCatcher
from tests.support.realm import Realm

AUTHORITY = """
- id: "46-{number:07d}"
  kind: authority
  name: Департамент {number}
  authority: "00-0000001"
  email: department{number}@schools.example
"""
CLOCK_STEP_S = 150.0
"""How far the clock is moved on with every life: past the time for which a sender holds a mail."""


@dataclass
class Field:
    """`schools` in YAML so far, `moved` their e-mails, `lives` begun so far."""

    realm: Realm
    settings: Settings
    folder: Folder
    catcher: MailCatcher
    log: Path
    context: ForkServerContext
    schools: int = 0
    authorities: int = 2
    moved: dict[int, str] = field(default_factory=dict)
    lives: int = 0

    def grow(self, count: int = 1) -> None:
        """So many schools more in YAML."""
        self.schools += count
        authorities = (AUTHORITY.format(number=900 + number) for number in range(1, self.authorities + 1))
        schools = (school(number, *self._moved(number)) for number in range(1, self.schools + 1))
        self.folder.write(*authorities, *schools)

    def move(self, number: int) -> None:
        """Another e-mail for a school, in YAML."""
        self.moved[number] = f"email: moved{self.lives}-{number}@schools.example"
        self.grow(0)

    def names(self, newest: int = 6) -> tuple[str, ...]:
        """The newest schools and the authorities."""
        schools = range(max(1, self.schools - newest + 1), self.schools + 1)
        return tuple(f"46-{number:07d}" for number in [*schools, *range(901, 901 + self.authorities)])

    def begin(self, seed: int, operation: str | None = None, name: str = "", kill_at: int | None = None) -> BaseProcess:
        """A worker, in a process of its own."""
        self.lives += 1
        names = (name,) if name else self.names()
        offset = self.lives * CLOCK_STEP_S
        life = Life(self.settings.values, self.folder.path, self.log, seed, offset, names, operation, kill_at)
        process = self.context.Process(target=live, args=(life,))
        process.start()
        return process

    def last_words(self) -> str:
        """What the worker was at."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return lines[-1] if lines else "nothing yet"

    def recover(self, *, with_apply: bool) -> list[str]:
        """What anybody would do after a crash; then everything that does not hold."""
        with self.worker() as worker:
            if with_apply:
                run_apply(worker)
            converge(worker.actor, again=True)
            return wrongs(read_world(worker.actor.ledger, self.realm.connection, self.catcher, self.log))

    def rebuilt(self) -> int:
        """How many stored records differ from what all events add up to."""
        with self.worker() as worker:
            return rebuild(worker.actor.ledger)

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """A worker in this process, whom nobody kills; its clock is ahead of all before."""
        offset = (self.lives + 1) * CLOCK_STEP_S
        ledger: Ledger = open_ledger(self.settings.database_url, clock=shifted_clock(offset))
        life = Life(self.settings.values, self.folder.path, self.log.with_suffix(".own"), 0, offset, ())
        try:
            yield new_worker(life, self.settings, ledger)
        finally:
            ledger.close()

    def _moved(self, number: int) -> tuple[str, ...]:
        return (self.moved[number],) if number in self.moved else ()


def make_field(realm: Realm, database_url: str, folder: Path, catcher: MailCatcher) -> Field:
    """A field with two schools and two authorities, applied, and a server that forks workers."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.kill_worker"])
    settings = Settings({**realm.settings.values, "AIKOM_DATABASE_URL": database_url})
    made = Field(realm, settings, Folder(folder / "realm-config"), catcher, folder / "workers.log", context)
    made.grow(2)
    made.recover(with_apply=True)
    return made


def a_moment(chance: random.Random, longest_s: float) -> float:
    """How long to let a worker live, in seconds."""
    return chance.uniform(0.03, longest_s)
