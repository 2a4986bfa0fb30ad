"""Checkpoints go to a file, a folder, a git work tree or an HTTP address, and only of an intact ledger."""

from __future__ import annotations

import subprocess
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import read_checkpoint
from provisioning.ledger.destinations import DestinationFailed, GitFolder, parse_destination, read_tokens
from provisioning.ledger.errors import LedgerCorrupt
from provisioning.ledger.proof.checkpointing import make_checkpoint
from tests.support.archive import Archive, running_archive
from tests.support.dba import run_as_dba
from tests.support.ledger_events import births

KEY = OKPKey.generate_key("Ed25519")


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    opened = open_ledger(sqlite_url)
    grow(opened, 1)
    yield opened
    opened.close()


def grow(ledger: Ledger, first: int) -> None:
    """Record ten more births."""
    with ledger.transaction() as transaction:
        transaction.append(births(first, 10))


@pytest.fixture
def store() -> Iterator[Archive]:
    with running_archive() as running:
        yield running


@pytest.fixture
def work_tree(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoints"
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    return path


@pytest.mark.parametrize("where", ["file:{}/checkpoints.jws", "{}/checkpoints.jws", "{}/", "file:{}/folder/"])
def test_checkpoints_gather_in_a_file_or_a_folder(ledger: Ledger, tmp_path: Path, where: str) -> None:
    text = where.format(tmp_path)
    first, _ = make_checkpoint(ledger, KEY, parse_destination(text))
    grow(ledger, 11)
    second, _ = make_checkpoint(ledger, KEY, parse_destination(text))
    kept = [read_checkpoint(token, [KEY]) for token in read_tokens(Path(text.removeprefix("file:")))]
    assert kept == [first, second]
    assert [c.seq for c in kept] == [11, 21]


def test_a_checkpoint_that_is_there_already_is_not_made_again(ledger: Ledger, tmp_path: Path) -> None:
    first = make_checkpoint(ledger, KEY, parse_destination(f"{tmp_path}/checkpoints"))
    again = make_checkpoint(ledger, KEY, parse_destination(f"{tmp_path}/checkpoints"))
    assert (first[0], again[1]) == (again[0], "already there")


def test_a_checkpoint_in_a_git_work_tree_is_committed_and_nothing_else_is(ledger: Ledger, work_tree: Path) -> None:
    (work_tree / "somebody-elses").write_text("x")
    destination = parse_destination(str(work_tree))
    assert isinstance(destination, GitFolder)
    make_checkpoint(ledger, KEY, destination)
    grow(ledger, 11)
    make_checkpoint(ledger, KEY, parse_destination(f"git:{work_tree}"))
    log = subprocess.run(
        ["git", "-C", str(work_tree), "log", "--format=%s", "--name-only"], capture_output=True, text=True, check=True
    )
    assert "event 11" in log.stdout
    assert "event 21" in log.stdout
    assert "somebody-elses" not in log.stdout


def test_a_folder_that_is_no_work_tree_is_said_so(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(DestinationFailed, match="git could not commit"):
        make_checkpoint(ledger, KEY, parse_destination(f"git:{tmp_path / 'plain'}"))


def test_a_checkpoint_is_put_to_an_address(ledger: Ledger, store: Archive) -> None:
    made, place = make_checkpoint(ledger, KEY, parse_destination(f"{store.url}/bucket/{{seq}}?X-Amz-Signature=canary"))
    (path,) = store.kept
    assert path == "/bucket/11?X-Amz-Signature=canary"
    assert read_checkpoint(store.kept[path].decode(), [KEY]) == made
    assert "canary" not in place


@pytest.mark.parametrize("answer", [302, 403, 500])
def test_an_address_that_does_not_take_it_is_named_without_its_signature(
    ledger: Ledger, store: Archive, answer: int
) -> None:
    store.answer = answer
    with pytest.raises(DestinationFailed, match=str(answer)) as caught:
        make_checkpoint(ledger, KEY, parse_destination(f"{store.url}/x?signature=canary"))
    assert "canary" not in caught.value.diagnostics()


def test_an_address_that_is_not_there_is_named_without_its_signature(ledger: Ledger) -> None:
    secret = "canary"
    with pytest.raises(DestinationFailed) as caught:
        make_checkpoint(ledger, KEY, parse_destination(f"http://127.0.0.1:1/x?signature={secret}"))
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_an_address_in_clear_is_only_taken_on_this_machine() -> None:
    with pytest.raises(DestinationFailed, match="not encrypted"):
        parse_destination("http://checkpoints.example.ua/x")


def test_an_address_can_be_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "address").write_text(f"git:{tmp_path}\n")
    assert parse_destination(f"@{tmp_path / 'address'}") == GitFolder(tmp_path)
    with pytest.raises(DestinationFailed):
        parse_destination(f"@{tmp_path / 'missing'}")


def test_a_ledger_that_was_tampered_with_is_not_blessed(ledger: Ledger, sqlite_url: str, tmp_path: Path) -> None:
    run_as_dba(sqlite_url, ["UPDATE ledger_event SET actor = 'somebody' WHERE seq = 4"])
    with pytest.raises(LedgerCorrupt, match="event 4 was changed"):
        make_checkpoint(ledger, KEY, parse_destination(f"{tmp_path}/checkpoints"))
    assert not (tmp_path / "checkpoints").exists()


def test_a_ledger_that_contradicts_an_earlier_checkpoint_is_not_blessed(
    ledger: Ledger, sqlite_url: str, tmp_path: Path
) -> None:
    make_checkpoint(ledger, KEY, parse_destination(f"{tmp_path}/checkpoints"))
    names = "'46-0000009', '46-0000010'"
    run_as_dba(
        sqlite_url,
        [
            "DELETE FROM ledger_event WHERE seq > 9",
            f"DELETE FROM ledger_account WHERE username IN ({names})",  # noqa: S608 - constants
            f"DELETE FROM ledger_api_key WHERE username IN ({names})",  # noqa: S608 - constants
        ],
    )
    with pytest.raises(LedgerCorrupt, match="events 10 to 11 are missing"):
        make_checkpoint(ledger, KEY, parse_destination(f"{tmp_path}/checkpoints"))


def test_after_a_change_of_keys_both_are_trusted(ledger: Ledger, tmp_path: Path) -> None:
    new_key = OKPKey.generate_key("Ed25519")
    make_checkpoint(ledger, KEY, parse_destination(f"{tmp_path}/checkpoints"))
    grow(ledger, 11)
    made, _ = make_checkpoint(ledger, new_key, parse_destination(f"{tmp_path}/checkpoints"), trusted=[KEY])
    assert made.seq == 21
