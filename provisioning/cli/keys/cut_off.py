"""`provision keys cut-off`: an API key and all its tokens dead at once, a new key in its place (order cl. 8)."""

from __future__ import annotations

import click

from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.parts import actor_name, current_actor, open_parts
from provisioning.lifecycle.keys.cut_off import CutOff, CutOffRequest
from provisioning.lifecycle.keys.cut_off import cut_off as end_keys
from provisioning.lifecycle.keys.cut_off_decisions import request_cut_off
from provisioning.lifecycle.keys.cut_off_requests import RequestedCutOff
from provisioning.model.cut_off import CutOffReason
from provisioning.registry.realm_alone import load_realm_policy


@click.command(name="cut-off")
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, type=click.Choice([reason.value for reason in CutOffReason]))
@click.option("--requested-by", metavar="WHO", help="Who asked, such as “director, letter № 4”; you if not given.")
@click.option("--ois", metavar="CLIENT_ID", help="The OIS that loses its access; the new key is made without it.")
@click.option("--note", help="Anything more; goes into the ledger.")
@click.option("--request", "asks", is_flag=True, help="Only ask; realm.yaml says whether that waits.")
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON.")
def cut_off(
    name: str, reason: str, requested_by: str | None, ois: str | None, note: str | None, asks: bool, as_json: bool
) -> None:
    """End every live API key of an account and make a new one; its owner gets a mail.

    Request and decision are recorded first. When Keycloak does not answer, they are in force, the exit code is 3 and
    `provision accounts converge` finishes it.
    """
    request = CutOffRequest(CutOffReason(reason), requested_by or actor_name(), ois, note)
    with open_parts() as parts:
        actor = current_actor(parts)
        done: CutOff | RequestedCutOff
        if asks:
            approval = load_realm_policy(parts.settings.config_dir).cut_off.approval
            done = request_cut_off(actor, name, request, approval)
        else:
            done = end_keys(actor, name, request)
    if isinstance(done, RequestedCutOff):
        _show_waiting(done, as_json=as_json)
        return
    if as_json:
        show_json({"account": done.username, "ended": list(done.ended), "new": done.new})
        return
    if done.ended:
        OUT.print(f"Cut off: {', '.join(done.ended)}. In their place: {done.new}.")
    else:
        OUT.print(f"Cut off before; {done.new} is in place and nobody has seen its secret.")
    tell("The owner's mail waits: `provision outbox send`. They see the new key's secret in the portal, or you show it")
    tell(f"with `provision keys reveal {done.new}`.")


def _show_waiting(request: RequestedCutOff, *, as_json: bool) -> None:
    if as_json:
        show_json({"account": request.username, "request": request.number, "waits": True})
        return
    OUT.print(f"Request {request.number} of {request.username} waits for a decision.")
    tell(f"Decide with `provision keys decide {request.number} --approve`, or --refuse --reason TEXT.")
