"""`provision ledger verify`, `checkpoint` and `checkpoint-key`: proof that the record is what it was."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from provisioning.ledger import open_ledger
from provisioning.ledger.checkpoint import (
    PUBLIC_SUFFIX,
    Checkpoint,
    CheckpointInvalid,
    create_key,
    load_key,
    load_private_key,
    read_checkpoint,
)
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.ledger.proof.verification import Verdict, verify
from provisioning.model.errors import ExitCode
from provisioning.model.unreadable import UnreadableRecord
from provisioning.settings import load_settings

DEFAULT_KEY = Path(".aikom") / "checkpoint-key.json"

key_option = click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_KEY,
    show_default=True,
    help="The private key's file.",
)
trust_option = click.option(
    "--trust",
    "trusted",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A public key that signed checkpoints; may be given again.",
)


@click.command("verify")
@click.option("--checkpoints", metavar="PLACE", help="Where checkpoints to compare with are kept, as for `--to`.")
@trust_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def verify_command(checkpoints: str | None, trusted: Sequence[Path], as_json: bool) -> None:
    """Check that every event is as recorded, follows from the one before, and that the stored state is their sum.

    Names the first bad event and why. A person who may change the database can cut events off at its end, or compute
    all hashes anew: that shows only against checkpoints that are kept elsewhere (--checkpoints). Without --trust their
    signatures are checked with the public key beside the default key.

    An event that is intact and that this program cannot read is named too: it stays, and its subject is refused.

    Exit codes: 0 intact and readable, 2 not intact or with events that cannot be read, 3 it could not be checked.
    """
    known = _read(checkpoints, trusted)
    book = open_ledger(load_settings().database_url, create=False)
    try:
        with counting("events checked") as progress, book.reader() as reader:
            verdict = verify(reader, known, on_progress=progress)
    finally:
        book.close()
    click.echo(_as_json(verdict) if as_json else _in_words(verdict))
    if verdict.defect is not None or verdict.unreadable:
        sys.exit(ExitCode.DIFFERENCES)


@click.command()
@click.option("--to", "places", required=True, multiple=True, help="Where it is kept; may be given again.")
@key_option
@trust_option
def checkpoint(places: Sequence[str], key: Path, trusted: Sequence[Path]) -> None:
    """Verify the ledger, sign its end, and keep that where the database's administrators cannot change it.

    \b
    --to PATH or file:PATH   a file (a line is added) or a folder (a file is added)
    --to git:PATH            a folder of a git work tree; adds a file and commits it
    --to s3://BUCKET/PREFIX  an S3-compatible store; credentials and endpoint from
                             AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
                             AWS_ENDPOINT_URL_S3, AWS_REGION or an AWS profile
    --to https://...         an HTTP PUT; {seq} is replaced
    --to @FILE               any of these, read from a file

    Refuses (exit code 4) to sign a ledger that is not intact or that contradicts a checkpoint already there. An address
    that holds a signature shows in the list of processes: give it as --to @FILE with a file that holds it.
    """
    destination, private = parse_destination(" ".join(places)), load_private_key(key)
    book = open_ledger(load_settings().database_url, create=False)
    try:
        with counting("events checked") as progress:
            made, place = make_checkpoint(
                book, private, destination, trusted=[load_key(path) for path in trusted], on_progress=progress
            )
    finally:
        book.close()
    click.echo(f"event {made.seq} has hash {made.hash}: {place}")


@click.command("checkpoint-key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), default=DEFAULT_KEY)
def checkpoint_key(path: Path) -> None:
    """Make the key that signs checkpoints: PATH for the process that signs, PATH.pub for those that verify.

    Keep PATH from the database's administrators, and PATH.pub wherever checkpoints are kept. Never replaces a key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    public = create_key(path)
    click.echo(f"private key: {path}\npublic key:  {public}")


def _read(checkpoints: str | None, trusted: Sequence[Path]) -> list[Checkpoint]:
    if checkpoints is None:
        return []
    paths = trusted or (DEFAULT_KEY.with_name(DEFAULT_KEY.name + PUBLIC_SUFFIX),)
    keys = [load_key(path) for path in paths]
    tokens = parse_destination(checkpoints).existing()
    if not tokens:
        raise CheckpointInvalid(
            "there is no checkpoint in the place that --checkpoints names", remedy="name the place where they are kept"
        )
    return [read_checkpoint(token, keys) for token in tokens]


@contextmanager
def counting(words: str) -> Iterator[Callable[[int], None]]:
    """Open a line on standard error that shows how far a long walk has come; nothing when that is no terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,.0f}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(words, total=None)
        yield lambda seq: progress.update(task, completed=seq)


def _in_words(verdict: Verdict) -> str:
    if verdict.defect is not None:
        return f"NOT INTACT: {verdict.defect.explanation}\n{verdict.events} events before that are as recorded"
    return "\n".join(
        [
            f"intact: {verdict.events} events, {verdict.checkpoints} checkpoints agree",
            f"ledger {verdict.ledger_id}, head {verdict.head.hash}",
            *(_unreadable_in_words(found) for found in verdict.unreadable),
        ]
    )


def _unreadable_in_words(found: UnreadableRecord) -> str:
    return (
        f"event {found.seq} ({found.kind}) cannot be read: {found.why}; it stays as it is, and nothing opens for"
        f" {found.subject}"
    )


def _as_json(verdict: Verdict) -> str:
    defect = verdict.defect
    return json.dumps(
        {
            "intact": defect is None,
            "ledger_id": verdict.ledger_id,
            "events": verdict.events,
            "head": verdict.head.hash,
            "checkpoints": verdict.checkpoints,
            "fault": defect.fault if defect else None,
            "seq": defect.seq if defect else None,
            "explanation": defect.explanation if defect else None,
            "unreadable": [asdict(found) for found in verdict.unreadable],
        },
        ensure_ascii=False,
    )
