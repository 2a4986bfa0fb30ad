"""Fixtures of the chain. A test module asks for them with `pytest_plugins = ("tests.support.gate_fixtures",)`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.counted_keycloak import CountedKeycloak, counted_keycloak
from tests.support.gate_chain import Chain, running_chain, running_node
from tests.support.gate_world import GateWorld, gate_world
from tests.support.keycloak_server import KeycloakServer
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session")
def world(
    keycloak_server: KeycloakServer, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GateWorld]:
    """Institutions, an OIS and mandates, once for all tests of the gate."""
    folder = tmp_path_factory.mktemp("gate")
    with gate_world(keycloak_server, postgres_server.create_database("gate"), folder) as made:
        yield made


@pytest.fixture(scope="module")
def counted(world: GateWorld) -> Iterator[CountedKeycloak]:
    """The Keycloak that the module's node knows, counted."""
    with counted_keycloak(world.settings.keycloak_url) as keycloak:
        yield keycloak


@pytest.fixture(scope="module")
def chain(world: GateWorld, counted: CountedKeycloak) -> Iterator[Chain]:
    """nginx → gate → central database, fresh."""
    with running_node(world, AIKOM_KEYCLOAK_URL=counted.url) as node, running_chain(world, node) as running:
        running.wait_until_fresh()
        yield running
