"""Carries much work of one kind out: recorded in the ledger in large chunks, done in Keycloak in small batches by a few
threads, marked done in large chunks again, so that neither waits for the other.

Only the calling thread writes the ledger. Whatever ends the run, batches under way are waited for and marked done. A
piece of work that Keycloak refuses is left aside by itself and reported; a Keycloak that is away ends the run.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakError, KeycloakStumbled, KeycloakUnreachable
from provisioning.lifecycle.applying.pace import WORKERS, Pace
from provisioning.lifecycle.failing import concerns_one_object

CHUNK: Final = 200
"""Pieces of work in one transaction of the ledger."""

PATIENCE_S: Final = 180.0
"""How long one batch is tried while Keycloak does not answer or is busy: a restart takes 10-20 s."""

STUMBLES: Final = 6
"""How often one batch, or one piece, is tried when Keycloak stumbles over it (500)."""

MOST_REFUSED: Final = 25
"""Pieces refused before any was done: then it is no fault of theirs, and the run ends."""

Wanted = TypeVar("Wanted")
Recorded = TypeVar("Recorded")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Refused(Generic[Recorded]):
    """A piece of work that Keycloak refuses, and why."""

    piece: Recorded
    error: KeycloakError


@dataclass(frozen=True, slots=True)
class Ran(Generic[Recorded]):
    """How many pieces of work were done, and which Keycloak refused."""

    done: int = 0
    refused: tuple[Refused[Recorded], ...] = ()


@dataclass(slots=True)
class _Run(Generic[Wanted, Recorded]):
    """One run: what is still to be recorded, recorded, under way, refused, and done but not marked so.

    Recording may drop pieces, so that `record` gives back fewer than it was given.
    """

    left: deque[Wanted]
    record: Callable[[Sequence[Wanted]], list[Recorded]]
    carry_out: Callable[[KeycloakConnection, Sequence[Recorded]], None]
    finish: Callable[[Sequence[Recorded]], None]
    connections: SimpleQueue[KeycloakConnection]
    pool: ThreadPoolExecutor
    patience_s: float
    chunk: int
    pace: Pace = field(default_factory=Pace)
    ready: deque[Recorded] = field(default_factory=deque)
    running: dict[Future[tuple[float, list[Refused[Recorded]]]], list[Recorded]] = field(default_factory=dict)
    done: list[Recorded] = field(default_factory=list)
    refused: list[Refused[Recorded]] = field(default_factory=list)
    finished: int = 0

    def start_batches(self) -> None:
        """Keep every worker busy, and record the next chunk before the last batch of this one is taken."""
        while len(self.running) < self.pace.workers and (self.ready or self.left):
            if not self.ready:
                self.record_chunk()
                continue
            batch = [self.ready.popleft() for _ in range(min(self.pace.batch, len(self.ready)))]
            self.running[self.pool.submit(self.work, batch)] = batch
        if self.left and len(self.ready) < self.pace.workers * self.pace.batch:
            self.record_chunk()

    def record_chunk(self) -> None:
        """One transaction of the ledger."""
        self.ready.extend(self.record([self.left.popleft() for _ in range(min(self.chunk, len(self.left)))]))

    def work(self, batch: Sequence[Recorded]) -> tuple[float, list[Refused[Recorded]]]:
        """In a worker: one batch, tried again while Keycloak is away. Returns seconds, and what Keycloak refuses. A
        connection has one user.
        """
        connection = self.connections.get()
        started = time.monotonic()
        try:
            refused = list(self.refused_of(connection, batch))
        finally:
            self.connections.put(connection)
        return time.monotonic() - started, refused

    def refused_of(self, connection: KeycloakConnection, batch: Sequence[Recorded]) -> Iterator[Refused[Recorded]]:
        """Carry a batch out; when Keycloak refuses it, one piece at a time, to yield those at fault."""
        try:
            patiently(lambda: self.carry_out(connection, batch), self.patience_s, self.pace.went_badly)
        except KeycloakError as error:
            if not concerns_one_object(error, connection):
                raise
            if len(batch) == 1:
                yield Refused(batch[0], error)
                return
            for piece in batch:
                yield from self.refused_of(connection, [piece])

    def collect(self, ended: Iterable[Future[tuple[float, list[Refused[Recorded]]]]]) -> None:
        """Take the results in; raises the first failure after everything that succeeded is taken in."""
        failures: list[BaseException] = []
        for future in ended:
            batch = self.running.pop(future)
            if (failure := future.exception()) is not None:
                failures.append(failure)
                continue
            self.take_in(batch, *future.result())
        if not failures and len(self.refused) >= MOST_REFUSED and not self.done and not self.finished:
            failures.append(self.refused[-1].error)
        if failures:
            raise failures[0]

    def take_in(self, batch: Sequence[Recorded], seconds: float, refused: list[Refused[Recorded]]) -> None:
        """Take in a batch that ended."""
        self.refused += refused
        at_fault = {id(one.piece) for one in refused}
        done = [piece for piece in batch if id(piece) not in at_fault]
        self.done += done
        if not refused:
            self.pace.went_well(seconds, len(batch))

    def mark_done(self) -> None:
        """One transaction of the ledger."""
        if self.done:
            self.finish(self.done)
            self.finished += len(self.done)
            self.done = []


def patiently(call: Callable[[], Result], patience_s: float, went_badly: Callable[[], None] = lambda: None) -> Result:
    """Return the result of a call that is tried again, ever more slowly, while Keycloak does not answer or is busy.

    Raises KeycloakUnreachable after `patience_s` seconds; anything else at once.
    """
    trying = Retrying(
        retry=retry_if_exception_type(KeycloakUnreachable),
        wait=wait_exponential_jitter(multiplier=0.5, max=15),
        stop=lambda state: stop_after_delay(patience_s)(state) or _stumbled_often(state),
        before_sleep=lambda _: went_badly(),
        reraise=True,
    )
    return trying(call)


def _stumbled_often(state: RetryCallState) -> bool:
    stumbled = state.outcome is not None and isinstance(state.outcome.exception(), KeycloakStumbled)
    return stumbled and state.attempt_number >= STUMBLES


def run_pipeline(
    work: Sequence[Wanted],
    *,
    record: Callable[[Sequence[Wanted]], list[Recorded]],
    carry_out: Callable[[KeycloakConnection, Sequence[Recorded]], None],
    finish: Callable[[Sequence[Recorded]], None],
    connect: Callable[[], KeycloakConnection],
    patience_s: float | None = None,
    chunk: int = CHUNK,
) -> Ran[Recorded]:
    """Do all pieces of work; return how many were done, and which Keycloak refused. `carry_out` must be safe to repeat.
    Raises what the three raise.

    `chunk` pieces are recorded, and marked done, in one transaction.

    A failure, or Ctrl-C, starts nothing new: what is under way is waited for and marked done.
    """
    connections: SimpleQueue[KeycloakConnection] = SimpleQueue()
    for _ in range(WORKERS):
        connections.put(connect())
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="pipeline") as pool:
        patience_s = PATIENCE_S if patience_s is None else patience_s
        run = _Run(deque(work), record, carry_out, finish, connections, pool, patience_s, chunk)
        try:
            # 1. Record a chunk, and give every worker a batch of it.
            run.start_batches()
            while run.running:
                # 2. Take in whichever batch ends first; a failure is raised only after what succeeded is taken in.
                run.collect(wait(run.running, return_when=FIRST_COMPLETED).done)
                run.start_batches()
                # 3. Mark done by the chunk: a commit for each batch would make the workers wait for the disk.
                if len(run.done) >= chunk:
                    run.mark_done()
        finally:
            _wait_for_running(run)
    return Ran(run.finished, tuple(run.refused))


def _wait_for_running(run: _Run[Wanted, Recorded]) -> None:
    """Wait for what is under way and mark what was done, also when something went wrong."""
    wait(run.running)
    for future in [future for future in run.running if future.exception() is None]:
        run.take_in(run.running.pop(future), *future.result())
    run.mark_done()
