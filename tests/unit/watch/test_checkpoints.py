"""The duty that signs the ledger's end: once per end, never over what was tampered with, not at all without a key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import create_key
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.proof.verification import PROGRESS_EVERY
from provisioning.model.events import EventKind
from provisioning.settings import Settings
from provisioning.watch.checkpoints import Checkpoints
from provisioning.watch.duty import NOTHING
from provisioning.watch.leadership import Leadership, StopRequested
from tests.support.dba import run_as_dba
from tests.support.ledger_events import event_by


@pytest.fixture
def leadership(tmp_path: Path) -> Iterator[Leadership]:
    create_key(tmp_path / "key.json")
    (tmp_path / "kept").mkdir()
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    values = {"AIKOM_CHECKPOINT_TO": str(tmp_path / "kept"), "AIKOM_CHECKPOINT_KEY": str(tmp_path / "key.json")}
    yield Leadership(Settings(values), ledger)
    ledger.close()


def kept(tmp_path: Path) -> int:
    return len(list((tmp_path / "kept").iterdir()))


def record(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([event_by("test", EventKind.REALM_CHANGED, "realm")])


def test_each_end_of_the_ledger_is_signed_once(leadership: Leadership, tmp_path: Path) -> None:
    duty = Checkpoints(leadership)
    assert duty.make().facts == {"event": 1}
    assert duty.make() == NOTHING
    record(leadership.ledger)
    assert duty.make().facts == {"event": 2}
    assert Checkpoints(leadership).make().facts == {"event": 2}
    assert kept(tmp_path) == 2


def test_what_was_tampered_with_is_not_signed(leadership: Leadership, tmp_path: Path) -> None:
    record(leadership.ledger)
    statements = ["UPDATE ledger_event SET actor = 'x' WHERE seq = 2"]
    run_as_dba(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", statements)
    with pytest.raises(LedgerCorrupt):
        Checkpoints(leadership).make()
    assert kept(tmp_path) == 0


def test_without_place_or_key_it_says_so(leadership: Leadership) -> None:
    bare = Leadership(Settings({}), leadership.ledger)
    assert "AIKOM_CHECKPOINT_TO" in str(Checkpoints(bare).make().attention)


def test_a_long_walk_ends_when_the_service_is_to_stop(leadership: Leadership, tmp_path: Path) -> None:
    with leadership.ledger.transaction() as transaction:
        transaction.append([event_by("test", EventKind.REALM_CHANGED, "realm")] * PROGRESS_EVERY)
    leadership.stop.set()
    with pytest.raises(StopRequested):
        Checkpoints(leadership).make()
    assert kept(tmp_path) == 0
