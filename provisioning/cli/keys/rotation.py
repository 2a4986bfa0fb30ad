"""`provision keys rotate|retire`: a planned change of an API key (order cl. 4)."""

from __future__ import annotations

from datetime import timedelta

import click

from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.keys.rotation import retire as end_older_key
from provisioning.lifecycle.keys.rotation import rotate as make_next_key
from provisioning.registry.realm_alone import load_realm_policy


@click.command()
@click.argument("name", metavar="ID")
@click.option(
    "--overlap",
    metavar="HOURS",
    type=click.IntRange(min=0),
    help="How long both keys work; 0 ends the old one at once. Default and longest are in realm.yaml.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the two keys as JSON.")
def rotate(name: str, overlap: int | None, as_json: bool) -> None:
    """Make the next API key of an account; the present one ends after the overlap.

    The new key has no secret until `provision keys reveal` shows it. A rotation that was interrupted is finished by
    asking for it again.
    """
    with open_parts(opens=True) as parts:
        policy = load_realm_policy(parts.settings.config_dir).api_key
        wanted = None if overlap is None else timedelta(hours=overlap)
        rotated = make_next_key(current_actor(parts), name, wanted, policy)
    ends_at = None if rotated.ends_at is None else f"{rotated.ends_at:%Y-%m-%dT%H:%M:%SZ}"
    if as_json:
        show_json({"old": rotated.old, "new": rotated.new, "old_ends_at": ends_at})
        return
    OUT.print(f"New API key {rotated.new}. {rotated.old} {f'works until {ends_at}' if ends_at else 'has ended'}.")
    tell(f"Show its secret with `provision keys reveal {rotated.new}`.")


@click.command()
@click.argument("name", metavar="KEY")
def retire(name: str) -> None:
    """End the older key of a rotation before its time. KEY is a client id such as api-46-0001234-k1."""
    with open_parts() as parts:
        record = end_older_key(current_actor(parts), name)
    OUT.print(f"API key {record.client_id} has ended.")
