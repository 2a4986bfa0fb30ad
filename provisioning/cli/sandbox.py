"""`provision sandbox`: the realm and the ledger in which OIS try themselves out (order cl. 6, annex 2)."""

from __future__ import annotations

import click

from provisioning.cli.console import shown_progress
from provisioning.cli.parts import actor_name, valid_configuration
from provisioning.cli.plan.apply import show_result
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.ledger import open_ledger
from provisioning.ledger.leases.lease import hold_lease
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.applying.apply import apply as carry_out
from provisioning.lifecycle.applying.planning import survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.model.sandbox import invented
from provisioning.settings import load_settings, sandbox_settings


@click.group()
def sandbox() -> None:
    """The sandbox: a realm and a ledger of its own with invented schools, where OIS run their self-test.

    It has the real rights, routes and policies, and nothing of it opens anything real. Its realm is made by
    `provision bootstrap --sandbox-secret-file`; where it is: AIKOM_SANDBOX_REALM, AIKOM_SANDBOX_DATABASE_URL.
    """


@sandbox.command()
def apply() -> None:
    """Make the sandbox agree with the configuration and its invented schools. Safe to repeat; sends no mail."""
    settings = sandbox_settings(load_settings())
    configuration = invented(valid_configuration())
    ledger = open_ledger(settings.database_url)
    try:
        with shown_progress() as progress, hold_lease(ledger, name="apply", holder=actor_name()) as lease:
            connection = KeycloakConnection.from_settings(settings)
            found = survey(configuration, settings, connection, ledger, progress=progress)
            actor = Actor(connection, ledger, actor_name(), progress, fence=lease.fence)
            applied = carry_out(Workshop(actor, found.context), found)
    finally:
        ledger.close()
    show_result(found, applied)
