"""One door for all commands that open access: a ledger older than its newest checkpoint is refused, before all else.

The list of commands is read from the command line itself. Source: order cl. 11, 12; decision 11.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from provisioning.cli.main import cli
from provisioning.ledger import open_ledger
from provisioning.ledger.checkpoint import create_key, load_private_key
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.errors import LedgerRolledBack
from provisioning.ledger.proof.checkpointing import make_checkpoint
from tests.support.dba import run_as_dba
from tests.support.ledger_events import SCHOOL, births
from tests.support.sidecar_running import SETTINGS

_CONTRACT = "--contract 1 --date 2026-11-01"
OPENS = {
    "apply": "",
    "accounts converge": "",
    "accounts invite": SCHOOL,
    "accounts new-generation": f"{SCHOOL} --document 1",
    "accounts reinstate": f"{SCHOOL} --document 1",
    "accounts unlock": SCHOOL,
    "keys reveal": SCHOOL,
    "keys rotate": SCHOOL,
    "mandates agree": f"{SCHOOL} on",
    "mandates direct-use": f"{SCHOOL} on",
    "mandates grant": f"{SCHOOL} diary {_CONTRACT}",
    "mandates grant-below": f"{SCHOOL} diary {_CONTRACT} --expect mark",
    "ois agreement accept": "diary --version 1",
    "ois conclude": "diary --number 1 --outcome positive --until 2027-11-01 --requirements 1",
    "ois invite": "diary",
    "ois key": "diary {file}",
    "ois proof": "diary --optional --reason test",
    "ois resume": "diary --reason test",
    "ois rights": "diary --right students.read --reason test",
    "ois secret": "diary --reason test",
    "outbox send": "",
}
"""Commands that open access or act on every verdict, each with arguments that would."""

OTHERS = frozenset(
    {
        # They look, or write files only.
        *("validate", "schema", "fmt", "import authorities", "import deactivations", "import edebo", "export", "plan"),
        *("drift", "explain", "accounts list", "accounts status", "keys check", "keys cut-off-requests", "keys status"),
        *("ois list", "ois show", "mandates list", "mandates show", "outbox status", "watch alive", "watch status"),
        *("ledger export", "ledger show", "ledger status", "ledger verify", "ledger checkpoint-key"),
        # They close, or note what happened.
        *("accounts deactivate", "accounts withdraw", "keys cut-off", "keys decide", "keys leaked", "keys retire"),
        *("mandates expire", "mandates withdraw", "ois accession", "ois agreement return", "ois judge", "ois reject"),
        *("ois revoke", "ois suspend", "outbox bounces"),
        # They say where two administrators decide.
        *("ois connect", "ois terminate"),
        # They see to the ledger itself, or recover an older one.
        *(
            "ledger checkpoint",
            "ledger grant",
            "ledger revoke",
            "ledger rebuild",
            "ledger take-over",
            "migrate",
            "recover",
        ),
        # Each of its duties asks by itself.
        "watch",
        # The sandbox opens nothing; a stack is started, stopped or looked at.
        *(
            "sandbox apply",
            "bootstrap",
            "renew-account",
            "stack backup",
            "stack down",
            "stack logs",
            "stack mails",
            "stack mails show",
        ),
        *("stack restore", "stack status", "stack summary", "stack up"),
    }
)


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that can be called, by its words."""
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield " ".join(path)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from leaves(found, (*path, name))


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Settings of an installation whose ledger lacks events that its newest checkpoint vouches for."""
    folder = tmp_path_factory.mktemp("older")
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    create_key(folder / "key.json")
    (folder / "kept").mkdir()
    ledger = open_ledger(url)
    with ledger.transaction() as transaction:
        transaction.append(births(1, 3))
    make_checkpoint(ledger, load_private_key(folder / "key.json"), parse_destination(str(folder / "kept")))
    run_as_dba(url, ["DELETE FROM ledger_event WHERE seq > 3"])
    kept = {"AIKOM_CHECKPOINT_TO": str(folder / "kept"), "AIKOM_CHECKPOINT_KEY": str(folder / "key.json.pub")}
    ledger.close()
    yield {**SETTINGS, **kept, "AIKOM_DATABASE_URL": url}


def run(settings: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> BaseException | None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    file = folder / "jwks.json"
    file.write_text('{"keys": []}', encoding="utf-8")
    given = [str(file) if word == "{file}" else word for word in words.split()]
    return CliRunner().invoke(cli, given, standalone_mode=False).exception


def test_every_command_is_on_one_of_the_lists() -> None:
    assert sorted(leaves(cli)) == sorted([*OPENS, *OTHERS])


@pytest.mark.parametrize("command", OPENS)
def test_a_command_that_opens_refuses_on_an_older_ledger(
    command: str, older: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = make_url(older["AIKOM_DATABASE_URL"]).database
    with closing(sqlite3.connect(str(file))) as connection:
        before = list(connection.iterdump())
        error = run(older, f"{command} {OPENS[command]}", monkeypatch, tmp_path)
        assert list(connection.iterdump()) == before
    assert isinstance(error, LedgerRolledBack), error
    assert "events are missing at its end" in error.message


@pytest.mark.parametrize("command", OPENS)
def test_without_checkpoints_it_is_not_that_which_it_refuses_for(
    command: str, older: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trusting = {name: value for name, value in older.items() if "CHECKPOINT" not in name}
    error = run(trusting, f"{command} {OPENS[command]}", monkeypatch, tmp_path)
    assert not isinstance(error, LedgerRolledBack)
