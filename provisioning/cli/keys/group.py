"""`provision keys`: API keys of institutions and authorities (order cl. 4, 8)."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from provisioning.cli.console import OUT, show_json, tell
from provisioning.cli.keys.cut_off import cut_off
from provisioning.cli.keys.leaks import check, leaked
from provisioning.cli.keys.requests import cut_off_requests, decide
from provisioning.cli.keys.rotation import retire, rotate
from provisioning.cli.parts import current_actor, open_parts
from provisioning.lifecycle.disagreeing import Disagreement, key_disagrees
from provisioning.lifecycle.keys.revelation import KeyStatus, key_statuses, reveal_key
from provisioning.model.errors import ExitCode


@click.group()
def keys() -> None:
    """API keys: show the secret once, look at the state, rotate, cut off.

    ID is an institution id (its account in use), an account such as 46-0001234-g2, or a key such as
    api-46-0001234-k1.
    """


@keys.command()
@click.argument("name", metavar="ID")
@click.option("--again", is_flag=True, help="Replace a secret that was revealed but never arrived.")
@click.option("--reason", help="Why; goes into the ledger. Needed with --again.")
@click.option("--json", "as_json", is_flag=True, help="Print key and secret as JSON.")
def reveal(name: str, again: bool, reason: str | None, as_json: bool) -> None:
    """Set a fresh secret for the live API key and print it, once.

    The ledger records who asked and the key's fingerprint, never the secret. Keycloak keeps a digest only, so the
    secret cannot be looked up later. Only the secret goes to standard output.
    """
    with open_parts(opens=True) as parts:
        revealed = reveal_key(current_actor(parts), name, again=again, reason=reason)
        endpoint = f"{parts.settings.keycloak_public_url}/realms/{parts.settings.realm}/protocol/openid-connect/token"
    if as_json:
        show_json(
            {
                "client_id": revealed.record.client_id,
                "client_secret": revealed.secret.reveal(),
                "fingerprint": revealed.fingerprint,
                "token_endpoint": endpoint,
            }
        )
        return
    tell(f"API key {revealed.record.client_id}, fingerprint {revealed.fingerprint}. Its secret is shown this once:")
    click.echo(revealed.secret.reveal())
    tell("A token (curl asks for the secret, so that it stays out of the process list):")
    tell(f"  curl -u {revealed.record.client_id} -d grant_type=client_credentials {endpoint}")


@keys.command()
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON.")
@click.pass_context
def status(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show every key of an account: state, fingerprint, age, last use, what Keycloak has, and where it disagrees.

    The last use is read by `provision watch` from Keycloak's events, which can be lost: a hint, not a record.
    Exit code 2 when Keycloak disagrees with the ledger.
    """
    with open_parts() as parts:
        found = key_statuses(current_actor(parts), name)
    disagree = any(_disagrees(key) for key in found)
    if as_json:
        show_json([_plain(key) for key in found])
        ctx.exit(ExitCode.DIFFERENCES if disagree else ExitCode.OK)
    table = Table(*_COLUMNS, box=SIMPLE_HEAD)
    for key in found:
        facts = _plain(key)
        table.add_row(*(str(facts[field] or "") for field in _COLUMNS.values()))
    OUT.print(table)
    for key in found:
        if (differs := _disagrees(key)) is not None:
            OUT.print(f"{key.record.client_id} {differs}", markup=False)
    ctx.exit(ExitCode.DIFFERENCES if disagree else ExitCode.OK)


for _command in (rotate, retire, cut_off, cut_off_requests, decide, check, leaked):
    keys.add_command(_command)

_COLUMNS = {
    "key": "client_id",
    "state": "state",
    "fingerprint": "fingerprint",
    "created": "created_at",
    "revealed": "revealed_at",
    "last used": "last_used_at",
    "ends": "ends_at",
    "age": "age",
    "in Keycloak": "keycloak",
}


def _plain(status: KeyStatus) -> dict[str, str | None]:
    record = status.record
    return {
        "client_id": record.client_id,
        "account": record.username,
        "state": record.state.value,
        "fingerprint": record.fingerprint,
        "created_at": _time(record.created_at),
        "revealed_at": _time(record.revealed_at),
        "last_used_at": _time(status.last_used_at),
        "ends_at": _time(record.ends_at),
        "ended_at": _time(record.ended_at),
        "age": f"{(datetime.now(UTC) - record.created_at).days} d",
        "keycloak": _in_keycloak(status),
        "disagrees": None if (differs := _disagrees(status)) is None else str(differs),
    }


def _disagrees(status: KeyStatus) -> Disagreement | None:
    return key_disagrees(status.record, status.keycloak, status.altered, is_over=status.is_over)


def _in_keycloak(status: KeyStatus) -> str:
    key = status.keycloak
    if key is None:
        return "absent"
    if not key.has_service:
        return "service account absent"
    if not (key.enabled and key.service_enabled):
        return "disabled"
    return "live" if key.has_secret else "live, no secret yet"


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
