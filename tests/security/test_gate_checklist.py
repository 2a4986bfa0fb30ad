"""The checklist of docs/for-central-database.md, line by line, with nginx and with Caddy in front of a real gate.

Each test's docstring is its line. docs/security.md rows 16-21, 64.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from examples.central_database.proxies import Address
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.stack.ports import free_port
from tests.support.gate_chain import Chain, Edge, pupils_of, running_chain, running_node
from tests.support.gate_world import NORTH_SCHOOL, SOUTH_SCHOOL, GateWorld
from tests.support.proofs import Prover
from tests.support.proxy_alone import PROXIES
from tests.support.proxy_headers import PAGE
from tests.support.stand_ins import Answer, hang_up, say, stand_in
from tests.support.wires import bearer_line, raw_get, send_raw

pytest_plugins = ("tests.support.gate_fixtures",)

WHY = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 13-о", date(2026, 11, 20))
PROMISE_S = 1.0


@dataclass(frozen=True)
class Setup:
    """One proxy: before the real central database, and before one that notes what reaches it."""

    chain: Chain
    edge: Edge
    token: str
    proxy: Callable[..., Any]


@pytest.fixture(scope="module", params=PROXIES)
def setup(request: pytest.FixtureRequest, world: GateWorld) -> Iterator[Setup]:
    proxy = PROXIES[request.param]
    with ExitStack() as stack:
        node = stack.enter_context(running_node(world))
        noting = stack.enter_context(stand_in(say(200)))
        chain = stack.enter_context(running_chain(world, node, proxy))
        edge = stack.enter_context(running_chain(world, node, proxy, noting.address))
        chain.wait_until_fresh()
        yield Setup(chain, Edge(edge, noting), world.token(NORTH_SCHOOL), proxy)


def test_tokens(setup: Setup) -> None:
    """`curl` with no token → 401; with a token of institution A on a path of B → 403; both with a problem document."""
    for answer, status in ((setup.chain.pupils(None), 401), (setup.chain.pupils(setup.token, SOUTH_SCHOOL), 403)):
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"


def test_bound_tokens(setup: Setup, world: GateWorld) -> None:
    """`curl -H "Authorization: Bearer …"` with a bound token → 401 with `WWW-Authenticate: DPoP`."""
    bound = world.token(NORTH_SCHOOL, typ="DPoP", cnf={"jkt": Prover().thumbprint, "kc-jkt-type": "DPoP"})
    answer = setup.chain.pupils(bound)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("DPoP ")


INSTEAD: dict[str, Answer] = {"500": say(500), "404": say(404), "302": say(302, Location="/x"), "nothing": hang_up}


@pytest.mark.parametrize("instead", [None, *INSTEAD])
def test_gates_that_fail(setup: Setup, world: GateWorld, instead: str | None) -> None:
    """Stop the gate → 503. Start something else on its port that answers 500, then 404, then nothing → 503."""
    with ExitStack() as stack:
        gate = Address(free_port()) if instead is None else stack.enter_context(stand_in(INSTEAD[instead])).address
        database = stack.enter_context(stand_in(say(200)))
        chain = stack.enter_context(running_chain(world, gate, setup.proxy, database.address))
        answer = chain.ask(setup.token, pupils_of(NORTH_SCHOOL), allow_redirects=False)
        assert answer.status_code == answer.json()["status"] == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert database.received == []


def test_lies(setup: Setup) -> None:
    """Send `X-Aikom-Institution: …` and `X_Aikom_Institution: …` along with a good token → the database sees the gate's
    value only."""
    lies = [b"X-Aikom-Institution: " + SOUTH_SCHOOL.encode(), b"X_Aikom_Institution: " + SOUTH_SCHOOL.encode()]
    path = pupils_of(NORTH_SCHOOL).encode()
    (received,) = setup.edge.reached_by(
        lambda: raw_get(setup.edge.chain.port, path, bearer_line(setup.token), *lies * 2)
    )
    assert received.all("X-Aikom-Institution") == [NORTH_SCHOOL]
    assert SOUTH_SCHOOL not in str(received)


@pytest.mark.parametrize("path", ["/v1//institutions", "/v1/./institutions", "/v1/%2e%2e/x"])
def test_crooked_paths(setup: Setup, path: str) -> None:
    """Ask for `/v1//institutions`, `/v1/./institutions`, `/v1/%2e%2e/x` → 400."""
    answer = raw_get(setup.chain.port, path.encode(), bearer_line(setup.token))
    assert answer.statuses == (400,)
    assert b"path-not-canonical" in answer.text


def test_bodies_that_mean_something_else(setup: Setup) -> None:
    """Send a body with `Content-Encoding: gzip` → 415; one of two lengths → 400 or 411; the database sees neither."""
    head = [b"POST " + pupils_of(NORTH_SCHOOL).encode() + b" HTTP/1.1", b"Host: x", bearer_line(setup.token)]
    packed, two = (
        [b"Content-Encoding: gzip", b"Content-Length: 2"],
        [b"Transfer-Encoding: chunked", b"Content-Length: 2"],
    )
    for more, statuses in ((packed, {415}), (two, {400, 411})):
        raw = b"\r\n".join([*head, *more, b"Connection: close"]) + b"\r\n\r\n0\r\n\r\n"
        answers: list[Any] = []
        assert setup.edge.reached_by(lambda raw=raw, to=answers: to.append(send_raw(setup.edge.chain.port, raw))) == []  # type: ignore[misc]
        assert set(answers[0].statuses) <= statuses and answers[0].statuses


def test_head_and_options(setup: Setup) -> None:
    """Ask by HEAD → as GET, without a body; by OPTIONS → 204 with `Allow`."""
    got = setup.chain.pupils(setup.token)
    head = setup.chain.ask(setup.token, pupils_of(NORTH_SCHOOL), "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.content))
    assert setup.chain.ask(setup.token, pupils_of(SOUTH_SCHOOL), "HEAD").status_code == 403
    options = setup.chain.ask(None, pupils_of(NORTH_SCHOOL), "OPTIONS")
    assert (options.status_code, "HEAD" in options.headers["Allow"]) == (204, True)


@pytest.mark.parametrize("name", ["5%20%D0%90", "5%20%d0%90"])
def test_a_class_with_a_space_in_its_name_is_reached(setup: Setup, name: str) -> None:
    path = f"/v1/institutions/{NORTH_SCHOOL}/classes/{name}"
    (received,) = setup.edge.reached_by(lambda: raw_get(setup.edge.chain.port, path.encode(), bearer_line(setup.token)))
    assert received.target == path
    students = setup.chain.ask(
        setup.token, f"/v1/institutions/{NORTH_SCHOOL}/classes/5%20%D0%90/students/s1", "PUT", json={}
    )
    assert students.status_code == 200


def test_no_way_past_the_proxy(world: GateWorld) -> None:
    """Reach the database's own address from another host → refused."""
    place = world.database.place
    assert isinstance(place, Path), "the database listens on a port"
    assert place.stat().st_mode & 0o077 == 0
    owners = [pid for pid in Path("/proc").glob("[0-9]*") if str(place).encode() in _read(pid / "cmdline")]
    sockets = {str(file.readlink()) for pid in owners for file in (pid / "fd").iterdir() if file.is_symlink()}
    assert owners
    assert {f"socket:[{inode}]" for inode in _listening_on_ports()} & sockets == set()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # A process that has ended meanwhile.
        return b""


def _listening_on_ports() -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                yield fields[9]


def test_ended_accounts(setup: Setup, world: GateWorld) -> None:
    """Deactivate a test account → 403 within a second, with a token issued before."""
    school = world.spare()
    token = world.exchanged(school)
    while setup.chain.pupils(token, school).status_code != 200:
        time.sleep(0.05)
    deactivate(world.office.actor, [school], WHY)
    time.sleep(PROMISE_S)
    answer = setup.chain.pupils(token, school)
    assert (answer.status_code, answer.json()["status"]) == (403, 403)


def test_every_line_of_the_checklist_is_one_of_these_tests() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## Before it goes live")[2]
    lines = {_plain(line) for line in re.findall(r"^- \[ \] (.+?)(?=^- |\Z|^$)", text, re.MULTILINE | re.DOTALL)}
    done = {_plain(value.__doc__) for name, value in globals().items() if name.startswith("test_") and value.__doc__}
    assert lines == done


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
