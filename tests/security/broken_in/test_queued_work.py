"""Work that was queued without its decision does nothing at Keycloak: whoever may add tasks gains no key by them.

Every part may add tasks (`provisioning/ledger/powers.py`), and the watch carries them out with its own power.
Source: docs/security.md row 65.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning.keycloak.connection import NoConnection
from provisioning.ledger import Ledger, open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.tasks.carrying_out import carry_out_unasked
from provisioning.lifecycle.tasks.catalogue import bring_ois_task, create_key_task, expire_key_task
from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId
from provisioning.model.records import NewTask
from tests.support.gate_running import record
from tests.support.ledger_events import SCHOOL, SCHOOL_KEY, birth, event

OTHER = "46-0000002"
SECOND = ClientId(f"api-{SCHOOL}-k2")

QUEUED = {
    "a key that is not on record": create_key_task(ClientId(f"api-{SCHOOL}-k9"), ClientId(SCHOOL_KEY)),
    "a key like somebody else's": create_key_task(SECOND, ClientId(f"api-{OTHER}-k1")),
    "a key like the provisioning account": create_key_task(SECOND, ClientId("provisioning")),
    "a client that is no key": create_key_task(ClientId("sidecar"), ClientId(SCHOOL_KEY)),
    "another end of a key": expire_key_task(ClientId(SCHOOL_KEY), "2099-01-01T00:00:00.000000Z"),
    "an OIS that never applied": bring_ois_task(ClientId("ois-none")),
    "a late reopening": NewTask(f"close:{SCHOOL}", "close-account", SCHOOL),
    "work that nothing of ours knows": NewTask("x", "make-administrator", SCHOOL),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    record(opened, birth(SCHOOL), birth(OTHER), event(EventKind.API_KEY_CREATED, SECOND, username=SCHOOL, number=2))
    yield opened
    opened.close()


@pytest.mark.parametrize("what", QUEUED)
def test_nothing_is_asked_of_keycloak_for_it(ledger: Ledger, what: str) -> None:
    """Every call would be refused and noted."""
    task = replace(QUEUED[what], key="queued")
    with ledger.transaction() as transaction:
        transaction.add_tasks([task])
    actor = Actor(NoConnection(), ledger, "watch:test")
    assert carry_out_unasked(actor, ["queued"], "").failures == ()
    with ledger.reader() as reader:
        assert all(waiting.last_error is None for waiting in reader.pending_tasks())
