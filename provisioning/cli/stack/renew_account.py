"""`provision renew-account`: another secret for the provisioning account, where the present one was seen by others."""

from __future__ import annotations

from pathlib import Path

import click

from provisioning.cli.console import tell
from provisioning.keycloak.bootstrap import PROVISIONING_CLIENT, new_secret
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakAuthenticationError
from provisioning.keycloak.renewal import renew_account
from provisioning.model.secret import Secret
from provisioning.settings import Settings, load_settings
from provisioning.stack.paths import write_private


@click.command("renew-account")
@click.option(
    "--before",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    required=True,
    help="File with the account's present secret, which opens nothing afterwards.",
)
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where to write the new secret (0600); name it in AIKOM_PROVISIONING_SECRET_FILE.",
)
def renew_account_command(before: Path, secret_file: Path) -> None:
    """Give the provisioning account of AIKOM_REALM another secret.

    Run it without AIKOM_PROVISIONING_SECRET_FILE where that names the file to be written. Safe to repeat: a secret in
    --secret-file that opens the realm is kept, and one that does not yet is the new one.
    """
    settings = load_settings()
    if not secret_file.is_file():
        # Stored before Keycloak knows it: a crash in between is repaired by running the command again.
        write_private(secret_file, new_secret().reveal() + "\n")
    fresh = _read(secret_file)
    if _opens(settings, fresh):
        tell(f"the secret in {secret_file} opens realm {settings.realm} already")
        return
    renew_account(_connection(settings, _read(before)), fresh)
    tell(f"the account {PROVISIONING_CLIENT} of realm {settings.realm} has a new secret, in {secret_file}")


def _opens(settings: Settings, secret: Secret) -> bool:
    try:
        _connection(settings, secret).get("")
    except KeycloakAuthenticationError:
        return False
    return True


def _connection(settings: Settings, secret: Secret) -> KeycloakConnection:
    return KeycloakConnection(settings.keycloak_url, settings.realm, PROVISIONING_CLIENT, secret)


def _read(file: Path) -> Secret:
    return Secret(file.read_text(encoding="utf-8").strip())
