"""A ledger that is older than its newest checkpoint is noticed, on both databases, whoever put it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import CheckpointInvalid, create_key, load_private_key, sign
from provisioning.ledger.destinations import DestinationFailed, parse_destination
from provisioning.ledger.errors import LedgerRolledBack
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.ledger.proof.rollback import NewestCheckpoint, newest_checkpoint
from provisioning.model.errors import ExitCode
from tests.support.archive import Archive, running_archive
from tests.support.dba import run_as_dba
from tests.support.ledger_events import births


def refuse_rolled_back(ledger: Ledger, where: str | None, key: str | None) -> None:
    with ledger.reader() as reader:
        NewestCheckpoint(where, key).refuse(reader)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    grow(opened, 1)
    yield opened
    opened.close()


@pytest.fixture
def kept(tmp_path: Path) -> str:
    create_key(tmp_path / "key.json")
    (tmp_path / "kept").mkdir()
    return str(tmp_path / "kept")


@pytest.fixture
def archive() -> Iterator[Archive]:
    with running_archive() as running:
        yield running


def grow(ledger: Ledger, first: int) -> None:
    with ledger.transaction() as transaction:
        transaction.append(births(first, 10))


def key_file(kept: str) -> Path:
    return Path(kept).with_name("key.json")


def vouch(ledger: Ledger, kept: str) -> None:
    make_checkpoint(ledger, load_private_key(key_file(kept)), parse_destination(kept))


def look(ledger: Ledger, kept: str) -> None:
    refuse_rolled_back(ledger, kept, f"{key_file(kept)}.pub")


def test_a_ledger_that_only_grew_is_let_through(ledger: Ledger, kept: str) -> None:
    look(ledger, kept)
    for first in (101, 201):
        vouch(ledger, kept)
        look(ledger, kept)
        grow(ledger, first)
    look(ledger, kept)


def test_a_ledger_without_its_newest_events_is_refused_with_their_number(
    ledger: Ledger, ledger_url: str, kept: str
) -> None:
    vouch(ledger, kept)
    grow(ledger, 101)
    vouch(ledger, kept)
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq > 18"])
    with pytest.raises(LedgerRolledBack, match=r"ends with event 18, so 3 events are missing") as caught:
        look(ledger, kept)
    assert caught.value.exit_code is ExitCode.REFUSED
    assert "newer backup" in caught.value.remedy


def test_a_ledger_that_went_on_from_an_older_state_is_refused_though_it_is_longer(
    ledger: Ledger, ledger_url: str, kept: str
) -> None:
    vouch(ledger, kept)
    wipe = ["ledger_account", "ledger_api_key"]
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq > 5", *(f"DELETE FROM {table}" for table in wipe)])  # noqa: S608 - constants
    grow(ledger, 301)
    with pytest.raises(LedgerRolledBack, match="its event 11 is another one"):
        look(ledger, kept)


def test_another_ledger_in_its_place_is_refused(ledger: Ledger, sqlite_url: str, kept: str) -> None:
    vouch(ledger, kept)
    other = open_ledger(f"{sqlite_url}.other")
    grow(other, 1)
    with pytest.raises(LedgerRolledBack, match="another ledger altogether"):
        look(other, kept)
    other.close()


def test_a_forged_checkpoint_stops_everything_instead_of_hiding_a_rollback(ledger: Ledger, kept: str) -> None:
    vouch(ledger, kept)
    known = newest_checkpoint(kept, str(key_file(kept)))
    assert known is not None
    forged = sign(known, OKPKey.generate_key("Ed25519"))
    (Path(kept) / "zz.jws").write_text(forged, encoding="ascii")
    for file in Path(kept).glob("*-*.jws"):
        file.unlink()
    with pytest.raises(CheckpointInvalid, match="not among those given"):
        look(ledger, kept)


def test_an_address_that_only_takes_in_is_compared_by_a_second_place_that_gives_back(
    ledger: Ledger, ledger_url: str, kept: str, archive: Archive
) -> None:
    where = f"{archive.url}/{{seq}} {kept}"
    make_checkpoint(ledger, load_private_key(key_file(kept)), parse_destination(where))
    assert list(archive.kept) == ["/11"]
    refuse_rolled_back(ledger, where, str(key_file(kept)))
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq > 8"])
    with pytest.raises(LedgerRolledBack, match="3 events are missing"):
        refuse_rolled_back(ledger, where, str(key_file(kept)))


def test_an_address_that_only_takes_in_is_not_trusted_alone(ledger: Ledger, kept: str) -> None:
    with pytest.raises(DestinationFailed, match="only sent away") as caught:
        refuse_rolled_back(ledger, "https://archive.example.ua/{seq}", str(key_file(kept)))
    assert "second place" in caught.value.remedy


def test_of_several_places_each_is_tried_and_a_failure_is_told(ledger: Ledger, kept: str, archive: Archive) -> None:
    archive.answer = 500
    destination = parse_destination(f"{archive.url}/{{seq}} {kept}")
    with pytest.raises(DestinationFailed, match=r"answered 500, but kept in .*jws"):
        make_checkpoint(ledger, load_private_key(key_file(kept)), destination)
    assert destination.newest() is not None


def test_of_several_places_the_newest_has_its_say(ledger: Ledger, ledger_url: str, kept: str, tmp_path: Path) -> None:
    """Whoever empties one of them, or brings it to an older state, is caught by the other."""
    (tmp_path / "other").mkdir()
    vouch(ledger, kept)
    grow(ledger, 101)
    where = f"{kept} {tmp_path / 'other'}"
    make_checkpoint(ledger, load_private_key(key_file(kept)), parse_destination(where))
    sorted(Path(kept).glob("*.jws"))[-1].unlink()
    run_as_dba(ledger_url, ["DELETE FROM ledger_event WHERE seq > 11"])
    with pytest.raises(LedgerRolledBack, match="10 events are missing"):
        refuse_rolled_back(ledger, where, str(key_file(kept)))


def test_without_checkpoints_there_is_nothing_to_compare_with(ledger: Ledger, kept: str) -> None:
    refuse_rolled_back(ledger, None, None)
    refuse_rolled_back(ledger, kept, None)
    look(ledger, kept)
