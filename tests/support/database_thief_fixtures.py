"""Fixtures `ledger`, in which some of everything has ended, and `thief`, each part's database role in turn.

A test module asks for them with `pytest_plugins = ("tests.support.database_thief_fixtures",)`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.powers import Part
from provisioning.model.events import EventKind
from tests.support.database_thief import Thief, made_thief
from tests.support.gate_running import ENDING, people, record
from tests.support.ledger_events import event
from tests.support.postgres import PostgresServer


@pytest.fixture
def ledger(postgres_url: str) -> Iterator[Ledger]:
    """A ledger in which some of everything has ended."""
    opened = open_ledger(postgres_url)
    record(opened, *people())
    record(
        opened,
        event(EventKind.ACCOUNT_DEACTIVATED, ENDING, reason="cyber-incident", document="№ 1"),
        event(EventKind.API_KEY_CUT_OFF, f"api-{ENDING}-k1"),
        event(EventKind.MANDATE_WITHDRAWN, ENDING, mandate=f"{ENDING}.shodennyk.1", ois="shodennyk"),
    )
    yield opened
    opened.close()


@pytest.fixture(params=list(Part))
def thief(request: pytest.FixtureRequest, ledger: Ledger, postgres_server: PostgresServer, postgres_url: str) -> Thief:
    """Each part's role in turn."""
    return made_thief(request.param, ledger, postgres_server, postgres_url)
