"""`provision ois key|secret|invite`: credentials of an OIS and of its operator (order cl. 6; RFC 7523)."""

from __future__ import annotations

from pathlib import Path

import click

from provisioning.cli.console import OUT, tell
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.ois import keys
from provisioning.lifecycle.ois.operators import invite_operator


@click.command(name="key")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def change_key(slug: str, file: Path) -> None:
    """Take the key set (JWKS, public keys only) in FILE instead of what the OIS authenticated by before.

    To roll a key over, first take a set with the old and the new key, and later one without the old.
    """
    with open_parts(opens=True) as parts:
        record = keys.change_key(current_actor(parts), slug, file.read_text(encoding="utf-8"))
    OUT.print(f"OIS {record.slug} authenticates by the key set in {file}.", markup=False)


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Why it cannot sign; goes into the ledger.")
def secret(slug: str, reason: str) -> None:
    """Give a connected OIS a secret instead of a key set and print it, once.

    A key set is better: nothing secret travels. Only the secret goes to standard output; Keycloak keeps a digest.
    """
    with open_parts(opens=True) as parts:
        given = keys.give_secret(current_actor(parts), slug, reason)
    tell(f"OIS {given.record.slug}, fingerprint {given.fingerprint}. Its secret is shown this once:")
    click.echo(given.secret.reveal())


@click.command()
@click.argument("slug")
@click.option("--reset", is_flag=True, help="The account is in use: its password and second factor are replaced.")
def invite(slug: str, reset: bool) -> None:
    """Mail the operator of an OIS a fresh base key for its account on the portal; an earlier one is dead then.

    The first one goes out by itself when the e-mail of the application is confirmed.
    """
    with open_parts(opens=True) as parts:
        record = invite_operator(current_actor(parts), slug, reset=reset)
    OUT.print(f"A base key for the operator of OIS {record.slug} goes to {record.email}.", markup=False)
