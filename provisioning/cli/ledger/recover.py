"""`provision recover`: after a backup was put back, before traffic opens."""

from __future__ import annotations

import click

from provisioning.cli.console import OUT, show_json, shown_progress, tell
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.comparison.recovery import Recovered
from provisioning.lifecycle.comparison.recovery import recover as bring_together
from provisioning.lifecycle.comparison.unconfirmed import Unconfirmed
from provisioning.model.errors import ExitCode
from provisioning.model.ois import ois_client_id


@click.command()
@click.option("--ledger-is-older", is_flag=True, help="The ledger's backup is older than Keycloak's data.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def recover(ctx: click.Context, ledger_is_older: bool, as_json: bool) -> None:
    """Re-apply deactivations and cut-offs after a restore, before traffic is let in.

    Keycloak is brought to the ledger's verdicts. With --ledger-is-older, what is closed in Keycloak besides is recorded
    as ended: keys are cut off and replaced, accounts whose login is disabled are reported. Mandates and direct use go
    on only where every live key in Keycloak shows them, and an OIS only where Keycloak has it as recorded: what may
    have been stopped since is stopped, and listed. Exit code 2 when there was something to bring together.

    With an export from after the backup, `provision ledger take-over` brings the ledger itself forward; then nothing
    is lost, and the switch is not needed.
    """
    with open_parts() as parts, shown_progress() as progress:
        done = bring_together(current_actor(parts, progress), ledger_is_older=ledger_is_older)
    if as_json:
        show_json(recovered_json(done))
    else:
        show_recovered(done)
    anything = done.unconfirmed or done.closures or done.converged.findings
    ctx.exit(ExitCode.DIFFERENCES if anything else ExitCode.OK)


def recovered_json(done: Recovered) -> dict[str, object]:
    """Return the machine form."""
    return {
        "events": done.events,
        "finished": done.converged.finished,
        "closed_again": [finding.subject for finding in done.converged.findings],
        "keys_ended": [name for closure in done.closures for name in (*closure.ended, *closure.unknown)],
        "locked_accounts": [closure.username for closure in done.closures if closure.locked],
        "unknown_accounts": list(done.strangers),
        "mandates_withdrawn": [mandate.id for mandate in done.unconfirmed.mandates],
        "mandates_borne_out": done.unconfirmed.borne_out,
        "direct_use_ended": list(done.unconfirmed.direct_use),
        "authority_grants_ended": list(done.unconfirmed.authority_grants),
        "ois_suspended": list(done.unconfirmed.ois),
    }


def show_recovered(done: Recovered) -> None:
    """Show the report, and what is left for a person."""
    OUT.print(f"The ledger is intact: {done.events} events.")
    for finding in done.converged.findings:
        OUT.print(f"[red]{finding.subject}[/]: {finding.wrong.value}")
    _show_unconfirmed(done.unconfirmed)
    for closure in done.closures:
        ended = ", ".join((*closure.ended, *closure.unknown)) or "no key left to end"
        OUT.print(f"[red]{closure.username}[/]: closed in Keycloak, taken over: {ended}")
    locked = [closure.username for closure in done.closures if closure.locked]
    if locked:
        tell(f"Record with `provision accounts deactivate`, or in YAML, why these ended: {', '.join(locked)}")
    if done.strangers:
        tell(f"{len(done.strangers)} accounts are not in the ledger: run `provision apply`, then this again.")
    if not (done.unconfirmed or done.closures or done.converged.findings):
        OUT.print("Keycloak agrees with the ledger.")


def _show_unconfirmed(unconfirmed: Unconfirmed) -> None:
    for mandate in unconfirmed.mandates:
        OUT.print(f"[red]{mandate.id}[/]: not borne out by Keycloak, withdrawn")
    for username in unconfirmed.direct_use:
        OUT.print(f"[red]{username}[/]: direct use not borne out by Keycloak, switched off")
    for username in unconfirmed.authority_grants:
        OUT.print(f"[red]{username}[/]: an authority may not give mandates for it until it says so again")
    for slug in unconfirmed.ois:
        OUT.print(f"[red]{ois_client_id(slug)}[/]: not as recorded in Keycloak, suspended")
    if unconfirmed:
        tell("Ask those named: what should go on is granted, switched on or resumed by a decision of today.")
