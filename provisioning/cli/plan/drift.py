"""`provision drift`: what Keycloak has that the configuration and the ledger do not say."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from provisioning.cli.console import OUT, show_json, shown_progress
from provisioning.cli.parts import open_parts, valid_configuration
from provisioning.cli.plan.view import show_otherwise, show_plan
from provisioning.lifecycle.applying.drift import find_drift
from provisioning.model.errors import ExitCode


@click.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on standard output.")
@click.pass_context
def drift(ctx: click.Context, directory: Path | None, as_json: bool) -> None:
    """Compare all of Keycloak with DIRECTORY (realm-config by default) and the ledger; change nothing.

    Managed differences are what an apply would put right; what the ledger decides on, OIS and what keys open, is put
    right by `accounts converge`. Foreign objects were not made by this system; they are
    listed and never touched. Exit code 0 when there is neither, 2 otherwise.
    """
    configuration = valid_configuration(directory)
    with open_parts() as parts, shown_progress() as progress:
        found = find_drift(configuration, parts.settings, parts.connection, parts.ledger, progress)
    if as_json:
        show_json(found.as_json())
    else:
        if not found.plan.is_in_sync:
            show_plan(found.plan)
        show_otherwise(found.otherwise)
        for thing in found.foreign:
            OUT.print(f"[magenta]foreign[/] {thing.type} [bold]{escape(thing.name)}[/]: {escape(thing.why)}")
        if found.is_in_sync:
            OUT.print(f"No drift: Keycloak's {found.plan.existing} accounts and realm are as configured.")
    ctx.exit(ExitCode.OK if found.is_in_sync else ExitCode.DIFFERENCES)
