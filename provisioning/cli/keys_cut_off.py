"""`provision keys cut-off`: an API key and all its tokens dead at once, a new key in its place (order cl. 8)."""

from __future__ import annotations

import click

from provisioning.lifecycle.cut_off import Request
from provisioning.lifecycle.cut_off import cut_off as end_keys
from provisioning.model.cut_off import CutOffReason

from .console import OUT, tell
from .parts import current_actor, current_operator, open_parts


@click.command(name="cut-off")
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, type=click.Choice([reason.value for reason in CutOffReason]))
@click.option("--requested-by", metavar="WHO", help="Who asked, such as “director, letter № 4”; you if not given.")
@click.option("--ois", metavar="CLIENT_ID", help="The OIS that loses its access; the new key is made without it.")
@click.option("--note", help="Anything more; goes into the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON.")
def cut_off(name: str, reason: str, requested_by: str | None, ois: str | None, note: str | None, as_json: bool) -> None:
    """End every live API key of an account and make a new one; the owner is told by mail.

    Request and decision are recorded first. When Keycloak does not answer, they stand, the exit code is 3 and
    `provision accounts converge` finishes it.
    """
    request = Request(CutOffReason(reason), requested_by or current_actor(), ois, note)
    with open_parts() as parts:
        done = end_keys(current_operator(parts), name, request)
    if as_json:
        OUT.print_json(data={"account": done.username, "ended": list(done.ended), "new": done.new})
        return
    if done.ended:
        OUT.print(f"Cut off: {', '.join(done.ended)}. In their place: {done.new}.")
    else:
        OUT.print(f"Cut off before; {done.new} is in place and nobody has seen its secret.")
    tell("The owner's mail waits: `provision outbox send`. They see the new key's secret in the portal, or you show it")
    tell(f"with `provision keys reveal {done.new}`.")
