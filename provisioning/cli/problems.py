"""How problems of the configuration are printed: `file:line:column`, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from provisioning.cli.console import ERR
from provisioning.registry import Problem, Severity


def show_problems(problems: Iterable[Problem], console: Console = ERR) -> None:
    """Show one problem after the other, in the order given."""
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        console.print(
            f"{escape(str(problem.source))}: [{colour}]{problem.severity}[/]: "
            f"{escape(problem.message)} [dim]{escape(f'[{problem.code}]')}[/]"
        )
        console.print(f"    {escape(problem.remedy)}")
