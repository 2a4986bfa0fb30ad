"""Every `provision` command that a message, a page, a help text or a document names is one that can be typed.

Subcommands, options and the words to choose from are compared with the command line itself. What stands for a value is
written in capitals (`ID`, `NUMBER`) or filled in by the program.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from provisioning.cli.main import cli
from tests.architecture.modules import ROOT, modules

FILLED_IN: Final = "FILLED-IN"
_NAMED: Final = re.compile(r"`provision ([a-z][^`]*)`")
_TYPED: Final = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?provision ([a-z][^|>#&;()]*)", re.MULTILINE)
_PLACEHOLDER: Final = re.compile(r"^[\[<{(]*(?:[A-Z][A-Z_-]*|…|\.\.\.)[\]>})…]*$|" + FILLED_IN)


def in_code() -> Iterator[tuple[str, str]]:
    """Module and command line, for each one in backticks in any text of the program."""
    for module in modules():
        for node in ast.walk(module.tree):
            text = _text(node)
            for found in _NAMED.finditer(re.sub(r"\s+", " ", text)):
                yield module.name, found[1]


def in_documents() -> Iterator[tuple[str, str]]:
    """Document and command line, for each one in backticks or typed in a block."""
    for path in sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]):
        if "decisions" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        blocks = "".join(re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        rest = re.sub(r"\s+", " ", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
        for found in [*_NAMED.finditer(rest), *_TYPED.finditer(blocks)]:
            yield str(path.relative_to(ROOT)), found[1]


def fault(line: str) -> str | None:
    """Why this cannot be typed; None when it can."""
    command: click.Command = cli
    words = shlex.split(line.replace("'", "’").replace("…", " … ").replace("[", " ").replace("]", " "))
    words = [word for word in words if word not in ("\\", "…")]
    context = click.Context(command)
    while words and isinstance(command, click.Group):
        if words[0].startswith("-") or _PLACEHOLDER.match(words[0]):
            break
        alternatives = words.pop(0).split("|")
        found = {name: command.get_command(context, name) for name in alternatives}
        if missing := [name for name, one in found.items() if one is None]:
            return f"there is no command {missing[0]} in {command.name}"
        command = next(one for one in found.values() if one is not None)
    return _fault_of_options(command, words)


def _fault_of_options(command: click.Command, words: list[str]) -> str | None:
    options = {name: parameter for parameter in command.params for name in parameter.opts + parameter.secondary_opts}
    options |= dict.fromkeys(("-h", "--help", "--version"))  # type: ignore[arg-type] # click adds them by itself
    for number, word in enumerate(words):
        if not word.startswith("--"):
            continue
        name, _, value = word.rstrip(".,:;").partition("=")
        if name.endswith("-"):  # `--allow-…` stands for several.
            continue
        if name not in options:
            return f"{command.name} has no option {name}"
        value = value or next(iter(words[number + 1 :]), "")
        kind = getattr(options[name], "type", None)
        if not isinstance(kind, click.Choice) or value in kind.choices:
            continue
        if value.lower() in kind.choices or not _PLACEHOLDER.match(value):
            return f"{command.name} {name} does not take {value}"
    return None


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else FILLED_IN for part in node.values)
    return ""


@pytest.mark.parametrize("source", [in_code, in_documents])
def test_a_command_that_is_named_can_be_typed(source: object) -> None:
    assert callable(source)
    named = list(source())
    assert len(named) > 30
    wrong = sorted({f"{place}: `provision {line}`: {why}" for place, line in named if (why := fault(line))})
    assert wrong == []


def test_what_one_chooses_from_is_written_as_it_is_typed() -> None:
    """An enumeration's members would be offered by their names in capitals, which no document uses."""
    chosen = [
        (command.name, choice)
        for command in _commands(cli)
        for parameter in command.params
        if isinstance(parameter.type, click.Choice)
        for choice in parameter.type.choices
    ]
    assert chosen
    assert [(name, choice) for name, choice in chosen if type(choice) is not str or choice != choice.lower()] == []


def _commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _commands(inner)


@pytest.mark.parametrize(
    "line",
    ["accounts burn ID", "outbox status --state FAILED", "keys rotate --sooner", "plann", "ledger verify --chek"],
)
def test_a_command_that_cannot_be_typed_is_found(line: str) -> None:
    assert fault(line) is not None


@pytest.mark.parametrize("line", ["outbox status --state failed", "keys rotate ID", "stack restore --only STORE"])
def test_one_that_can_be_typed_is_not(line: str) -> None:
    assert fault(line) is None


def test_the_documents_are_read_from_where_they_are() -> None:
    assert Path(ROOT / "docs" / "operations.md").is_file()
