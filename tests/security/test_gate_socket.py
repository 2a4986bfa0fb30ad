"""Proxy and gate joined by a Unix socket instead of a secret, through nginx and through Caddy.

Source: docs/security.md row 17.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.central_database.proxies import Address, running_caddy, running_nginx
from tests.support.gate_chain import pupils_of, running_chain, running_node
from tests.support.gate_node import Node
from tests.support.gate_world import NORTH_SCHOOL, SOUTH_SCHOOL, GateWorld

pytest_plugins = ("tests.support.gate_fixtures",)

PROXIES = {"nginx": running_nginx, "caddy": running_caddy}


@pytest.fixture(scope="module")
def node(world: GateWorld) -> Iterator[Node]:
    socket = world.new_folder() / "gate.sock"
    settings = {"AIKOM_GATE_SOCKET": str(socket), "AIKOM_GATE_SECRET": ""}
    with running_node(world, address=Address(socket), **settings) as running:
        yield running


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_that_comes_by_the_socket_needs_no_secret(world: GateWorld, node: Node, proxy: str) -> None:
    with running_chain(world, node, PROXIES[proxy]) as chain:
        chain.wait_until_fresh()
        token = world.token(NORTH_SCHOOL)
        assert chain.pupils(token).status_code == 200
        assert chain.pupils(token, SOUTH_SCHOOL).status_code == 403
        assert chain.pupils(None).status_code == 401


def test_the_socket_is_its_owners(node: Node) -> None:
    assert isinstance(node.address.place, Path)
    assert node.address.place.stat().st_mode & 0o077 == 0


def test_whoever_comes_by_a_port_cannot_say_that_it_was_the_socket(world: GateWorld, node: Node) -> None:
    socket = str(node.address.place)
    secret = world.settings.require("AIKOM_GATE_SECRET")
    with running_node(world, AIKOM_GATE_SOCKET=socket) as other:
        token = world.token(NORTH_SCHOOL)
        assert other.ask(secret, pupils_of(NORTH_SCHOOL), token).status_code in (204, 503)
        for lies in ({"Server-Name": socket}, {"Host": socket}, {"Remote-Addr": "", "Server-Name": socket}):
            answer = other.ask(None, pupils_of(NORTH_SCHOOL), token, **lies)
            assert answer.json()["type"].endswith("/problems/not-from-proxy"), answer.text


def test_a_node_with_neither_secret_nor_socket_does_not_start(world: GateWorld) -> None:
    with pytest.raises(RuntimeError, match="nothing listens"), running_node(world, AIKOM_GATE_SECRET="") as other:
        assert other.process.poll() is not None
