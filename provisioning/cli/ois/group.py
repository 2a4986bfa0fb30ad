"""`provision ois`: third-party systems, from their documents to their end (order cl. 5, 6)."""

from __future__ import annotations

import click

from provisioning.cli.console import show_json
from provisioning.cli.ois.decisions import change_rights, connect, reject, require_proof, resume, suspend, terminate
from provisioning.cli.ois.keys import change_key, invite, secret
from provisioning.cli.ois.papers import accept_agreement, accession, conclude, judge, return_agreement, revoke
from provisioning.cli.ois.view import ois_json, show_all_ois, show_ois
from provisioning.cli.parts import open_parts
from provisioning.lifecycle.lookups import find_ois
from provisioning.model.ois import OisState


@click.group()
def ois() -> None:
    """Third-party systems (OIS): documents, connection, keys.

    \b
    The way of an OIS (order cl. 6):
      it applies on the portal, and confirms its e-mail
      agreement accept     its signed accession agreement (annex 1)
      judge                what a person found on one technical requirement
      conclude             the conclusion on the technical requirements (annex 2)
      connect              at the desk, by two administrators, with both documents
      proof                whether only tokens bound to its key count (DPoP)
      suspend, resume      stop it at once; let it work again
      accession            a new version of the agreement: those connected accede again
      terminate            for good, with its mandates; at the desk, by two administrators
      invite               its operator, to the portal, once more

    Every decision is recorded first and is in force at once. When Keycloak does not answer, the exit code is 3 and
    `provision accounts converge` finishes it. SLUG is the short name of the OIS, as `provision ois list` shows it.
    """


@ois.command(name="list")
@click.option("--state", type=click.Choice([state.value for state in OisState]), help="Only those in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print every OIS as JSON.")
def list_ois(state: str | None, as_json: bool) -> None:
    """List every OIS that ever applied, with its documents and rights."""
    with open_parts() as parts, parts.ledger.reader() as reader:
        records = [record for record in reader.all_ois().values() if state in (None, record.state.value)]
    if as_json:
        show_json([ois_json(record) for record in records])
    else:
        show_all_ois(records)


@ois.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(slug: str, as_json: bool) -> None:
    """Show everything recorded about one OIS; its mandates are in `provision mandates list --ois`."""
    with open_parts() as parts, parts.ledger.reader() as reader:
        record = find_ois(reader, slug)
    if as_json:
        show_json(ois_json(record))
    else:
        show_ois(record)


@ois.group()
def agreement() -> None:
    """The accession agreement (annex 1): accept the one that waits, or return it."""


agreement.add_command(accept_agreement)
agreement.add_command(return_agreement)
ois.add_command(accession)
_DOCUMENTS = (judge, conclude, revoke)
_LIFE = (connect, change_rights, require_proof, suspend, resume, terminate, reject)
for _command in (*_DOCUMENTS, *_LIFE, change_key, secret, invite):
    ois.add_command(_command)
