"""From a decision to its effect: how long until two gate nodes refuse what was ended, under load.

Source: docs/performance.md P7.

    python -m bench.revocation [--endings 1000] [--bound]

Each ending is a cut-off of an API key or the deactivation of an account, by turns, in the ledger on PostgreSQL. A
watcher per node, behind that node's nginx, asks again and again with a token that was issued before; the time from just
before the commit to the first 403 counts. Meanwhile other tokens keep both nodes busy and other events the ledger.
With `--bound` the tokens that are watched are bound to a key, with a fresh proof (DPoP) at every question.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import packages
from bench.load import start_load
from provisioning.ledger import Ledger, open_ledger
from provisioning.model.events import EventKind, JsonValue, NewEvent
from sidecar.gate.follower import POLL_S
from tests.support.gate_chain import Chain, pupils_of, running_chain, running_node
from tests.support.gate_world import NORTH_SCHOOL, OIS, PUBLIC_URL, GateWorld, gate_world, sphere_of
from tests.support.keycloak_server import start_server
from tests.support.ledger_events import event_by, renewed
from tests.support.postgres import PostgresServer
from tests.support.proofs import Prover

CONNECTIONS: Final = 8
PAUSE_MS: Final = 4
"""Each connection asks again after this: together about 2,000 requests a second on each node."""

EVENTS_PER_SECOND: Final = 100
GIVE_UP_S: Final = 10.0
GOAL_S: Final = 0.1
NODES: Final = 2


@dataclass(frozen=True, slots=True)
class Ending:
    """One ending and how long each node took, in seconds."""

    kind: EventKind
    took: tuple[float, ...]


def main() -> None:
    """Measure and print text and JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endings", type=int, default=1_000)
    parser.add_argument("--bound", action="store_true")
    options = parser.parse_args()
    endings: int = options.endings
    packages.require(wrk="wrk", nginx="nginx-light")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        for part in ("keycloak", "world"):
            (folder / part).mkdir()
        server = start_server(folder / "keycloak")
        stack.callback(server.stop)
        database = stack.enter_context(PostgresServer()).create_database("gate")
        world = stack.enter_context(gate_world(server, database, folder / "world"))
        schools = [f"46-{number:07d}" for number in range(10_001, 10_001 + endings)]
        _give_birth(world, schools)
        chains = [
            stack.enter_context(running_chain(world, stack.enter_context(running_node(world)))) for _ in range(NODES)
        ]
        for chain in chains:
            chain.wait_until_fresh()
        with _busy(world, chains, folder):
            measured = list(_endings(world, chains, schools, Prover() if options.bound else None))
    report(measured)


def report(endings: Sequence[Ending]) -> None:
    """Percentiles over all endings of the slower node, beside the poll interval and the goal."""
    slower = sorted(max(ending.took) for ending in endings)
    by_kind = {
        kind.value: sorted(max(e.took) for e in endings if e.kind is kind)
        for kind in (EventKind.API_KEY_CUT_OFF, EventKind.ACCOUNT_DEACTIVATED)
    }
    for name, times in {"all": slower, **by_kind}.items():
        print(  # noqa: T201 - a bench prints its figures
            f"{name:24} {len(times):5} endings on {NODES} nodes: p50 {_at(times, 50):7.1f} ms"
            f"   p99 {_at(times, 99):7.1f} ms   max {times[-1] * 1000:7.1f} ms"
        )
    figures = {"endings": len(slower), "p50_ms": _at(slower, 50), "p99_ms": _at(slower, 99), "max_ms": slower[-1] * 1e3}
    p99_s = figures["p99_ms"] / 1000
    ratios = {"p99_to_poll_interval": p99_s / POLL_S, "p99_to_goal": p99_s / GOAL_S}
    print(f"poll interval {POLL_S * 1000:.0f} ms, goal p99 < {GOAL_S * 1000:.0f} ms; {ratios}")  # noqa: T201
    print(json.dumps({"figures": figures, "poll_interval_ms": POLL_S * 1000, "ratios": ratios}))  # noqa: T201


