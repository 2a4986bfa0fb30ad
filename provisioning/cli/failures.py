"""Shows objects that Keycloak refuses: which, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from rich.markup import escape

from provisioning.cli.console import OUT
from provisioning.lifecycle.failing import Failure


def show_failures(failures: Iterable[Failure]) -> None:
    """Print each object that Keycloak refuses, with its remedy."""
    for failure in failures:
        OUT.print(f"[red]not done[/] [bold]{escape(failure.subject)}[/]: {escape(failure.why)}")
        if failure.remedy:
            OUT.print(f"        {escape(failure.remedy)}")
