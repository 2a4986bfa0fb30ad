"""`provision watch`: the long-running service, and how it fares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT, show_json
from provisioning.cli.parts import open_parts
from provisioning.ledger.leases.lease import LeaseRecord, find_lease
from provisioning.ledger.operational.duties import DutyRecord, duties
from provisioning.logs import configure_logging
from provisioning.model.errors import ExitCode
from provisioning.watch.duties import NAMES, Choice
from provisioning.watch.health import STALE_S, Health, check_alive
from provisioning.watch.service import LEASE, Service, stopped_by_signals


@click.group(invoke_without_command=True)
@click.option("--config", type=click.Path(path_type=Path), help="The configuration folder; AIKOM_CONFIG if not given.")
@click.option("--pull", is_flag=True, help="Run `git pull --ff-only` in its work tree before each look.")
@click.option("--once", is_flag=True, help="Do every duty once and end; for timers.")
@click.option("--without", multiple=True, type=click.Choice(NAMES), help="Leave a duty out; may be given again.")
@click.option("--finishing", is_flag=True, help="Only finish what is recorded: tasks and mail. `make up` runs this.")
@click.option("--health-file", type=click.Path(path_type=Path, dir_okay=False), help="Sign of life; see `watch alive`.")
@click.pass_context
def watch(
    ctx: click.Context,
    config: Path | None,
    pull: bool,
    once: bool,
    without: tuple[str, ...],
    finishing: bool,
    health_file: Path | None,
) -> None:
    """Keep Keycloak, ledger and configuration together until stopped by SIGTERM or Ctrl-C.

    Applies what changes in the configuration, within the guards and without allowances; carries out what was recorded;
    sends mail; closes again what has ended; warns of keys that end; looks for drift; makes checkpoints. Of several
    processes one leads and the others wait for its lease. Intervals are in realm.yaml. The log is JSON, one event a
    line.

    Exit codes of --once: 0 done, or another process leads; 2 something waits for a person; 3 a duty failed for want of
    Keycloak, database or mail server; 4 refused.
    """
    if ctx.invoked_subcommand is not None:
        return
    configure_logging()
    with open_parts() as parts, stopped_by_signals() as stop:
        settings = parts.settings
        if config is not None:
            settings = replace(settings, values={**settings.values, "AIKOM_CONFIG": str(config)})
        service = Service(settings, parts.ledger, Choice(pull, without, finishing), Health(health_file), stop)
        if once:
            ctx.exit(service.run_once())
        service.run()


@watch.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show the leader and how each duty fares. Exit code 2 without a leader, or when a duty fails or needs a person."""
    with open_parts() as parts:
        with parts.ledger.reader() as reader:
            lease, known = find_lease(reader, LEASE), duties(reader)
        leads = lease is not None and not lease.is_free and lease.is_fresh(parts.ledger.clock())
    if as_json:
        show_json({"leader": _leader(lease, leads), "duties": [_plain(duty) for duty in known.values()]})
    else:
        _show(lease, leads, known)
    well = leads and not any(duty.error or duty.attention for duty in known.values())
    ctx.exit(ExitCode.OK if well else ExitCode.DIFFERENCES)


@watch.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--within", type=click.IntRange(min=5), default=int(STALE_S), show_default=True, help="Seconds.")
def alive(file: Path, within: int) -> None:
    """Check that the service that writes this health file lives; for containers. Exit code 3 when it does not."""
    OUT.print(check_alive(file, within))


def _show(lease: LeaseRecord | None, leads: bool, known: dict[str, DutyRecord]) -> None:
    leader = _leader(lease, leads)
    OUT.print(f"Leader: {leader['holder']}, since {leader['since']}." if leader else "[yellow]Nobody leads.[/]")
    table = Table("duty", "last run", "last success", "failures", "error, or what waits for a person", box=SIMPLE_HEAD)
    for duty in known.values():
        facts = _plain(duty)
        words = escape(duty.error or duty.attention or "")
        table.add_row(duty.name, str(facts["ran_at"]), str(facts["succeeded_at"] or ""), str(duty.failures), words)
    OUT.print(table)


def _leader(lease: LeaseRecord | None, leads: bool) -> dict[str, str] | None:
    if lease is None or not leads:
        return None
    return {"holder": lease.holder, "since": f"{lease.acquired_at:%Y-%m-%dT%H:%M:%SZ}"}


def _plain(duty: DutyRecord) -> dict[str, object]:
    return {
        "duty": duty.name,
        "holder": duty.holder,
        "ran_at": f"{duty.ran_at:%Y-%m-%dT%H:%M:%SZ}",
        "succeeded_at": f"{duty.succeeded_at:%Y-%m-%dT%H:%M:%SZ}" if duty.succeeded_at else None,
        "failures": duty.failures,
        "error": duty.error,
        "attention": duty.attention,
        "facts": dict(duty.facts),
    }
