"""How the stack's steps and its summary look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.status import Status

from provisioning.cli.console import ERR, OUT, tell
from provisioning.stack.summary import Summary


class ShownSteps:
    """`stack.progress.Progress` as a spinner on standard error; plain lines where there is no terminal."""

    def __init__(self) -> None:
        self._spinner = Status("…", console=ERR)
        self._title = ""

    def __enter__(self) -> Self:
        if ERR.is_terminal:
            self._spinner.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spinner.stop()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step as long as the block lasts."""
        self._title = title
        if ERR.is_terminal:
            self._spinner.update(f"{title} …")
        else:
            tell(f"{title} …")
        yield

    def detail(self, text: str) -> None:
        """Show a detail behind the title; only where it can be overwritten."""
        if ERR.is_terminal:
            self._spinner.update(f"{self._title} … {text}")

    def note(self, text: str) -> None:
        """Show a line that stays."""
        tell(text)


def show_summary(summary: Summary) -> None:
    """Show counts, addresses and next steps."""
    accounts = ", ".join(f"{count} {state}" for state, count in sorted(summary.accounts.items()))
    keys = ", ".join(f"{count} {state}" for state, count in sorted(summary.api_keys.items()))
    rows = (
        ("accounts", f"{sum(summary.accounts.values())} ({accounts or 'none yet: run `provision apply`'})"),
        ("API keys", f"{sum(summary.api_keys.values())} ({keys or 'none yet'})"),
        ("mails caught", f"{summary.mails}: `provision stack mails`"),
        ("Keycloak console", f"{summary.console_url} (for staff; it shows everything and changes nothing)"),
        ("portal", summary.sidecar_url),
        ("settings, logs, data", ".aikom/ (stack.env, log/, ledger.sqlite3)"),
    )
    for name, value in rows:
        OUT.print(f"  [bold]{name:<22}[/bold]{value}")
    OUT.print("\nTry next:")
    if shutil.which("provision") is None:
        OUT.print("  source .venv/bin/activate           so that the shell finds `provision`", markup=False)
    for line in _next_steps(summary.example):
        OUT.print(f"  {line}", markup=False)


def _next_steps(example: str | None) -> tuple[str, ...]:
    first = (
        "provision plan                      nothing to change; edit realm-config/institutions and look again",
        "provision stack mails show 1        an activation mail with its one-time link",
    )
    key = (f"provision keys reveal {example:<14}a fresh API key, shown once",) if example else ()
    return (*first, *key, "make demo                           a narrated walk through the order")
