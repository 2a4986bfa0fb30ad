"""Several gate nodes behind nginx and Caddy: a sick one is passed by, and none that is well means no."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from examples.central_database.proxies import Address, running_caddy, running_nginx
from provisioning.stack.ports import free_port
from tests.support.gate_chain import Chain, running_chain, running_node
from tests.support.gate_node import Node
from tests.support.gate_world import NORTH_SCHOOL, GateWorld
from tests.support.stand_ins import hang_up, say, stand_in

pytestmark = pytest.mark.assure
pytest_plugins = ("tests.support.gate_fixtures",)

PROXIES = {"nginx": running_nginx, "caddy": running_caddy}
PATIENCE_S = 30.0
STALE = '{"title":"not fresh","status":503}'

SickNode = Callable[[GateWorld], AbstractContextManager[Address]]


@contextmanager
def hung(world: GateWorld) -> Iterator[Address]:
    """A node that takes connections and says nothing."""
    with running_node(world) as node:
        stopped = processes_of(node)
        for number in stopped:
            os.kill(number, signal.SIGSTOP)
        try:
            yield node.address
        finally:
            for number in stopped:
                os.kill(number, signal.SIGCONT)


@contextmanager
def cold(world: GateWorld) -> Iterator[Address]:
    """A node that has just started and finds no keys."""
    with running_node(world, AIKOM_KEYCLOAK_URL=f"http://127.0.0.1:{free_port()}") as node:
        yield node.address


@contextmanager
def behind(world: GateWorld) -> Iterator[Address]:
    """A node whose database does not answer."""
    with running_node(world, AIKOM_DATABASE_URL=f"postgresql://nobody:x@127.0.0.1:{free_port()}/nothing") as node:
        yield node.address


@contextmanager
def refusing(_: GateWorld) -> Iterator[Address]:
    """What says that it cannot be sure, in the gate's words."""
    with stand_in(say(503, X_Aikom_Problem=STALE)) as node:
        yield node.address


@contextmanager
def failing(_: GateWorld) -> Iterator[Address]:
    with stand_in(say(500)) as node:
        yield node.address


@contextmanager
def hanging_up(_: GateWorld) -> Iterator[Address]:
    with stand_in(hang_up) as node:
        yield node.address


SICK: dict[str, SickNode] = {
    "dead": lambda _: nullcontext(Address(free_port())),
    "hung": hung,
    "cold": cold,
    "behind": behind,
    "refusing": refusing,
    "failing": failing,
    "hanging up": hanging_up,
}


@pytest.fixture(scope="module")
def well(world: GateWorld) -> Iterator[Node]:
    with running_node(world) as node:
        secret = world.settings.require("AIKOM_GATE_SECRET")
        token, end = world.token(NORTH_SCHOOL), time.monotonic() + PATIENCE_S
        while node.ask(secret, f"/v1/institutions/{NORTH_SCHOOL}/students", token).status_code != 204:
            assert time.monotonic() < end
            time.sleep(0.1)
        yield node


@pytest.fixture(scope="module", params=SICK)
def sick(world: GateWorld, request: pytest.FixtureRequest) -> Iterator[Address]:
    """Each kind of sick node in turn."""
    with SICK[request.param](world) as address:
        yield address


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_sick_node_is_passed_by(world: GateWorld, well: Node, sick: Address, proxy: str) -> None:
    token = world.token(NORTH_SCHOOL)
    with running_chain(world, [sick, well.address], PROXIES[proxy]) as chain:
        if proxy == "caddy":
            settle(chain, token)
        said = [chain.pupils(token).status_code for _ in range(12)]
        assert said == [200] * 12
        assert chain.pupils(None).status_code == 401, "a refusal is a refusal, whichever node gives it"


@pytest.mark.parametrize("proxy", PROXIES)
def test_when_none_is_well_nothing_passes(world: GateWorld, sick: Address, proxy: str) -> None:
    token = world.token(NORTH_SCHOOL)
    with (
        stand_in(say(200)) as database,
        running_chain(world, [sick, Address(free_port())], PROXIES[proxy], database.address) as chain,
    ):
        for _ in range(3):
            answer = chain.pupils(token)
            assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert database.received == []


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_node_that_stops_refuses_nobody(world: GateWorld, well: Node, proxy: str) -> None:
    token = world.token(NORTH_SCHOOL)
    with running_node(world) as other, running_chain(world, [other.address, well.address], PROXIES[proxy]) as chain:
        settle(chain, token, in_a_row=20)
        with asking(chain, token) as said:
            time.sleep(0.5)
            other.process.terminate()
            other.process.wait(PATIENCE_S)
            time.sleep(0.5)
        assert len(said) > 20
        assert set(said) == {200}


def test_a_worker_that_is_killed_comes_back(world: GateWorld) -> None:
    token = world.token(NORTH_SCHOOL)
    with running_node(world) as node, running_chain(world, node) as chain:
        chain.wait_until_fresh()
        (worker,) = [number for number in processes_of(node) if number != node.process.pid]
        os.kill(worker, signal.SIGKILL)
        settle(chain, token)
        assert worker not in processes_of(node)
        assert chain.pupils(token).ok


def settle(chain: Chain, token: str, in_a_row: int = 5) -> None:
    """Wait until it answers several times in a row: Caddy looks at its nodes each second."""
    end, good = time.monotonic() + PATIENCE_S, 0
    while good < in_a_row:
        assert time.monotonic() < end
        good = good + 1 if chain.pupils(token).ok else 0
        time.sleep(0.1)


@contextmanager
def asking(chain: Chain, token: str) -> Iterator[list[int]]:
    """Ask all the time as long as the block; the statuses."""
    said: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            said.append(chain.pupils(token).status_code)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield said
    finally:
        over.set()
        for thread in threads:
            thread.join()


def processes_of(node: Node) -> list[int]:
    """A node's process and all under it that answer requests."""
    number = node.process.pid
    children = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii").split()
    workers = [
        int(child) for child in children if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    return [number, *workers]
