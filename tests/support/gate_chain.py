"""The real chain in front of the central database: nginx or Caddy, a gate node under granian, each a process."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from examples.central_database.processes import wait_for
from examples.central_database.proxies import Address, Proxy, running_nginx
from provisioning.stack.ports import free_port
from tests.support.gate_node import ALONE, Node, running_gate
from tests.support.gate_world import NORTH_SCHOOL, GateWorld
from tests.support.stand_ins import StandIn

_READY_S: Final = 30
_TIMEOUT_S: Final = 15


@dataclass(frozen=True)
class Chain:
    """Proxy → gate node → central database. `port` is the proxy's."""

    world: GateWorld
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, token: str | None, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, **more: Any
    ) -> requests.Response:
        """A client's request to the central database."""
        authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
        return requests.request(
            method, f"{self.url}{path}", headers={**authorization, **(headers or {})}, timeout=_TIMEOUT_S, **more
        )

    def pupils(self, token: str | None, institution: str = NORTH_SCHOOL, **more: Any) -> requests.Response:
        """Ask for an institution's pupils."""
        return self.ask(token, pupils_of(institution), **more)

    def wait_until_fresh(self) -> None:
        """Wait until the node answers from the ledger, whatever stands where the central database would."""
        token, end = self.world.token(NORTH_SCHOOL), time.monotonic() + _READY_S
        while not (answer := self.pupils(token)).ok:
            assert time.monotonic() < end, answer.text
            time.sleep(0.05)


@dataclass(frozen=True)
class Edge:
    """A chain whose central database only notes what reaches it."""

    chain: Chain
    database: StandIn

    def reached_by(self, call: Callable[[], Any]) -> list[Any]:
        """What reached the database because of a call."""
        before = len(self.database.received)
        call()
        return self.database.received[before:]


def pupils_of(institution: str) -> str:
    """The path of an institution's pupils."""
    return f"/v1/institutions/{institution}/students"


@contextmanager
def running_node(
    world: GateWorld, *, app: str = ALONE, address: Address | None = None, **settings: str
) -> Iterator[Node]:
    """A gate node; `settings` replace those of the world. It listens when the block begins, fresh or not."""
    with running_gate(world.new_folder(), {**world.settings.values, **settings}, app=app, address=address) as node:
        yield node


@contextmanager
def running_chain(
    world: GateWorld,
    node: Node | Address | Sequence[Address],
    proxy: Callable[[Proxy], AbstractContextManager[subprocess.Popen[bytes]]] = running_nginx,
    database: Address | None = None,
) -> Iterator[Chain]:
    """A proxy before one gate node or several and the central database, or before what is in their places."""
    single = node.address if isinstance(node, Node) else node
    gates = [single] if isinstance(single, Address) else single
    secret = None if isinstance(gates[0].place, Path) else world.settings.require("AIKOM_GATE_SECRET")
    around = Proxy(world.new_folder(), free_port(), gates, database or world.database, secret)
    with proxy(around) as process:
        wait_for(Address(around.port), process)
        yield Chain(world, around.port)
