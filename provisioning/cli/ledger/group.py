"""`provision ledger`: look at the legal record, prove that it is intact, and carry it out of the database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from provisioning.cli.console import OUT
from provisioning.cli.ledger.checkpoints import checkpoint, checkpoint_key, counting, verify_command
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.grants import grant, grant_statements, revoke
from provisioning.ledger.powers import PARTS, Part
from provisioning.ledger.proof.export import export_lines, history
from provisioning.ledger.proof.rebuild import rebuild
from provisioning.ledger.proof.rollback import newest_checkpoint
from provisioning.ledger.proof.take_over import take_over
from provisioning.ledger.queries.overview import Overview, overview
from provisioning.model.errors import ExitCode
from provisioning.model.events import format_time
from provisioning.settings import load_settings


@click.group()
def ledger() -> None:
    """The legal record: what was done to which account and key, by whom, when and why.

    Events are only ever added, and each holds the hash of the one before it. Accounts and keys, as the other commands
    see them, are what the events add up to. Kept in the database of AIKOM_DATABASE_URL.
    """


ledger.add_command(verify_command)
ledger.add_command(checkpoint)
ledger.add_command(checkpoint_key)


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def status(as_json: bool) -> None:
    """Show how much is recorded, what is still to be done, and who holds which lease."""
    with opened() as book, book.reader() as reader:
        found = overview(reader)
        name = book.name
    if as_json:
        click.echo(json.dumps({"database": name, **asdict(found)}, default=_plain, ensure_ascii=False))
        return
    click.echo(f"{name}\n{found.events} events, the last at {found.last_at:%Y-%m-%d %H:%M:%S} UTC\nhead {found.head}")
    OUT.print(_counts(found))
    for lease in found.held:
        click.echo(f"{lease.name}: held by {lease.holder} since {lease.acquired_at:%Y-%m-%d %H:%M:%S} UTC")


@ledger.command()
@click.argument("subject")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines for programs.")
def show(subject: str, as_json: bool) -> None:
    """Show the history of SUBJECT: an account (46-0001234, 46-0001234-g2) with its keys, a key's client id, or `realm`.

    Exit code 1 when nothing is recorded about it.
    """
    with opened() as book, book.reader() as reader:
        events = history(reader, subject)
    if not events:
        click.echo(f"nothing is recorded about {subject}", err=True)
        sys.exit(ExitCode.INVALID_INPUT)
    if as_json:
        for line in export_lines(events):
            click.echo(line)
        return
    table = Table(box=None)
    for heading in ("no.", "when (UTC)", "what", "subject", "by", "clause", "details"):
        table.add_column(heading, overflow="fold")
    for event in events:
        told = [f"{name}={value}" for name, value in event.listed()]
        details = "; ".join([*([event.reason] if event.reason else []), *told])
        row = (str(event.seq), f"{event.at:%Y-%m-%d %H:%M:%S}", event.kind, event.subject, event.actor, event.clause)
        table.add_row(*row, details)
    OUT.print(table)


@ledger.command()
@click.option("--after", type=click.IntRange(min=0), default=0, show_default=True, help="Only events after this one.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of standard output.")
def export(after: int, to: Path | None) -> None:
    """Write all events as JSON Lines, each with its hash, for an archive or another system.

    A line without its "hash" is exactly what was hashed: the chain can be checked with SHA-256 alone.
    """
    with opened() as book, book.reader() as reader:
        lines = export_lines(reader.events(after))
        if to is None:
            for line in lines:
                click.echo(line)
        else:
            _write_whole(to, lines)


@ledger.command("take-over")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take_over_command(file: Path) -> None:
    """Bring a ledger that was put back forward from FILE, which `provision ledger export` wrote later.

    The events that the backup lacks are recorded as they were, with their numbers and hashes; all of them or none. An
    export of another ledger, or of one that has gone on since, is refused (exit code 4), and so is one that the newest
    checkpoint in AIKOM_CHECKPOINT_TO contradicts. Run `provision recover` afterwards.
    """
    settings = load_settings()
    where, key = settings.get("AIKOM_CHECKPOINT_TO"), settings.get("AIKOM_CHECKPOINT_KEY")
    newest = None if where is None or key is None else newest_checkpoint(where, key)
    with opened() as book, counting("events taken over") as progress, file.open(encoding="utf-8") as lines:
        done = take_over(book, lines, newest, on_progress=progress)
    click.echo(f"{done.after - done.before} events taken over: the ledger ends with event {done.after}")


@ledger.command("rebuild")
def rebuild_command() -> None:
    """Compute accounts and keys anew from all events, as the owner of the tables.

    For the day when `verify` says that the stored state is not what the events say, and the events are intact.
    """
    with opened() as book:
        differing = rebuild(book)
    click.echo(f"{differing} records differed and were replaced" if differing else "nothing differed")


@ledger.command("grant")
@click.argument("role")
@click.option("--part", type=click.Choice([part.value for part in Part]), required=True, help="What ROLE is for.")
@click.option("--sql", is_flag=True, help="Only print the SQL, for somebody else to carry out.")
def grant_command(role: str, part: str, sql: bool) -> None:
    """Let the PostgreSQL role ROLE do in the ledger what one part of the system does, and nothing besides.

    Run it as the owner of the tables for each part's role, at the beginning and after every update: it makes the tables
    first, or brings them to this version. ROLE must be another role, and belongs in that part's AIKOM_DATABASE_URL.
    """
    if sql:
        click.echo(";\n".join(grant_statements(role, Part(part))) + ";")
        return
    with opened(create=True) as book:
        grant(book, role, Part(part))
    kinds = {one.kind for one in PARTS[Part(part)].kinds}
    click.echo(f"{role} may do what {part} does: {len(kinds)} kinds of events of its own actors")


@ledger.command("revoke")
@click.argument("role")
def revoke_command(role: str) -> None:
    """Take everything in the ledger from the PostgreSQL role ROLE, as one that programs work as no more.

    Run it as the owner of the tables. Whether ROLE can sign in to the database is PostgreSQL's: ALTER ROLE … NOLOGIN.
    """
    with opened() as book:
        revoke(book, role)
    click.echo(f"{role} may do nothing in the ledger")


@contextmanager
def opened(*, create: bool = False) -> Iterator[Ledger]:
    """Open the ledger of this installation, as it is unless `create`: commands that look at it write nothing."""
    book = open_ledger(load_settings().database_url, create=create)
    try:
        yield book
    finally:
        book.close()


def _write_whole(path: Path, lines: Iterator[str]) -> None:
    """Write beside the file and rename, so that nobody takes half an export for a whole one."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    partial.replace(path)


def _counts(found: Overview) -> Table:
    table = Table("", "state", "number", box=None)
    groups = (
        ("accounts", found.accounts),
        ("API keys", found.api_keys),
        ("OIS", found.ois),
        ("mandates", found.mandates),
        ("work to be done", found.pending_tasks),
        ("mail", found.mails),
    )
    for name, counts in groups:
        for state, number in counts.items() or [("-", 0)]:
            table.add_row(name, state, str(number))
    return table


def _plain(value: object) -> str:
    return format_time(value) if isinstance(value, datetime) else str(value)
