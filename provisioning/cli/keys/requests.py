"""`provision keys cut-off-requests|decide`: an institution's request waits for the Administrator's decision (cl. 8)."""

from __future__ import annotations

import click
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.keys.cut_off_decisions import approve as carry_out
from provisioning.lifecycle.keys.cut_off_decisions import refuse as turn_down
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff, open_requests


@click.command(name="cut-off-requests")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def cut_off_requests(as_json: bool) -> None:
    """List requests to cut an API key off that wait for a decision, oldest first."""
    with open_parts() as parts, parts.ledger.reader() as reader:
        waiting = open_requests(reader)
    if as_json:
        show_json([_plain(request) for request in waiting])
        return
    if not waiting:
        OUT.print("No request waits for a decision.")
        return
    table = Table("number", "account", "asked at", "by", "reason", "OIS", "note", box=SIMPLE_HEAD)
    for request in waiting:
        facts = _plain(request)
        table.add_row(*(escape(str(facts[name] or "")) for name in facts))
    OUT.print(table)


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--approve/--refuse", default=None, help="Cut the keys off, or leave them as they are.")
@click.option("--reason", help="Why; needed with --refuse. Goes into the ledger.")
def decide(number: int, approve: bool | None, reason: str | None) -> None:
    """Decide on the request NUMBER of `provision keys cut-off-requests`."""
    if approve is None:
        raise click.UsageError("give --approve or --refuse")
    if not approve and not reason:
        raise click.UsageError("--refuse needs --reason TEXT: the institution will ask")
    with open_parts() as parts:
        actor = current_actor(parts)
        if not approve:
            refused = turn_down(actor, number, str(reason))
            OUT.print(f"Request {number} of {refused.username} is refused; its keys stay as they are.")
            return
        done = carry_out(actor, number, reason)
    OUT.print(f"Cut off: {', '.join(done.ended) or 'before'}. In their place: {done.new}.")
    tell("The owner's mail waits: `provision outbox send`.")


def _plain(request: RequestedCutOff) -> dict[str, object]:
    return {
        "number": request.number,
        "account": request.username,
        "asked_at": f"{request.at:%Y-%m-%dT%H:%M:%SZ}",
        "requested_by": request.requested_by,
        "reason": request.reason.value,
        "ois": request.ois,
        "note": request.note,
    }
