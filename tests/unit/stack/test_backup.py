"""Backups of a stack as files: whole or refused, and what a restore replaces is kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from provisioning.ledger import open_ledger
from provisioning.stack.backup import Store, put_back, take_backup
from provisioning.stack.errors import BackupUnusable
from provisioning.stack.paths import StackPaths, write_private
from provisioning.stack.process import start_detached, stop
from provisioning.stack.state import Part, PartRecord, StackState, save_state
from tests.support.ledger_events import births


@pytest.fixture
def paths(tmp_path: Path) -> StackPaths:
    """A stack that is down, with a ledger of three events."""
    made = StackPaths.of(tmp_path / ".aikom")
    made.create()
    (made.keycloak / "data" / "h2").mkdir(parents=True)
    (made.keycloak / "data" / "h2" / "keycloakdb.mv.db").write_bytes(b"older")
    write_private(made.keycloak / "bootstrapped", "done\n")
    write_private(made.env, "AIKOM_REALM=aikom\n")
    record(made, 1)
    return made


def record(paths: StackPaths, first: int) -> None:
    ledger = open_ledger(f"sqlite:///{paths.ledger}")
    with ledger.transaction() as transaction:
        transaction.append(births(first, 2))
    ledger.close()


def head(paths: StackPaths) -> int:
    ledger = open_ledger(f"sqlite:///{paths.ledger}", create=False)
    with ledger.reader() as reader:
        number = reader.head()[0]
    ledger.close()
    return number


def keycloak(paths: StackPaths) -> bytes:
    return (paths.keycloak / "data" / "h2" / "keycloakdb.mv.db").read_bytes()


def go_on(paths: StackPaths) -> None:
    """What happens after a backup."""
    record(paths, 101)
    (paths.keycloak / "data" / "h2" / "keycloakdb.mv.db").write_bytes(b"newer")


@pytest.mark.parametrize(
    ("stores", "events", "data"),
    [
        ((Store.LEDGER,), 3, b"newer"),
        ((Store.KEYCLOAK,), 5, b"older"),
        (tuple(Store), 3, b"older"),
    ],
)
def test_each_store_is_put_back_by_itself_or_with_the_other(
    paths: StackPaths, tmp_path: Path, stores: tuple[Store, ...], events: int, data: bytes
) -> None:
    take_backup(paths, tmp_path / "backup")
    go_on(paths)
    put_back(paths, tmp_path / "backup", stores)
    assert (head(paths), keycloak(paths)) == (events, data)
    kept = {path.name for path in (paths.root / "before-restore").iterdir()}
    assert ("ledger.sqlite3" in kept, "keycloak-data" in kept) == (Store.LEDGER in stores, Store.KEYCLOAK in stores)


def test_a_backup_is_its_owners_alone_and_is_never_written_over(paths: StackPaths, tmp_path: Path) -> None:
    take_backup(paths, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    with pytest.raises(BackupUnusable, match="exists already"):
        take_backup(paths, tmp_path / "backup")


def test_half_a_backup_changes_nothing(paths: StackPaths, tmp_path: Path) -> None:
    take_backup(paths, tmp_path / "backup")
    (tmp_path / "backup" / "ledger.sqlite3").unlink()
    go_on(paths)
    with pytest.raises(BackupUnusable, match=r"ledger\.sqlite3 is missing"):
        put_back(paths, tmp_path / "backup", tuple(Store))
    assert (head(paths), keycloak(paths)) == (5, b"newer")


def test_a_stack_that_runs_is_left_alone(paths: StackPaths, tmp_path: Path) -> None:
    take_backup(paths, tmp_path / "backup")
    running = start_detached(["sleep", "60"], log=tmp_path / "log", cwd=tmp_path, environ=os.environ)
    save_state(paths.state, StackState().with_part(Part.KEYCLOAK, PartRecord(running, "test")))
    try:
        for attempt in (lambda: take_backup(paths, tmp_path / "b"), lambda: put_back(paths, tmp_path / "backup", ())):
            with pytest.raises(BackupUnusable, match="is running: keycloak"):
                attempt()
    finally:
        stop(running)


def test_a_new_machine_gets_the_secrets_too(paths: StackPaths, tmp_path: Path) -> None:
    take_backup(paths, tmp_path / "backup")
    other = StackPaths.of(tmp_path / "other" / ".aikom")
    put_back(other, tmp_path / "backup", tuple(Store))
    assert (head(other), keycloak(other)) == (3, b"older")
    assert other.env.read_text(encoding="utf-8") == "AIKOM_REALM=aikom\n"
    assert stat.S_IMODE(other.env.stat().st_mode) == 0o600