def _at(times: Sequence[float], percent: int) -> float:
    """A percentile in milliseconds."""
    return times[min(len(times) - 1, len(times) * percent // 100)] * 1000


def _give_birth(world: GateWorld, schools: Sequence[str]) -> None:
    """Accounts with revealed keys and mandates, in the ledger alone: no decision asks Keycloak."""
    with world.office.ledger.transaction() as transaction:
        for school in schools:
            transaction.append(list(_birth(world, school)))


def _birth(world: GateWorld, school: str) -> Iterator[NewEvent]:
    key = f"api-{school}-k1"
    born: dict[str, JsonValue] = {"institution_id": school, "generation": 1, "kind": "school", "is_authority": False}
    more: dict[str, JsonValue] = {"client_id": key, "base_key_id": f"bk-{school}", "email": f"{school}@example.ua"}
    yield _event(EventKind.ACCOUNT_CREATED, school, **born, **more, sphere=sphere_of(school), name=school)
    yield _event(EventKind.API_KEY_REVEALED, key, fingerprint="k1:00000000")
    contract: dict[str, JsonValue] = {
        "contract_number": "1",
        "contract_date": "2026-09-01",
        "rights": ["students.read"],
    }
    yield _event(EventKind.MANDATE_GRANTED, school, mandate=f"{school}.{OIS}.1", ois=OIS, **contract)


def _event(kind: EventKind, subject: str, /, **data: JsonValue) -> NewEvent:
    return event_by("staff:bench", kind, subject, data)


def _endings(
    world: GateWorld, chains: Sequence[Chain], schools: Sequence[str], prover: Prover | None
) -> Iterator[Ending]:
    like = world.claims(NORTH_SCHOOL)
    if prover is not None:
        like = {**like, "typ": "DPoP", "cnf": {"jkt": prover.thumbprint, "kc-jkt-type": "DPoP"}}
    with ThreadPoolExecutor(len(chains)) as pool:
        for number, school in enumerate(schools):
            own = {"sub": school, "institution": school, "preferred_username": f"service-account-api-{school}-k1"}
            token = world.forge.sign(world.forge.claims(like, **own))
            watchers = [_Watcher(chain, token, school, prover) for chain in chains]
            waiting: list[Future[float]] = [pool.submit(watcher.first_refusal) for watcher in watchers]
            for watcher in watchers:
                watcher.let_in.wait(GIVE_UP_S)
            kind, decided_at = _end(world, school, by_cut_off=number % 2 == 0)
            yield Ending(kind, tuple(max(0.0, future.result() - decided_at) for future in waiting))


def _end(world: GateWorld, school: str, *, by_cut_off: bool) -> tuple[EventKind, float]:
    why: dict[str, JsonValue] = {"reason": "cyber-incident", "document": "№ 1", "date": "2026-11-20"}
    if by_cut_off:
        event = _event(EventKind.API_KEY_CUT_OFF, f"api-{school}-k1", reason="request")
    else:
        event = _event(EventKind.ACCOUNT_DEACTIVATED, school, **why)
    with world.office.ledger.transaction() as transaction:
        transaction.append([event])
        decided_at = time.perf_counter()
    return event.kind, decided_at


class _Watcher:
    """Asks one node with one token until it is refused. `let_in` is set once it was not.

    `prover` holds the key that the token is bound to; None for a bearer token.
    """

    def __init__(self, chain: Chain, token: str, school: str, prover: Prover | None) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", chain.port, timeout=GIVE_UP_S)
        self._token, self._prover = token, prover
        self._path = pupils_of(school)
        self.let_in = threading.Event()

    def first_refusal(self) -> float:
        """When the first 403 had arrived. Raises SystemExit when it does not come."""
        end = time.perf_counter() + GIVE_UP_S
        while time.perf_counter() < end:
            self._line.request("GET", self._path, headers=self._headers())
            answer = self._line.getresponse()
            answer.read()
            if answer.status == http.client.FORBIDDEN and self.let_in.is_set():
                self._line.close()
                return time.perf_counter()
            if answer.status != http.client.FORBIDDEN:
                self.let_in.set()
        raise SystemExit(f"{self._path} was not refused within {GIVE_UP_S:.0f} s")

    def _headers(self) -> dict[str, str]:
        if self._prover is None:
            return {"Authorization": f"Bearer {self._token}"}
        proof = self._prover.proof("GET", PUBLIC_URL + self._path, self._token)
        return {"Authorization": f"DPoP {self._token}", "DPoP": proof}


@contextmanager
def _busy(world: GateWorld, chains: Sequence[Chain], folder: Path) -> Iterator[None]:
    """Load on both nodes and on the ledger until the end of the block."""
    tokens = folder / "tokens"
    like = world.claims(NORTH_SCHOOL)
    lines = (world.forge.sign({**like, "exp": like["iat"] + 7200, "jti": f"busy-{n}"}) for n in range(500))
    tokens.write_text("".join(f"{token} {pupils_of(NORTH_SCHOOL)}\n" for token in lines), encoding="ascii")
    load = [start_load(chain.url, tokens, connections=CONNECTIONS, delay_ms=PAUSE_MS) for chain in chains]
    stopping = threading.Event()
    ledger = open_ledger(world.settings.database_url)
    writer = threading.Thread(target=_keep_writing, args=(ledger, stopping))
    writer.start()
    try:
        yield
    finally:
        stopping.set()
        writer.join()
        ledger.close()
        _stop(load)


def _keep_writing(ledger: Ledger, stopping: threading.Event) -> None:
    while not stopping.wait(1 / EVENTS_PER_SECOND):
        with ledger.transaction() as transaction:
            transaction.append([renewed(transaction, NORTH_SCHOOL, email="school@example.ua")])


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is not None:
            raise SystemExit("the load on the nodes ended before the measurement")
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()
