"""A gate on each database, shared by the tests of a module: each ends the access of its own people only."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger
from tests.support.gate_running import RealmKeysServer, ServedGate, filled_ledger, served_gate
from tests.support.gate_tokens import PEM


@pytest.fixture(scope="module")
def keys() -> Iterator[RealmKeysServer]:
    """The realm's key set."""
    with RealmKeysServer() as server:
        yield server


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of an empty database for the whole module."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('gate') / 'ledger.sqlite'}"
    return str(request.getfixturevalue("postgres_server").create_database(f"gate_{uuid.uuid4().hex}"))


@pytest.fixture(scope="module")
def shared_ledger(shared_url: str) -> Iterator[Ledger]:
    """A ledger with the people of `gate_running`."""
    ledger = filled_ledger(shared_url)
    yield ledger
    ledger.close()


@pytest.fixture(scope="module")
def gate(
    shared_ledger: Ledger, shared_url: str, keys: RealmKeysServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedGate]:
    """A served gate on that ledger, which signs its decisions."""
    with served_gate(shared_url, keys, tmp_path_factory.mktemp("served"), AIKOM_GATE_SIGNING_KEY=PEM) as served:
        yield served
