"""Backups of the embedded stack, taken and put back while it is down: Keycloak's data, the ledger, the secrets.

What a restore replaces is kept beside it until the next restore. An installation of your own backs its databases up by
their own means; what comes after a restore is the same (docs/operations.md).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from provisioning.settings import Settings, load_settings
from provisioning.stack.errors import BackupUnusable
from provisioning.stack.extension import ensure_extension
from provisioning.stack.keycloak_home import ensure_built_home, instance_home
from provisioning.stack.keycloak_process import KeycloakPorts, start_keycloak, wait_for_keycloak
from provisioning.stack.locking import take_lock
from provisioning.stack.paths import PRIVATE_FOLDER, StackPaths, cache_folder
from provisioning.stack.ports import free_port
from provisioning.stack.process import alive, stop
from provisioning.stack.progress import Progress
from provisioning.stack.python_parts import PROJECT
from provisioning.stack.state import load_state

_DATA: Final = "keycloak-data"
_BOOTSTRAPPED: Final = "bootstrapped"
_REPLACED: Final = "before-restore"


class Store(StrEnum):
    """The two stores that cannot be made again: Keycloak's data and the ledger."""

    KEYCLOAK = "keycloak"
    LEDGER = "ledger"


def take_backup(paths: StackPaths, folder: Path) -> None:
    """Copy both stores and the secrets into a new folder. Raises BackupUnusable, StackBusy."""
    with take_lock(paths.lock):
        _refuse_running(paths)
        if not (paths.ledger.is_file() and (paths.keycloak / _BOOTSTRAPPED).is_file()):
            raise BackupUnusable(f"there is nothing to back up in {paths.root}", remedy="begin with `stack up`")
        try:
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
        except FileExistsError as error:
            raise BackupUnusable(f"{folder} exists already", remedy="name a new folder for each backup") from error
        _copy_database(paths.ledger, folder / paths.ledger.name)
        shutil.copytree(paths.keycloak / "data", folder / _DATA)
        shutil.copy2(paths.keycloak / _BOOTSTRAPPED, folder / _BOOTSTRAPPED)
        shutil.copy2(paths.env, folder / paths.env.name)


def put_back(paths: StackPaths, folder: Path, stores: Collection[Store]) -> None:
    """Replace these stores by the backup's; the secrets only where there are none. Raises as `take_backup`."""
    needed = [folder / paths.ledger.name, folder / _DATA, folder / _BOOTSTRAPPED, folder / paths.env.name]
    missing = [path.name for path in needed if not path.exists()]
    if missing:
        raise BackupUnusable(
            f"{folder} is not a whole backup: {', '.join(missing)} is missing", remedy="name the folder of another one"
        )
    paths.create()
    with take_lock(paths.lock):
        _refuse_running(paths)
        kept = paths.root / _REPLACED
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(mode=PRIVATE_FOLDER)
        if not paths.env.exists():
            shutil.copy2(folder / paths.env.name, paths.env)
        if Store.LEDGER in stores:
            for file in paths.root.glob(f"{paths.ledger.name}*"):
                file.rename(kept / file.name)
            _copy_database(folder / paths.ledger.name, paths.ledger)
        if Store.KEYCLOAK in stores:
            if (paths.keycloak / "data").exists():
                (paths.keycloak / "data").rename(kept / _DATA)
            shutil.copytree(folder / _DATA, paths.keycloak / "data")
            shutil.copy2(folder / _BOOTSTRAPPED, paths.keycloak / _BOOTSTRAPPED)


@contextmanager
def behind_closed_doors(paths: StackPaths, progress: Progress) -> Iterator[Settings]:
    """Run Keycloak alone, on ports that are not published, for as long as the block; yield settings that lead there."""
    with take_lock(paths.lock):
        _refuse_running(paths)
        home = ensure_built_home(cache_folder(), ensure_extension(PROJECT, progress), progress)
        http = free_port()
        ports, log = KeycloakPorts(http, free_port({http})), paths.log(Store.KEYCLOAK)
        with progress.step("Starting Keycloak behind closed doors"):
            process = start_keycloak(instance_home(home, paths.keycloak), ports, log=log, bootstrap=None)
            try:
                wait_for_keycloak(process, ports, log=log, progress=progress)
                settings = load_settings({}, paths.env)
                inside = {"AIKOM_KEYCLOAK_URL": ports.url, "AIKOM_DATABASE_URL": f"sqlite:///{paths.ledger}"}
                yield replace(settings, values={**settings.values, **inside})
            finally:
                stop(process)


def _refuse_running(paths: StackPaths) -> None:
    running = [part for part, record in load_state(paths.state).parts.items() if alive(record.process)]
    if running:
        raise BackupUnusable(f"the stack is running: {', '.join(running)}", remedy="stop it: `provision stack down`")


def _copy_database(source: Path, target: Path) -> None:
    """By SQLite itself, so that what stands in its write-ahead log comes along."""
    with closing(sqlite3.connect(source)) as present, closing(sqlite3.connect(target)) as copy:
        present.backup(copy)
    target.chmod(0o600)
