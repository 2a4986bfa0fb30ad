"""The two consoles: results go to standard output, everything about the run goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

_WIDTH_OF_A_FILE: Final = 200
"""Columns when the output goes to a file or a pipe: rows are not folded for a screen that is not there."""

OUT: Final = Console(
    highlight=False, emoji=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
)
ERR: Final = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def complain(text: str) -> None:
    """Show a failure on standard error, without markup of its own."""
    ERR.print("error:", style="bold red", end=" ")
    ERR.print(text, markup=False)


def tell(text: str) -> None:
    """Show a remark about the run on standard error."""
    ERR.print(text, markup=False)


def show_json(document: object) -> None:
    """Show a result for machines on standard output. A plan may have 100,000 lines, so nothing colours them."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


class ShownProgress:
    """`lifecycle.progress.Progress` as bars with rate and time left; one line per stage where there is no terminal."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._label = ""
        self._total: int | None = None
        self._done = 0

    def stage(self, label: str, total: int | None = None) -> None:
        """Finish the bar of the stage before and begin another."""
        self._finish()
        if not ERR.is_terminal:
            tell(f"{label}{f' ({total})' if total else ''} …")
        self._label, self._total, self._done = label, total, 0
        self._task = self._bars.add_task(label, total=total)

    def advance(self, count: int = 1) -> None:
        """Move the bar; Rich's bars may be moved from any thread."""
        self._done += count
        if self._task is not None:
            self._bars.advance(self._task, count)

    def cut_short(self) -> str | None:
        """Return how far the stage came, in words; None when its size is not known."""
        if self._total is None:
            return None
        return f"{self._label}: {self._done} of {self._total} done, {self._total - self._done} left"

    def _finish(self) -> None:
        if self._task is not None:
            task = next(task for task in self._bars.tasks if task.id == self._task)
            self._bars.update(self._task, total=task.completed, completed=task.completed)


class _RateColumn(ProgressColumn):
    """Objects per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed else "")


@contextmanager
def shown_progress() -> Iterator[ShownProgress]:
    """Show progress on standard error for the length of a block."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as bars:
        yield ShownProgress(bars)
