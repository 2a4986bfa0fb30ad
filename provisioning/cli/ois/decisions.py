"""`provision ois connect|rights|suspend|resume|terminate|reject`: what becomes of an OIS (order cl. 6)."""

from __future__ import annotations

import click

from provisioning.cli.console import OUT
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.lookups import find_ois
from provisioning.lifecycle.ois import connection
from provisioning.model.ois import OisRecord

_reason = click.option("--reason", required=True, help="Why; goes into the ledger, and is shown where it is published.")


@click.command()
@click.argument("slug")
def connect(slug: str) -> None:
    """Say where an OIS is connected: at the desk, by two administrators. Exit code 4.

    One proposes, another one approves, each with a fresh second factor; the OIS has an accepted agreement and a
    positive conclusion in force. From then on institutions can give it mandates.
    """
    raise _at_the_desk(slug, "connected")


@click.command(name="rights")
@click.argument("slug")
@click.option("--right", "rights", metavar="RIGHT", multiple=True, required=True, help="A right it has from now on.")
@_reason
def change_rights(slug: str, rights: tuple[str, ...], reason: str) -> None:
    """Give a connected OIS exactly these rights. No mandate allows more from then on.

    Only those with which two administrators connected it: what they did not approve is refused. Exit code 4.
    """
    with open_parts(opens=True) as parts:
        _show(connection.change_rights(current_actor(parts), slug, rights, reason))


@click.command(name="proof")
@click.argument("slug")
@click.option("--required/--optional", "required", required=True, help="Only bound tokens count, or bearer tokens too.")
@_reason
def require_proof(slug: str, required: bool, reason: str) -> None:
    """Say whether only tokens that are bound to the OIS's key count (DPoP, RFC 9449). In force at once.

    An OIS that does not send proofs yet is shut out by --required: see that it does so first.
    """
    with open_parts(opens=not required) as parts:
        record = connection.require_proof(current_actor(parts), slug, reason, required=required)
    words = "only tokens that are bound to its key" if record.proof_required else "bound tokens and bearer tokens"
    OUT.print(f"OIS {record.slug}: {words} count.", markup=False)


@click.command()
@click.argument("slug")
@_reason
def suspend(slug: str, reason: str) -> None:
    """Stop an OIS at once. Its mandates stand, and work again when it is resumed."""
    with open_parts() as parts:
        _show(connection.suspend(current_actor(parts), slug, reason))


@click.command()
@click.argument("slug")
@_reason
def resume(slug: str, reason: str) -> None:
    """Let a suspended OIS work again; it needs both documents in force. Exit code 4 when one is missing."""
    with open_parts(opens=True) as parts:
        _show(connection.resume(current_actor(parts), slug, reason))


@click.command()
@click.argument("slug")
def terminate(slug: str) -> None:
    """Say where a connection is ended for good: at the desk, by two administrators. Exit code 4.

    Every mandate that the OIS has is withdrawn by the same decision; an operator who comes back applies under another
    slug. What cannot wait is stopped by `provision ois suspend`.
    """
    raise _at_the_desk(slug, "terminated")


@click.command()
@click.argument("slug")
@_reason
def reject(slug: str, reason: str) -> None:
    """Reject an application for good."""
    with open_parts() as parts:
        _show(connection.reject(current_actor(parts), slug, reason))


def _at_the_desk(slug: str, done: str) -> ActionRefused:
    """The refusal of what two administrators decide: a shell proves neither of them (decisions 21, 32)."""
    with open_parts() as parts:
        with parts.ledger.reader() as reader:
            record = find_ois(reader, slug)
        desk = parts.settings.get("AIKOM_SIDECAR_URL") or ""
    return ActionRefused(
        f"OIS {record.slug} is {done} by two administrators, each with a second factor, and not by this command",
        remedy=f"propose it at {desk}/desk/ois/{record.slug}; another administrator approves it there",
    )


def _show(record: OisRecord) -> None:
    rights = f" with {' '.join(record.rights)}" if record.rights else ""
    OUT.print(f"OIS {record.slug} is {record.state.value}{rights}.", markup=False)
