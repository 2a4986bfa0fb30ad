"""`provision accounts invite`: base keys for the accounts named, or for many at a rate (order cl. 4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import click

from provisioning.cli.console import OUT, ShownProgress, shown_progress, tell
from provisioning.cli.outbox.mailing import send_waiting_mail, show_sent
from provisioning.cli.parts import Parts, current_actor, open_parts, valid_configuration
from provisioning.lifecycle.accounts.bulk_invitations import Selection, invite_many, select_accounts
from provisioning.lifecycle.accounts.invitations import invite as issue_base_key
from provisioning.lifecycle.mail.outbox import Sent
from provisioning.lifecycle.progress import Silent
from provisioning.model.configuration import Configuration
from provisioning.model.identifiers import Username

SEND_EVERY: Final = 10
"""Mails are sent after so many base keys: a run that is cut off leaves few waiting."""


@click.command()
@click.argument("names", metavar="[ID...]", nargs=-1)
@click.option("--all-waiting", is_flag=True, help="Every account never activated that has no base key on its way.")
@click.option("--expired", is_flag=True, help="Every account whose base key was sent and expired unused.")
@click.option("--below", metavar="AUTHORITY", help="Only accounts in this authority's sphere; alone: all that wait.")
@click.option("--rate", type=click.FloatRange(0.1, 6_000), default=60.0, show_default=True, help="So many a minute.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; ask again for more.")
@click.option("--dry-run", is_flag=True, help="Only say who would be invited.")
@click.option("--reset", is_flag=True, help="For an account in use: replace its password and second factor.")
@click.option("--no-mail", is_flag=True, help="Leave the mail in the outbox; `provision outbox send` sends it.")
def invite(
    names: tuple[str, ...],
    all_waiting: bool,
    expired: bool,
    below: str | None,
    rate: float,
    limit: int | None,
    dry_run: bool,
    reset: bool,
    no_mail: bool,
) -> None:
    """Send a fresh base key to the official e-mail; the one before it is dead from then on.

    Name accounts, or choose many by --all-waiting, --expired or --below. A bulk may be interrupted: asked for again, it
    goes on with those that are left.
    """
    bulk = all_waiting or expired or below is not None
    if bulk == bool(names) or (bulk and reset):
        raise click.UsageError("name accounts, or give --all-waiting, --expired or --below (never with --reset)")
    configuration = valid_configuration()
    with open_parts(opens=True) as parts, shown_progress() as progress:
        if not bulk:
            for name in names:
                record = issue_base_key(current_actor(parts), name, reset=reset)
                OUT.print(f"Account {record.username} has a new base key.")
        else:
            chosen = _chosen(parts, configuration, Selection(expired, below), limit)
            if dry_run:
                OUT.print("\n".join(chosen) if chosen else "Nobody waits for a base key.")
                return
            _invite_bulk(parts, configuration, chosen, rate, progress, send=not no_mail)
        if not no_mail:
            show_sent(send_waiting_mail(parts, configuration, progress))


def _chosen(parts: Parts, configuration: Configuration, selection: Selection, limit: int | None) -> Sequence[Username]:
    lifespan = timedelta(hours=configuration.realm.base_key.lifespan_hours)
    with parts.ledger.reader() as reader:
        return select_accounts(reader, selection, lifespan, parts.ledger.clock())[:limit]


def _invite_bulk(
    parts: Parts,
    configuration: Configuration,
    chosen: Sequence[Username],
    rate: float,
    progress: ShownProgress,
    *,
    send: bool,
) -> None:
    done = 0
    progress.stage("issuing base keys", len(chosen))
    try:
        for done, _ in enumerate(invite_many(current_actor(parts, progress), chosen, rate), start=1):
            if send and done % SEND_EVERY == 0:
                _send_quietly(parts, configuration)
    finally:
        OUT.print(f"{done} of {len(chosen)} accounts have a new base key.")
        if done < len(chosen):
            tell("Run the same command again: it goes on with those that are left.")


def _send_quietly(parts: Parts, configuration: Configuration) -> Sent:
    """Between two base keys: the bar of the bulk stays where it is."""
    return send_waiting_mail(parts, configuration, Silent())
