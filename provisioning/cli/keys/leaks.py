"""`provision keys check|leaked`: find whose key a text contains, and end it. The text comes on standard input only."""

from __future__ import annotations

import sys

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.keys.leaks import LeakedKey, Standing, check_text, kill_leaked
from provisioning.model.errors import ExitCode

_WORDS = {
    Standing.LIVE: "live",
    Standing.OVER: "over: it opens nothing",
    Standing.REPLACED: "replaced by a later reveal: it opens nothing",
    Standing.UNKNOWN: "unknown to this ledger",
}


@click.command()
@click.argument("source", metavar="-", type=click.Choice(["-"]))
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_context
def check(ctx: click.Context, source: str, as_json: bool) -> None:
    """Show whose API keys a text on standard input contains. Asks the ledger alone, changes nothing.

    Never give a key as an argument: arguments are visible to every process. Exit code 2 when a live key was found.
    """
    del source
    with open_parts() as parts, parts.ledger.reader() as reader:
        found = check_text(reader, sys.stdin.read())
    _show(found, as_json=as_json)
    ctx.exit(ExitCode.DIFFERENCES if any(key.standing is Standing.LIVE for key in found) else ExitCode.OK)


@click.command()
@click.argument("source", metavar="-", type=click.Choice(["-"]))
@click.option("--where", required=True, help="Where the text was found, such as an address; goes into the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def leaked(source: str, where: str, as_json: bool) -> None:
    """Cut off every live API key in a text on standard input, and tell its owner by mail (order cl. 8)."""
    del source
    with open_parts() as parts:
        found, done = kill_leaked(current_actor(parts), sys.stdin.read(), where)
    _show(found, as_json=as_json)
    for cut in done:
        tell(f"Cut off: {', '.join(cut.ended)}. In use now: {cut.new}. The mail waits: `provision outbox send`.")


def _show(found: tuple[LeakedKey, ...], *, as_json: bool) -> None:
    if as_json:
        show_json([_plain(key) for key in found])
        return
    if not found:
        OUT.print("No AIKOM API key stands in the text.")
        return
    table = Table("fingerprint", "key", "account", "standing", box=SIMPLE_HEAD)
    for key in found:
        facts = _plain(key)
        table.add_row(key.fingerprint, facts["client_id"] or "", facts["account"] or "", _WORDS[key.standing])
    OUT.print(table)


def _plain(key: LeakedKey) -> dict[str, str | None]:
    record = key.record
    return {
        "fingerprint": key.fingerprint,
        "standing": key.standing.value,
        "client_id": None if record is None else record.client_id,
        "account": None if record is None else record.username,
    }
