"""The duties that prove the ledger: each end is signed once, nothing tampered with is, and a difference is an alarm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import create_key
from provisioning.ledger.errors import LedgerCorrupt, LedgerRolledBack
from provisioning.ledger.operational.differing import differing_known
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.ledger.proof.verification import PROGRESS_EVERY
from provisioning.model.events import EventKind
from provisioning.settings import Settings
from provisioning.watch.duties import NAMES, Choice, lanes
from provisioning.watch.duty import NOTHING
from provisioning.watch.leadership import Leadership, StopRequested
from provisioning.watch.proof import Proof
from tests.support.dba import run_as_dba
from tests.support.ledger_events import SCHOOL, births, event_by
from tests.support.sidecar_running import SETTINGS

REVIVED = f"UPDATE ledger_account SET direct_use = 1 WHERE username = '{SCHOOL}'"  # noqa: S608 - a constant


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"


@pytest.fixture
def leadership(url: str, tmp_path: Path) -> Iterator[Leadership]:
    create_key(tmp_path / "key.json")
    (tmp_path / "kept").mkdir()
    ledger = open_ledger(url)
    values = {"AIKOM_CHECKPOINT_TO": str(tmp_path / "kept"), "AIKOM_CHECKPOINT_KEY": str(tmp_path / "key.json")}
    yield Leadership(Settings({**SETTINGS, **values}), ledger)
    ledger.close()


def kept(tmp_path: Path) -> int:
    return len(list((tmp_path / "kept").iterdir()))


def record(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append([event_by("test", EventKind.REALM_CHANGED, "realm")])


def bear(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        transaction.append(births(1, 3))


def test_each_end_of_the_ledger_is_signed_once(leadership: Leadership, tmp_path: Path) -> None:
    proof = Proof(leadership)
    assert proof.checkpoint().facts == {"event": 1}
    assert proof.checkpoint() == NOTHING
    record(leadership.ledger)
    assert proof.checkpoint().facts == {"event": 2}
    assert Proof(leadership).checkpoint().facts == {"event": 2}
    assert kept(tmp_path) == 2


@pytest.mark.parametrize("looked_before", [True, False])
def test_what_was_tampered_with_is_not_signed(
    leadership: Leadership, url: str, tmp_path: Path, looked_before: bool
) -> None:
    record(leadership.ledger)
    proof = Proof(leadership)
    if looked_before:
        proof.compare()
    run_as_dba(url, ["UPDATE ledger_event SET actor = 'x', hash = 'f' WHERE seq = 2"])
    for duty in (proof.checkpoint, proof.compare, proof.verify):
        with pytest.raises(LedgerCorrupt):
            duty()
    assert kept(tmp_path) == 0


def test_a_ledger_that_another_checkpoint_contradicts_is_not_signed(
    leadership: Leadership, url: str, tmp_path: Path
) -> None:
    record(leadership.ledger)
    Proof(leadership).checkpoint()
    run_as_dba(url, ["DELETE FROM ledger_event WHERE seq = 2"])
    with pytest.raises(LedgerRolledBack):
        Proof(leadership).checkpoint()
    assert kept(tmp_path) == 1


def test_a_row_without_its_event_is_an_alarm_once_and_no_checkpoint_is_made_until_it_is_right(
    leadership: Leadership, url: str, tmp_path: Path
) -> None:
    bear(leadership.ledger)
    proof = Proof(leadership)
    assert proof.compare() == NOTHING
    run_as_dba(url, [REVIVED], guards_off=False)
    found = proof.compare()
    assert found.facts == {"differing": [SCHOOL]}
    assert f"the stored state of {SCHOOL} is not what the events say" in str(found.attention)
    assert proof.compare() == replace(found, facts={})
    with pytest.raises(LedgerCorrupt, match="no checkpoint was made"):
        proof.checkpoint()
    with leadership.ledger.reader() as reader:
        assert differing_known(reader) == {SCHOOL}
        assert len(list(reader.events(kinds=[EventKind.ALARM_RAISED]))) == 1
    assert rebuild(leadership.ledger) == 1
    assert proof.compare().facts == {"right-again": [SCHOOL]}
    assert proof.checkpoint().facts == {"event": 5}
    assert kept(tmp_path) == 1


def test_the_next_leader_knows_what_differed(leadership: Leadership, url: str) -> None:
    bear(leadership.ledger)
    run_as_dba(url, [REVIVED], guards_off=False)
    assert Proof(leadership).compare().facts == {"differing": [SCHOOL]}
    assert Proof(leadership).compare().facts == {}
    with leadership.ledger.reader() as reader:
        assert len(list(reader.events(kinds=[EventKind.ALARM_RAISED]))) == 1


def test_without_place_or_key_it_says_so(leadership: Leadership) -> None:
    bare = Leadership(Settings({}), leadership.ledger)
    assert "AIKOM_CHECKPOINT_TO" in str(Proof(bare).checkpoint().attention)


def test_a_long_walk_ends_when_the_service_is_to_stop(leadership: Leadership, tmp_path: Path) -> None:
    with leadership.ledger.transaction() as transaction:
        transaction.append([event_by("test", EventKind.REALM_CHANGED, "realm")] * PROGRESS_EVERY)
    leadership.stop.set()
    for duty in (Proof(leadership).checkpoint, Proof(leadership).compare, Proof(leadership).verify):
        with pytest.raises(StopRequested):
            duty()
    assert kept(tmp_path) == 0


def test_the_comparison_is_often_enough_and_waits_for_no_long_duty(leadership: Leadership) -> None:
    found = lanes(leadership, Choice(pulls=True))
    assert sorted(duty.name for lane in found for duty in lane) == sorted(NAMES)
    (lane,) = [lane for lane in found if "comparison" in [duty.name for duty in lane]]
    assert [duty.name for duty in lane] == ["comparison", "checkpoint"]
    every = lane[0].every(leadership.policy)
    assert every is not None
    assert every <= timedelta(seconds=30)
