"""The options `--allow-…=N` that plan and apply share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import click

from provisioning.planning.guards import Guard

Allowances = Mapping[Guard, int]


def allowances(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command one option per guard; it receives them together as `allowed`."""

    @functools.wraps(command)
    def wrapped(*args: Any, **options: Any) -> Any:
        given = {guard: options.pop(f"allow_{guard}") for guard in Guard}
        return command(*args, allowed={guard: n for guard, n in given.items() if n is not None}, **options)

    for guard in reversed(Guard):
        text = f"Let exactly N {_WORDS[guard]} pass the guard in realm.yaml."
        wrapped = click.option(f"--allow-{guard}", type=click.IntRange(min=0), metavar="N", help=text)(wrapped)
    return wrapped


_WORDS: Mapping[Guard, str] = {
    Guard.CREATES: "new accounts",
    Guard.UPDATES: "changed accounts",
    Guard.DEACTIVATIONS: "deactivations",
    Guard.MOVES: "accounts under another authority",
    Guard.STAFF: "people who are staff no more",
    Guard.MISSING: "accounts that no file names",
}
