"""`provision accounts`: one account at a time, or a bulk for an incident (order cl. 4, 7, 10, 11)."""

from __future__ import annotations

from datetime import timedelta

import click

from provisioning.cli.accounts.endings import converge, deactivate, new_generation, reinstate, unlock
from provisioning.cli.accounts.invite import invite
from provisioning.cli.accounts.view import AccountStatus, account_json, show_accounts, show_status
from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.parts import Parts, current_actor, open_parts
from provisioning.keycloak.errors import KeycloakError
from provisioning.keycloak.logins import read_login
from provisioning.ledger.operational.key_use import last_used
from provisioning.lifecycle.accounts.invitations import withdraw as withdraw_base_key
from provisioning.lifecycle.lookups import find_account
from provisioning.model.base_key_state import base_key_status
from provisioning.model.errors import ExitCode
from provisioning.model.records import AccountState
from provisioning.registry.realm_alone import load_realm_policy


@click.group()
def accounts() -> None:
    """Accounts of institutions and authorities.

    ID is an institution id (its account in use) or an account such as 46-0001234-g2. Accounts are born by
    `provision apply`.
    """


@accounts.command()
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, help="Why; goes into the ledger.")
def withdraw(name: str, reason: str) -> None:
    """Kill the outstanding base key of an account: its link opens nothing any more."""
    with open_parts() as parts:
        record = withdraw_base_key(current_actor(parts), name, reason)
    OUT.print(f"The base key of account {record.username} is withdrawn.")
    tell(f"Issue another with `provision accounts invite {record.username}`.")


@accounts.command()
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def status(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show one account: state, keys, mail, unfinished work, and what Keycloak has; exit code 2 when it disagrees."""
    with open_parts() as parts:
        found = _status(parts, name)
    if as_json:
        show_json(found.as_json())
    else:
        show_status(found)
    ctx.exit(ExitCode.OK if found.disagrees is None else ExitCode.DIFFERENCES)


@accounts.command(name="list")
@click.option("--state", type=click.Choice([state.value for state in AccountState]), help="Only accounts in it.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_accounts(state: str | None, as_json: bool) -> None:
    """List all account generations there ever were, as the ledger has them."""
    with open_parts() as parts, parts.ledger.reader() as reader:
        records = [record for _, record in sorted(reader.accounts().items()) if state in (None, record.state.value)]
    if as_json:
        show_json([account_json(record) for record in records])
    else:
        show_accounts(records)


for _command in (invite, deactivate, reinstate, unlock, new_generation, converge):
    accounts.add_command(_command)


def _status(parts: Parts, name: str) -> AccountStatus:
    with parts.ledger.reader() as reader:
        record = find_account(reader, name)
        keys = reader.api_keys(record.username)
        subjects = {record.username, *(key.client_id for key in keys)}
        tasks = [task.key for task in reader.pending_tasks() if task.subject in subjects]
        mails = reader.mails(account=record.username)
        mail = mails[-1] if mails else None
        carrier = next((each for each in mails if each.key == record.base_key_id), None)
        used = last_used(reader, [key.client_id for key in keys])
    try:
        login, no_answer = read_login(parts.connection, record.username), None
    except KeycloakError as error:
        login, no_answer = None, error.message
    lifespan = timedelta(hours=load_realm_policy(parts.settings.config_dir).base_key.lifespan_hours)
    base_key = base_key_status(record, carrier, lifespan, parts.ledger.clock())
    return AccountStatus(record, keys, tasks, mail, login, no_answer, used, base_key)
