"""`provision migrate`: bring the ledger's tables to this version, and say which programs may go on meanwhile."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from provisioning.ledger import open_ledger
from provisioning.ledger.versions import Versions, versions
from provisioning.model.errors import ExitCode
from provisioning.settings import load_settings


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit code 2 when there is something to do.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def migrate(check: bool, as_json: bool) -> None:
    """Bring the ledger's tables to the version of this program. Repeating it is safe.

    Run it as the owner of the tables (AIKOM_DATABASE_URL), then `provision ledger grant` for each role, before the
    first process of the new version starts. Processes of the version before go on, and may be started again, as long as
    "oldest writer" is not later than theirs.

    \b
    Exit codes: 0 up to date, 2 (--check) tables are of an earlier version,
    3 the database cannot be reached, or its tables are of a later version
    that this program may not use.
    """
    url = load_settings().database_url
    before = versions(url)
    if before.is_pending and not check:
        open_ledger(url).close()
    now = versions(url)
    if as_json:
        click.echo(json.dumps({"before": asdict(before), "now": asdict(now)}))
    else:
        _say(before, now)
    if now.is_pending:
        raise SystemExit(ExitCode.DIFFERENCES)


def _say(before: Versions, now: Versions) -> None:
    if now.is_pending:
        click.echo(f"The tables are of version {now.tables or 'none'}, this program of {now.program}: migrate.")
        return
    if before.is_pending:
        click.echo(f"The tables were of version {before.tables or 'none'} and are of {now.tables}.")
        click.echo("On PostgreSQL: run `provision ledger grant ROLE --part PART` for each role now.")
    else:
        click.echo(f"Nothing to do: the tables are of version {now.tables}, this program of {now.program}.")
    click.echo(f"oldest reader {now.oldest_reader}, oldest writer {now.oldest_writer}")
