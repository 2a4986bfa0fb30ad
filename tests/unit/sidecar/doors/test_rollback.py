"""What the newest checkpoint says about the ledger, and what is done when it cannot be had."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import CheckpointInvalid, create_key, load_private_key
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.errors import LedgerRolledBack
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.settings import Settings
from sidecar.doors.records import Records
from sidecar.doors.rollback import RollbackGuard
from tests.support.dba import run_as_dba
from tests.support.ledger_events import births


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture
def ledger(url: str, tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(url)
    grow(opened, 1)
    create_key(tmp_path / "key.json")
    (tmp_path / "kept").mkdir()
    yield opened
    opened.close()


def grow(ledger: Ledger, first: int) -> None:
    with ledger.transaction() as transaction:
        transaction.append(births(first, 10))


def vouch(ledger: Ledger, folder: Path) -> None:
    make_checkpoint(ledger, load_private_key(folder / "key.json"), parse_destination(str(folder / "kept")))


@contextmanager
def guarding(folder: Path, place: str = "kept") -> Iterator[RollbackGuard]:
    values = {"AIKOM_CHECKPOINT_TO": str(folder / place), "AIKOM_CHECKPOINT_KEY": str(folder / "key.json.pub")}
    guard = RollbackGuard(Settings(values), every_s=0.01)
    yield guard
    guard.stop()


def ask(guard: RollbackGuard, ledger: Ledger) -> None:
    with ledger.reader() as reader:
        guard.refuse(reader)


def comes(raised: type[Exception], act: Callable[[], None]) -> None:
    """The next looks raise it, within a moment."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            act()
        except raised:
            return
        time.sleep(0.01)
    raise AssertionError(f"{raised.__name__} did not come")


def test_a_ledger_that_goes_on_is_let_through(ledger: Ledger, tmp_path: Path) -> None:
    vouch(ledger, tmp_path)
    with guarding(tmp_path) as guard:
        ask(guard, ledger)
        grow(ledger, 11)
        ask(guard, ledger)


def test_without_a_place_or_a_key_and_before_the_first_checkpoint_there_is_nothing_to_compare(
    ledger: Ledger, tmp_path: Path
) -> None:
    ask(RollbackGuard(Settings({})), ledger)
    ask(RollbackGuard(Settings({"AIKOM_CHECKPOINT_TO": str(tmp_path / "kept")})), ledger)
    with guarding(tmp_path) as guard:
        ask(guard, ledger)


def test_an_older_ledger_is_refused_at_once_and_let_through_when_it_is_put_right(
    ledger: Ledger, tmp_path: Path, url: str
) -> None:
    with guarding(tmp_path) as guard:
        ask(guard, ledger)
        vouch(ledger, tmp_path)
        time.sleep(0.1)
        run_as_dba(url, ["UPDATE ledger_event SET seq = seq + 1000 WHERE seq > 9"])
        comes(LedgerRolledBack, lambda: ask(guard, ledger))
        run_as_dba(url, ["UPDATE ledger_event SET seq = seq - 1000 WHERE seq > 1000"])
        ask(guard, ledger)


def test_taking_the_newest_checkpoint_away_helps_nobody(ledger: Ledger, tmp_path: Path, url: str) -> None:
    vouch(ledger, tmp_path)
    with guarding(tmp_path) as guard:
        ask(guard, ledger)
        for file in (tmp_path / "kept").glob("*.jws"):
            file.unlink()
        time.sleep(0.1)
        run_as_dba(url, ["DELETE FROM ledger_event WHERE seq > 9"])
        with pytest.raises(LedgerRolledBack):
            ask(guard, ledger)


def test_a_checkpoint_that_our_key_did_not_sign_refuses_everything(ledger: Ledger, tmp_path: Path) -> None:
    make_checkpoint(ledger, OKPKey.generate_key("Ed25519"), parse_destination(str(tmp_path / "kept")))
    with guarding(tmp_path) as guard, pytest.raises(CheckpointInvalid, match="not among those given"):
        ask(guard, ledger)


@pytest.mark.parametrize("place", ["s3://", "https://archive.example.ua/{seq}"])
def test_a_place_that_does_not_answer_or_cannot_be_read_back_refuses_nothing(
    ledger: Ledger, tmp_path: Path, place: str
) -> None:
    values = {"AIKOM_CHECKPOINT_TO": place, "AIKOM_CHECKPOINT_KEY": str(tmp_path / "key.json.pub")}
    guard = RollbackGuard(Settings(values))
    ask(guard, ledger)
    guard.stop()


def test_what_the_sidecar_opened_records_nothing_that_opens_access_once_the_ledger_went_back(
    ledger: Ledger, url: str, tmp_path: Path
) -> None:
    vouch(ledger, tmp_path)
    with guarding(tmp_path) as guard:
        records = Records(url, guard=guard)
        opened = records.ledger()
        run_as_dba(url, ["DELETE FROM ledger_event WHERE seq > 5"])
        with pytest.raises(LedgerRolledBack), opened.transaction() as transaction:
            transaction.append(births(301, 1))
        with pytest.raises(LedgerRolledBack):
            records.ledger()
        records.close()
