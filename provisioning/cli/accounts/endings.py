"""`provision accounts deactivate|reinstate|unlock|converge`: ends, the one way back, waits after wrong passwords, and
holding Keycloak to the verdicts.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import click

from provisioning.cli.accounts.view import show_accounts, yaml_of
from provisioning.cli.console import OUT, show_json, shown_progress, tell
from provisioning.cli.days import DAY
from provisioning.cli.failures import show_failures
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.accounts.choosing import Choice, Preview, Selection, choose, preview
from provisioning.lifecycle.accounts.deactivation import Bulk
from provisioning.lifecycle.accounts.deactivation import deactivate as end_accounts
from provisioning.lifecycle.accounts.deactivation import reinstate as open_again
from provisioning.lifecycle.accounts.generations import allow_generation
from provisioning.lifecycle.accounts.unlocking import unlock as lift_wait
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.comparison.convergence import Converged
from provisioning.lifecycle.comparison.convergence import converge as bring_together
from provisioning.lifecycle.errors import CarriedOutLater
from provisioning.model.errors import ExitCode
from provisioning.model.identifiers import InstitutionId
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.registry.deactivation import deactivation_rules


@click.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@click.option("--authority", metavar="ID", help="Everything subordinate to this authority, itself not included.")
@click.option("--ois", metavar="SLUG", help="Every account that ever gave this OIS a mandate.")
@click.option("--reason", required=True, type=click.Choice([reason.value for reason in DeactivationReason]))
@click.option("--document", required=True, help="The paper it rests on, such as “№ 12-о”.")
@click.option("--date", "day", type=DAY, help="The paper's date; today in Kyiv if not given.")
@click.option("--successor", "successors", metavar="ID", multiple=True, help="Who takes over, after a reorganisation.")
@click.option("--expect", type=click.IntRange(min=1), help="The exact number; needed for more than one account.")
@click.pass_context
def deactivate(
    ctx: click.Context,
    names: tuple[str, ...],
    authority: str | None,
    ois: str | None,
    reason: str,
    document: str,
    day: date | None,
    successors: tuple[str, ...],
    expect: int | None,
) -> None:
    """End accounts: login, API keys, tokens and base keys, all at once (order cl. 7, 10).

    For institutions it is final: one that may work again gets a new generation in YAML. The verdict is recorded
    first and is in force at once; when Keycloak does not answer, the exit code is 3 and `provision accounts converge`
    finishes it. Several accounts without --expect: shows them and changes nothing (exit code 2). Where realm.yaml
    asks for four eyes, several are refused here (exit code 4): the operating system's user name proves no person.
    """
    if sum((bool(names), authority is not None, ois is not None)) != 1:
        raise click.UsageError("name accounts, or --authority, or --ois")
    with open_parts() as parts, shown_progress() as progress:
        policy = deactivation_rules(parts.settings.config_dir)
        with parts.ledger.reader() as reader:
            chosen = choose(reader, Choice(names, authority, ois))
            found = preview(reader, chosen.names, policy.limit)
        if len(found.selection.living) > 1 and expect is None:
            _show_preview(found)
            ctx.exit(ExitCode.DIFFERENCES)
        actor, followers = current_actor(parts, progress), tuple(map(InstitutionId, successors))
        why = Deactivation(DeactivationReason(reason), document, day or actor.today(), followers)
        _end(actor, chosen.names, why, Bulk(chosen.scope, expect, None, policy.bulk_approval))


@click.command()
@click.argument("name", metavar="ID")
@click.option("--document", required=True, help="The decision it rests on, such as “№ 12-о of 2026-11-20”.")
def reinstate(name: str, document: str) -> None:
    """Open an authority's account again, by a recorded decision (order cl. 11).

    Institutions are refused: they get a new generation. A new base key goes to the official e-mail with the next
    `provision outbox send`; the account's live API keys work again.
    """
    with open_parts(opens=True) as parts:
        record = open_again(current_actor(parts), name, document)
    OUT.print(f"Account {record.username} is open again; its base key waits in the outbox.")
    tell("Take `deactivated` out of its record in YAML, or the next apply ends it again.")


@click.command()
@click.argument("name", metavar="ID")
def unlock(name: str) -> None:
    """Count the wrong passwords of an account's login anew, so that it need not wait.

    A name waits a few seconds at a time anyway; the event is on record. It opens nothing by itself.
    """
    with open_parts(opens=True) as parts:
        record = lift_wait(current_actor(parts), name)
    OUT.print(f"Wrong passwords for account {record.username} count anew.")


@click.command(name="new-generation")
@click.argument("name", metavar="ID")
@click.option("--document", required=True, help="The decision it rests on, such as “№ 12-о of 2026-11-20”.")
def new_generation(name: str, document: str) -> None:
    """Record that an institution gets another account although it was liquidated or reorganised (order cl. 11).

    The account itself comes from YAML, as its next `generation:`; without this decision an apply refuses it. After an
    incident none is needed.
    """
    with open_parts(opens=True) as parts:
        allowed = allow_generation(current_actor(parts), name, document)
    OUT.print(f"Account {allowed} may be made: give the record its `generation:` in YAML, then apply.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def converge(ctx: click.Context, as_json: bool) -> None:
    """Hold Keycloak to the ledger: finish what was recorded, close what came back to life.

    Needs no configuration; opens nothing but what a mandate or a connected OIS had lost. Exit code 2 when something
    was wrong, an alarm is then in the ledger, or when Keycloak refuses something; the rest is done all the same.
    """
    with open_parts(opens=True) as parts, shown_progress() as progress:
        done = bring_together(current_actor(parts, progress), again=True)
    if as_json:
        show_json(_converged_json(done))
    else:
        _show_converged(done)
    ctx.exit(ExitCode.DIFFERENCES if done.findings or done.refused else ExitCode.OK)


def _end(actor: Actor, names: tuple[str, ...], why: Deactivation, bulk: Bulk) -> None:
    """Do it and tell; what goes into YAML is told also when Keycloak follows later."""
    try:
        done = end_accounts(actor, names, why, bulk)
    except CarriedOutLater:
        _show_yaml(why)
        raise
    _show_ended(done)
    _show_yaml(why)


def _show_preview(found: Preview) -> None:
    selected = found.selection
    show_accounts(selected.living)
    OUT.print(f"What stops with them: {found.keys} API keys, {found.mandates} mandates of OIS.")
    if selected.ended:
        OUT.print(f"Deactivated before, and left as they are: {len(selected.ended)}.")
    if found.guard is not None:
        OUT.print(f"[yellow]{found.guard.message}.[/]")
    tell(f"Nothing was changed. To deactivate exactly these, add --expect {len(selected.living)}")


def _show_ended(done: Selection) -> None:
    for record in done.living:
        OUT.print(f"Account {record.username} is deactivated.")
    for record in done.ended:
        why = f"{record.deactivation_reason}, {record.deactivation_document}"
        OUT.print(f"Account {record.username} was deactivated before ({why}); that stands.", markup=False)


def _show_yaml(why: Deactivation) -> None:
    tell("Put the same into YAML, or the next apply refuses the record:")
    tell(f"  {yaml_of(why)}")


def _converged_json(done: Converged) -> dict[str, object]:
    findings = [{"subject": finding.subject, "wrong": finding.wrong.value} for finding in done.findings]
    return {
        "finished": done.finished,
        "activated": done.activated,
        "retired": done.retired,
        "expired": done.expired,
        "findings": findings,
        "alarms": len(done.alarms),
        "refused": [asdict(failure) for failure in done.refused],
    }


def _show_converged(done: Converged) -> None:
    for finding in done.findings:
        OUT.print(f"[red]{finding.subject}[/]: {finding.wrong.value}")
    show_failures(done.refused)
    parts = {
        "recorded actions finished": done.finished,
        "activations recorded": done.activated,
        "API keys retired": done.retired,
        "mandates and conclusions run out": done.expired,
        "alarms raised": len(done.alarms),
    }
    words = ", ".join(f"{count} {label}" for label, count in parts.items() if count)
    agrees = "Nothing was done." if done.refused else "Keycloak agrees with the ledger."
    OUT.print(f"Done: {words}." if words else agrees)
