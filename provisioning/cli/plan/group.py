"""`provision plan`: what an apply would change, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from provisioning.cli.console import show_json, shown_progress, tell
from provisioning.cli.parts import open_parts, valid_configuration
from provisioning.cli.plan.allowances import Allowances, allowances
from provisioning.cli.plan.markdown import plan_as_markdown
from provisioning.cli.plan.view import show_otherwise, show_plan
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.comparison.otherwise import Otherwise, find_otherwise
from provisioning.model.errors import ExitCode
from provisioning.planning.plan import Plan


@click.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--full", is_flag=True, help="Read every account in Keycloak instead of trusting the journal.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON on standard output.")
@click.option("--markdown", is_flag=True, help="Print the plan for a comment on a merge request.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan for `provision apply FILE`."
)
@allowances
@click.pass_context
def plan(
    ctx: click.Context,
    directory: Path | None,
    full: bool,
    as_json: bool,
    markdown: bool,
    out: Path | None,
    allowed: Allowances,
) -> None:
    """Show what would change in Keycloak.

    Reads DIRECTORY (realm-config by default), the ledger and Keycloak; changes nothing. Keycloak is asked about
    accounts that may differ; --full reads them all, and OIS and what keys open, which the ledger decides on. Exit
    code 0 when everything is in sync, 2 when there are differences, 4 when a guard or a rule would refuse them.
    """
    configuration = valid_configuration(directory)
    with open_parts() as parts, shown_progress() as progress:
        found = survey(
            configuration,
            parts.settings,
            parts.connection,
            parts.ledger,
            allowed=allowed,
            progress=progress,
            full=full,
        )
        otherwise: Sequence[Otherwise] = ()
        if full:
            with parts.ledger.reader() as reader:
                otherwise = find_otherwise(found.reading, reader, found.actual)
    if out is not None:
        out.write_text(json.dumps(found.plan.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        tell(f"plan {found.plan.checksum[:12]} saved; carry it out with `provision apply {out}`")
    if as_json:
        show_json({**found.plan.as_json(), "ledger": [asdict(one) for one in otherwise]})
    else:
        _show(found.plan, otherwise, markdown=markdown)
    code = exit_code(found.plan)
    ctx.exit(ExitCode.DIFFERENCES if code is ExitCode.OK and otherwise else code)


def _show(found: Plan, otherwise: Sequence[Otherwise], *, markdown: bool) -> None:
    """Beside what the ledger has otherwise nothing says that there is nothing to change."""
    if markdown:
        click.echo(plan_as_markdown(found, otherwise))
        return
    if not (otherwise and found.is_in_sync):
        show_plan(found)
    show_otherwise(otherwise)


def exit_code(found: Plan) -> ExitCode:
    """Return a plan's exit code for the shell."""
    if found.stops or found.accounts.refusals:
        return ExitCode.REFUSED
    return ExitCode.OK if found.is_in_sync else ExitCode.DIFFERENCES
