"""`provision outbox bounces`: notifications of mail that came back, from a file, a Maildir or standard input."""

from __future__ import annotations

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.mail.bounces import Fate, Judged, record_bounces
from provisioning.mail.bounces import MAX_BYTES, Bounce, read_bounces
from provisioning.registry.realm_alone import load_realm_policy


@click.command()
@click.argument("source", metavar="FILE|MAILDIR|-")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def bounces(source: str, as_json: bool) -> None:
    """Read delivery status notifications (RFC 3464) and note which mails came back.

    FILE holds one mail; a folder is a Maildir, of which nothing is changed; - is standard input, for a mail server's
    pipe. Matched by our Message-ID. Reading the same notification again changes nothing.
    """
    found = [bounce for data in _mails(source) for bounce in read_bounces(data)]
    with open_parts() as parts:
        sender = load_realm_policy(parts.settings.config_dir).mail.sender
        judged = record_bounces(current_actor(parts), found, sender)
    if as_json:
        show_json([_plain(each) for each in judged])
    else:
        _show(judged)


def _mails(source: str) -> Iterator[bytes]:
    path = Path(source)
    if source == "-":
        yield sys.stdin.buffer.read(MAX_BYTES + 1)
    elif path.is_dir():
        box = mailbox.Maildir(path, create=False)
        for key in sorted(box.keys()):
            yield box.get_bytes(key)
    elif path.is_file():
        yield path.read_bytes()
    else:
        raise click.UsageError(f"{source} is neither a file nor a Maildir")


def _show(judged: tuple[Judged, ...]) -> None:
    if not judged:
        OUT.print("No notification of a failed delivery is there.")
        return
    table = Table("account", "mail", "to", "reason", "result", box=SIMPLE_HEAD)
    for each in judged:
        table.add_row(*(escape(str(value or "")) for value in _plain(each).values()))
    OUT.print(table)
    if any(each.fate is Fate.RECORDED for each in judged):
        tell("Correct the address in YAML, apply, then send another with `provision accounts invite ID`.")


def _plain(judged: Judged) -> dict[str, str | None]:
    bounce: Bounce = judged.bounce
    return {
        "account": judged.mail.subject_account if judged.mail else None,
        "mail": judged.mail.template if judged.mail else None,
        "recipient": bounce.recipient,
        "reason": bounce.reason,
        "result": judged.fate.value,
    }
