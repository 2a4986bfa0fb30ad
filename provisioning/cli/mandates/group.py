"""`provision mandates`: what institutions and authorities let OIS do for them (order cl. 5, 8)."""

from __future__ import annotations

from datetime import date

import click

from provisioning.cli.console import OUT, show_json
from provisioning.cli.days import DAY
from provisioning.cli.mandates.below import agree, grant_all_below
from provisioning.cli.ois.view import mandate_json, show_mandate, show_mandates
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.lookups import find_account, find_ois
from provisioning.lifecycle.mandates.direct_use import set_direct_use
from provisioning.lifecycle.mandates.granting import Contract, find_mandate
from provisioning.lifecycle.mandates.granting import expire_mandates as end_those_due
from provisioning.lifecycle.mandates.granting import grant as give
from provisioning.lifecycle.mandates.granting import withdraw as end
from provisioning.model.calendar import kyiv_day


@click.group()
def mandates() -> None:
    """Mandates: an account lets a connected OIS work for it, under a contract.

    ID is an institution id or an account; SLUG is an OIS; MANDATE is a mandate such as 46-0001234.diary.1. An API key
    works through an OIS only under a mandate, and never through another OIS's.
    """


@mandates.command(name="list")
@click.option("--account", metavar="ID", help="Of this account.")
@click.option("--ois", metavar="SLUG", help="Of this OIS.")
@click.option("--all", "also_withdrawn", is_flag=True, help="Those that are withdrawn or have run out too.")
@click.option("--json", "as_json", is_flag=True, help="Print every mandate as JSON.")
def list_mandates(account: str | None, ois: str | None, also_withdrawn: bool, as_json: bool) -> None:
    """List mandates in force; give an account, an OIS, or both."""
    if account is None and ois is None:
        raise click.UsageError("name an account, an OIS, or both")
    with open_parts() as parts, parts.ledger.reader() as reader:
        username = None if account is None else find_account(reader, account).username
        found = reader.mandates(username=username, ois=None if ois is None else find_ois(reader, ois).slug)
        today = kyiv_day(parts.ledger.clock())
    shown = [mandate for mandate in found if also_withdrawn or mandate.stands(today)]
    if as_json:
        show_json([mandate_json(mandate) for mandate in shown])
    else:
        show_mandates(shown)


@mandates.command()
@click.argument("mandate")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(mandate: str, as_json: bool) -> None:
    """Show one mandate in full: contract, rights, and whether it is in force."""
    with open_parts() as parts, parts.ledger.reader() as reader:
        found = find_mandate(reader, mandate)
    if as_json:
        show_json(mandate_json(found))
    else:
        show_mandate(found)


@mandates.command()
@click.argument("name", metavar="ID")
@click.argument("ois", metavar="SLUG")
@click.option("--contract", required=True, help="Number of the contract.")
@click.option("--date", "signed", required=True, type=DAY, help="Its date.")
@click.option("--until", type=DAY, help="The mandate's last day; none if not given.")
@click.option("--right", "rights", metavar="RIGHT", multiple=True, help="Allow this; all that both have if none.")
@click.option("--replace", is_flag=True, help="Withdraw the mandate that stands; a new contract is a new mandate.")
@click.option("--json", "as_json", is_flag=True, help="Print the mandate as JSON.")
def grant(
    name: str,
    ois: str,
    contract: str,
    signed: date,
    until: date | None,
    rights: tuple[str, ...],
    replace: bool,
    as_json: bool,
) -> None:
    """Let a connected OIS work for an account, with rights that both of them have.

    Exit code 4 when the OIS is not connected, a mandate is in force already, or a right is not both's.
    """
    rests_on = Contract(contract, signed, until)
    with open_parts(opens=True) as parts:
        given = give(current_actor(parts), name, ois, rests_on, rights or None, replace=replace)
    if as_json:
        show_json(mandate_json(given))
    else:
        OUT.print(f"Mandate {given.id} is granted: {' '.join(given.rights)}.", markup=False)


@mandates.command()
@click.argument("mandate")
@click.option("--reason", required=True, help="Why; goes into the ledger, and the OIS reads it.")
def withdraw(mandate: str, reason: str) -> None:
    """End a mandate at once; the API key goes on working for others. Repeating it changes nothing."""
    with open_parts() as parts:
        ended = end(current_actor(parts), mandate, reason)
    OUT.print(f"Mandate {ended.id} is withdrawn.", markup=False)


@mandates.command()
def expire() -> None:
    """Withdraw every mandate whose last day is past. `provision watch` does it by itself."""
    with open_parts() as parts:
        due = end_those_due(current_actor(parts))
    for mandate in due:
        OUT.print(f"Mandate {mandate.id} has run out.", markup=False)
    OUT.print(f"{len(due)} ended.")


@mandates.command(name="direct-use")
@click.argument("name", metavar="ID")
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--reason", help="Why; goes into the ledger.")
def direct_use(name: str, state: str, reason: str | None) -> None:
    """Let the account's API keys open the central database without an OIS, or no longer. Off until switched on."""
    with open_parts(opens=state == "on") as parts:
        account = set_direct_use(current_actor(parts), name, state == "on", reason)
    OUT.print(f"Direct use of the API keys of {account.username} is {state}.", markup=False)


mandates.add_command(agree)
mandates.add_command(grant_all_below)
