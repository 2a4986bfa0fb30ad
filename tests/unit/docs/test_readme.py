"""README.md stays true: its commands, make targets and map are those of the project."""

from __future__ import annotations

import re

import click

from provisioning.cli.main import cli
from provisioning.cli.console import OUT
from provisioning.cli.stack.view import show_summary
from provisioning.stack.summary import Summary
from tests.support.documents import ROOT, named_in, table_rows

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_command_it_shows_exists() -> None:
    shown = set(re.findall(r"provision ((?:[a-z]+(?: |$|\n|`)){1,3})", TEXT))
    assert len(shown) > 5
    for words in shown:
        assert _exists(re.findall(r"[a-z]+", words)), words


def test_every_make_target_it_shows_exists() -> None:
    assert set(re.findall(r"(?:`|\$ |    )make ([a-z]+)", TEXT)) - set(TARGETS) == set()


def test_every_target_of_make_says_what_it_does() -> None:
    rules = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert rules == TARGETS


def test_the_map_names_every_folder_and_no_room_that_is_not_there() -> None:
    rows = {row[0].strip("`/"): row[1] for row in table_rows("README.md") if row[0].endswith("/`")}
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."} - {"build"}
    assert set(rows) == folders
    for package in ("provisioning", "sidecar"):
        named = set(named_in(rows[package])) - {"provision"}
        assert [room for room in named if not (ROOT / package / room / "__init__.py").is_file()] == []


def test_it_shows_the_line_of_the_console_that_make_up_prints() -> None:
    address = "http://localhost:8080/admin/aikom/console/"
    with OUT.capture() as printed:
        show_summary(Summary({}, {}, 0, address, "http://localhost:8000", None))
    (line,) = (line for line in printed.get().splitlines() if address in line)
    assert f"    {line}\n" in TEXT


def _exists(words: list[str]) -> bool:
    """Whether the words are a command; after a command that is no group anything may follow."""
    command: click.Command | None = cli
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command is not None
