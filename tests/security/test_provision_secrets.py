"""No secret of the installation in what any command of `provision` prints, writes or fails with.

Source: docs/security.md row 31.

Keycloak and mail server do not answer here, so that every command that needs them takes its way through errors.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from provisioning.cli.main import cli
from provisioning.ledger import open_ledger
from provisioning.model.api_key_secret import new_api_key
from tests.support.configuration import Folder, school
from tests.support.sidecar_ledger import record_accounts
from tests.support.sidecar_names import SCHOOL
from tests.support.sidecar_running import SETTINGS

CANARY = "canary-4be1a07c"
SECRETS = {
    "AIKOM_PROVISIONING_SECRET": f"{CANARY}-provisioning",
    "AIKOM_SIDECAR_SECRET": f"{CANARY}-sidecar",
    "AIKOM_SESSION_SECRET": f"{CANARY}-session-of-32-bytes-and-more",
    "AIKOM_GATE_SECRET": f"{CANARY}-gate",
    "AIKOM_SMTP_PASSWORD": f"{CANARY}-mail",
    "AIKOM_SIGNING_KEY": f"{CANARY}-signing",
}
ELSEWHERE = {"stack up", "stack down", "watch", "stack logs"}
"""They start, stop or follow processes: tests/integration/stack and /watch look into their logs."""

KEY = new_api_key().reveal()
"""What stands in everything that a command reads from standard input."""


def leaves(command: click.Command, context: click.Context, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    if name and command.invoke_without_command:
        yield name, command
    for word in command.list_commands(context):
        found = command.get_command(context, word)
        assert found is not None
        yield from leaves(found, context, f"{name} {word}".strip())


def words(command: click.Command, folder: Path) -> list[str]:
    """Something for each argument and option that the command cannot do without."""
    given: list[str] = []
    for parameter in command.params:
        if not parameter.required:
            continue
        value = _value(parameter, folder)
        given += [value] if isinstance(parameter, click.Argument) else [parameter.opts[0], value]
    return given


def _value(parameter: click.Parameter, folder: Path) -> str:
    match parameter.type:
        case click.Choice(choices=choices):
            return str(next(iter(choices)))
        case click.Path(dir_okay=False):
            return str(folder / "file")
        case click.Path():
            return str(folder)
        case click.types.IntParamType() | click.IntRange():
            return "1"
        case click.DateTime():
            return "2026-11-24"
    return SCHOOL


COMMANDS = dict(leaves(cli, click.Context(cli)))


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and a ledger, all of whose secrets are canaries."""
    config = Folder(tmp_path / "realm-config")
    config.write(school(1))
    (tmp_path / "file").write_text(f"{KEY}\n", encoding="ascii")
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = open_ledger(url)
    record_accounts(ledger)
    ledger.close()
    own = {"AIKOM_DATABASE_URL": url, "AIKOM_CONFIG": str(config.path), "AIKOM_SMTP_URL": "smtp://user@127.0.0.1:9"}
    for name, value in {**SETTINGS, **SECRETS, **own}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(arguments: list[str]) -> str:
    """All that a command tells: its output, its error and the way there."""
    result = CliRunner().invoke(cli, arguments, input=f"{KEY}\n")
    assert "Traceback" not in result.output
    error = result.exception
    return result.output + ("" if error is None else "".join(traceback.format_exception(error)))


def test_every_command_is_known() -> None:
    assert len(COMMANDS) > 40
    assert COMMANDS.keys() >= ELSEWHERE


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - ELSEWHERE))
def test_no_command_tells_a_secret(installation: Path, name: str) -> None:
    before = {path for path in installation.rglob("*") if path.is_file()}
    told = said([*name.split(), *words(COMMANDS[name], installation)])
    assert "No such command" not in told and "Missing" not in told
    assert CANARY not in told
    assert KEY not in told
    for path in installation.rglob("*"):
        if path.is_file() and path not in before:
            assert CANARY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("name", ["plan", "accounts list", "ledger verify", "outbox status"])
def test_a_database_that_does_not_answer_keeps_its_password(
    installation: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("AIKOM_DATABASE_URL", f"postgresql+psycopg://aikom:{CANARY}@127.0.0.1:9/aikom")
    result = CliRunner().invoke(cli, name.split())
    assert result.exit_code != 0
    assert CANARY not in result.output
    assert CANARY not in str(result.exception)
