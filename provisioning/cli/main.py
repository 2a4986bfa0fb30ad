"""`provision`: the command line. Owns how commands are found and how failures reach the shell."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
from collections.abc import Mapping
from typing import Final, NoReturn

import click

from provisioning.cli.console import complain
from provisioning.model.errors import AikomError, ExitCode

_COMMANDS: Final[Mapping[str, str]] = {
    "validate": "configuration.validate:validate",
    "schema": "configuration.schema:schema",
    "fmt": "configuration.fmt:fmt",
    "import": "configuration.imports:imports",
    "export": "configuration.export:export",
    "plan": "plan.group:plan",
    "apply": "plan.apply:apply",
    "drift": "plan.drift:drift",
    "accounts": "accounts.group:accounts",
    "keys": "keys.group:keys",
    "ois": "ois.group:ois",
    "mandates": "mandates.group:mandates",
    "sandbox": "sandbox:sandbox",
    "outbox": "outbox.group:outbox",
    "explain": "explain:explain",
    "ledger": "ledger.group:ledger",
    "migrate": "ledger.migrate:migrate",
    "watch": "watch:watch",
    "recover": "ledger.recover:recover",
    "stack": "stack.group:stack",
    "bootstrap": "stack.bootstrap:bootstrap",
    "renew-account": "stack.renew_account:renew_account_command",
}
"""Command → `module:object` below this package; loaded when used, so that `--help` is quick."""

_INTERRUPTED: Final = 130
_OUTPUT_GONE: Final = 120

_THRESHOLDS: Final = (100_000, 20, 20)
"""Garbage is looked for that rarely: what a command makes, it mostly keeps to its end."""


class _Commands(click.Group):
    """Loads a command's module only when that command is asked for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse words in another encoding than UTF-8: no event could hold them."""
        for word in args:
            if not word.isascii() and word != word.encode(errors="replace").decode():
                raise click.UsageError(
                    f"{word.encode(errors='replace').decode()} is not in UTF-8: set the terminal to it"
                )
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command = getattr(importlib.import_module(f"{__package__}.{module}"), name)
        return command if isinstance(command, click.Command) else None


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aikom-access", prog_name="provision")
def cli() -> None:
    """Accounts and API keys of Ukraine's schools, from YAML to Keycloak.

    \b
    First steps:
      provision stack up      start Keycloak, mail catcher and portal on this machine
      provision validate      check the configuration; contacts nothing
      provision plan          what would change
      provision apply         carry it out

    \b
    Exit codes: 0 done or in sync, 1 invalid input, 2 differences, 3 Keycloak or
    database not reachable, 4 refused by a guard.
    """


def main() -> None:
    """Run a command as a process: every expected failure becomes words on standard error and an exit code."""
    gc.set_threshold(*_THRESHOLDS)
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = ExitCode.INVALID_INPUT
    except (click.exceptions.Abort, KeyboardInterrupt):
        complain("interrupted; what was recorded is finished by the next `provision apply`")
        code = _INTERRUPTED
    except AikomError as error:
        complain(error.diagnostics())
        code = error.exit_code
    _leave(code if isinstance(code, int) else ExitCode.OK)


def _leave(code: int) -> NoReturn:
    """End the process without taking hundreds of thousands of objects apart one by one, which nobody would miss.

    Commands have closed what they opened, and their threads have ended.
    """
    logging.shutdown()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # Whoever read the output has gone; the interpreter would end with this code too.
        code = _OUTPUT_GONE
    os._exit(code)
