"""Never again, by an old backup of the ledger: every command that could open something refuses to work on it.

Source: order cl. 11, 12.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import make_url

from provisioning.keycloak.lookups import require_user
from provisioning.ledger.checkpoint import create_key, load_private_key
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.settings import Settings
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.watcher import provision

pytestmark = pytest.mark.assure

NAME = "46-0000001"
WHY = Deactivation(DeactivationReason.LIQUIDATION, "№ 12-о", date(2026, 11, 20))


def copy_ledger(source: str, target: str) -> None:
    """What a backup program does with SQLite, in either direction."""
    with closing(sqlite3.connect(source)) as present, closing(sqlite3.connect(target)) as other:
        present.backup(other)


@pytest.fixture(scope="module")
def rolled_back(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose ledger is from before a deactivation, and the checkpoint from after it."""
    folder = tmp_path_factory.mktemp("checkpoints")
    file, backup = str(make_url(office.realm.settings.database_url).database), str(folder / "backup.sqlite3")
    create_key(folder / "key.json")
    (folder / "kept").mkdir()
    office.folder.write(school(1), school(2))
    office.apply()
    office.reveal(NAME)
    copy_ledger(file, backup)
    deactivate(office.actor, [NAME], WHY)
    make_checkpoint(office.ledger, load_private_key(folder / "key.json"), parse_destination(str(folder / "kept")))
    office.ledger.close()
    copy_ledger(backup, file)
    settings = Settings(
        {
            **office.realm.settings.values,
            "AIKOM_CHECKPOINT_TO": str(folder / "kept"),
            "AIKOM_CHECKPOINT_KEY": str(folder / "key.json.pub"),
        }
    )
    yield replace(office, realm=replace(office.realm, settings=settings))


@pytest.mark.parametrize(
    "command",
    [
        "apply",
        "accounts converge",
        f"accounts invite {NAME}",
        f"accounts reinstate {NAME} --document 1",
        f"keys reveal {NAME} --again --reason test",
        f"keys rotate {NAME}",
        "outbox send",
    ],
)
def test_a_command_that_could_open_something_refuses(rolled_back: Office, command: str) -> None:
    before = _head(rolled_back)
    done = provision(rolled_back, *command.split())
    assert done.returncode == 4, done.stderr
    assert "events are missing at its end" in " ".join(done.stderr.split())
    assert "newer backup" in " ".join(done.stderr.split())
    assert _head(rolled_back) == before
    assert require_user(rolled_back.realm.connection, NAME)["enabled"] is False


def test_the_service_refuses_too_and_says_so(rolled_back: Office) -> None:
    done = provision(rolled_back, "watch", "--once", "--without", "checkpoint", "--without", "drift")
    assert done.returncode == 4, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    refused = {line["duty"] for line in lines if line.get("event") == "duty-failed"}
    assert refused == {"tasks", "mail", "configuration", "convergence", "closing", "key-ageing", "accession"}
    assert require_user(rolled_back.realm.connection, NAME)["enabled"] is False


def test_verify_names_what_is_missing(rolled_back: Office) -> None:
    get = rolled_back.realm.settings.require
    options = ("--checkpoints", get("AIKOM_CHECKPOINT_TO"), "--trust", get("AIKOM_CHECKPOINT_KEY"))
    done = provision(rolled_back, "ledger", "verify", *options)
    assert done.returncode == 2
    assert "missing at the end: a checkpoint vouches for event" in " ".join(done.stdout.split())


def test_what_only_closes_does_not_wait(rolled_back: Office) -> None:
    done = provision(rolled_back, "keys", "cut-off", "46-0000002", "--reason", "request")
    assert done.returncode == 0, done.stderr


def _head(office: Office) -> int:
    file = str(make_url(office.realm.settings.database_url).database)
    with closing(sqlite3.connect(Path(file))) as connection:
        return int(connection.execute("SELECT max(seq) FROM ledger_event").fetchone()[0])
