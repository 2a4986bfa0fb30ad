"""`provision stack`: Keycloak, the mail catcher and the sidecar on this computer, for trying things out."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final, TypeVar

import click
from rich.table import Table

from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.stack.backup import backup, restore
from provisioning.cli.stack.mails import mails
from provisioning.cli.stack.view import ShownSteps, show_summary
from provisioning.settings import load_settings
from provisioning.stack.down import take_down
from provisioning.stack.errors import StackError
from provisioning.stack.paths import StackPaths
from provisioning.stack.port_choice import USUAL_PORTS, variable
from provisioning.stack.state import Part, Port
from provisioning.stack.status import PartStatus, stack_status
from provisioning.stack.summary import summarise
from provisioning.stack.up import bring_up

_Command = TypeVar("_Command", bound=Callable[..., Any])
_PORT: Final = click.IntRange(1, 65535)


@click.group()
def stack() -> None:
    """Keycloak on H2, a mail catcher and the sidecar as processes of this computer.

    Their data, logs and settings are in `.aikom/` of the working directory. Not for real institutions.
    """


for _each in (mails, backup, restore):
    stack.add_command(_each)


def _port_options(command: _Command) -> _Command:
    for port in reversed(Port):
        text = f"Port for {port}; also {variable(port)}. First choice {USUAL_PORTS[port]}, then any free one."
        command = click.option(f"--{port}-port", f"port_{port}", type=_PORT, help=text)(command)
    return command


@stack.command()
@_port_options
@click.option("--fast", is_flag=True, help="Keycloak writes 5 times faster, but forgets half a second when killed.")
def up(fast: bool, **ports: int | None) -> None:
    """Start what does not run, and wait until it answers. Safe to repeat and to interrupt."""
    asked = {port: number for port in Port if (number := ports[f"port_{port}"]) is not None}
    with ShownSteps() as steps:
        bring_up(StackPaths.of(), asked, steps, durable=not fast)
    _show_status(stack_status(StackPaths.of()))


@stack.command()
@click.option("--wipe", is_flag=True, help="Also remove all data: ledger, Keycloak's database, mails, secrets.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
def down(wipe: bool, yes: bool) -> None:
    """Stop the processes; their data stays unless --wipe is given."""
    paths = StackPaths.of()
    if wipe and not yes:
        click.confirm(f"Remove {paths.root} with the ledger, Keycloak's database and the mails?", abort=True)
    with ShownSteps() as steps:
        stopped = take_down(paths, steps, wipe=wipe)
    tell(f"stopped: {', '.join(stopped.parts)}" if stopped.parts else "nothing was running")
    if stopped.wiped:
        tell(f"removed: {paths.root}")


@stack.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def status(as_json: bool) -> None:
    """Show each part with its port and process, and whether it answers. Exit code 3 when one does not."""
    found = stack_status(StackPaths.of())
    if as_json:
        show_json([asdict(part) for part in found])
    else:
        _show_status(found)
    if not all(part.running for part in found):
        raise click.exceptions.Exit(StackError.exit_code)


@stack.command()
@click.argument("part", type=click.Choice([part.value for part in Part]), required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is added, until Ctrl-C.")
@click.option("-n", "--lines", type=click.IntRange(1), default=50, show_default=True, help="Lines of each log.")
def logs(part: str | None, follow: bool, lines: int) -> None:
    """Show the end of the logs, of one part or of all."""
    paths = StackPaths.of()
    files = [str(file) for name in Part if name == (part or name) and (file := paths.log(name)).is_file()]
    if not files:
        tell("there are no logs yet: run `provision stack up`")
        return
    with contextlib.suppress(KeyboardInterrupt):
        subprocess.run(["tail", "-n", str(lines), *(["-F"] if follow else []), "--", *files], check=False)


@stack.command()
def summary() -> None:
    """Show what is provisioned, where everything is, and what to try next."""
    show_summary(summarise(StackPaths.of(), load_settings()))


def _show_status(found: tuple[PartStatus, ...]) -> None:
    table = Table("part", "port", "process", "state")
    for part in found:
        state = "healthy" if part.healthy else "running, not ready" if part.running else "not running"
        table.add_row(part.part, str(part.port or "-"), str(part.pid or "-"), state)
    OUT.print(table)
