"""`provision stack backup|restore`: both stores of the embedded stack, and what must happen after a restore."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from provisioning.cli.console import show_json, shown_progress, tell
from provisioning.cli.ledger.recover import recovered_json, show_recovered
from provisioning.cli.parts import actor_name
from provisioning.cli.stack.view import ShownSteps
from provisioning.ledger import open_ledger
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.comparison.recovery import Recovered, recover
from provisioning.stack.backup import Store, behind_closed_doors, put_back, take_backup
from provisioning.stack.down import take_down
from provisioning.stack.paths import StackPaths
from provisioning.stack.up import bring_up


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy Keycloak's data, the ledger and the secrets into the new folder DIR; the stack is down meanwhile."""
    paths = StackPaths.of()
    with ShownSteps() as steps:
        ran = take_down(paths, steps).parts
        try:
            with steps.step("Copying"):
                take_backup(paths, folder)
        finally:
            if ran:
                bring_up(paths, {}, steps)
    tell(f"backed up to {folder}; it holds secrets, keep it private")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--only", type=click.Choice([store.value for store in Store]), help="The other one stays as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print what was brought together as JSON.")
def restore(folder: Path, only: str | None, as_json: bool) -> None:
    """Put a backup back; no deactivation and no cut-off is undone by it.

    Stops the stack, replaces the data (what was there is kept in .aikom/before-restore), starts Keycloak on ports that
    are not published, re-applies what has ended, and only then lets traffic in. With --only ledger, what is closed in
    Keycloak besides is taken over as ended.
    """
    paths = StackPaths.of()
    with ShownSteps() as steps:
        take_down(paths, steps)
        with steps.step("Putting the backup back"):
            put_back(paths, folder, tuple(Store) if only is None else (Store(only),))
        done = _recover(paths, steps, ledger_is_older=only == Store.LEDGER)
        bring_up(paths, {}, steps)
    if as_json:
        show_json(recovered_json(done))
    else:
        show_recovered(done)


def _recover(paths: StackPaths, steps: ShownSteps, *, ledger_is_older: bool) -> Recovered:
    with behind_closed_doors(paths, steps) as settings:
        ledger = open_ledger(settings.database_url)
        try:
            with shown_progress() as progress:
                actor = Actor.from_settings(settings, ledger, actor_name())
                return recover(replace(actor, progress=progress), ledger_is_older=ledger_is_older)
        finally:
            ledger.close()
