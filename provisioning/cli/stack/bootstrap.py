"""`provision bootstrap`: the first step on a Keycloak that another tool started, such as docker compose."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from provisioning.cli.console import tell
from provisioning.keycloak.bootstrap import PROVISIONING_CLIENT, bootstrap_realm, new_secret, retire_bootstrap_admin
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakAuthenticationError
from provisioning.keycloak.realm.narrow import ACCOUNT_SECRETS
from provisioning.model.secret import Secret
from provisioning.settings import Settings, SettingsError, load_settings
from provisioning.stack.paths import write_private

CLIENT_VARIABLE: Final = "AIKOM_BOOTSTRAP_CLIENT"
SECRET_VARIABLE: Final = "AIKOM_BOOTSTRAP_SECRET"  # noqa: S105 - the name of a variable, not a secret


@click.command()
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where to write the provisioning account's secret (0600); name it in AIKOM_PROVISIONING_SECRET_FILE.",
)
@click.option(
    "--sandbox-secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Make the sandbox's realm too; its account's secret is written here. Name it in AIKOM_SANDBOX_SECRET_FILE.",
)
@click.option(
    "--account-secrets",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the secrets of the pages' narrow accounts (0600); made where they are not there yet.",
)
@click.option("--keep-admin", is_flag=True, help="Do not delete the temporary administrator afterwards.")
def bootstrap(
    secret_file: Path, sandbox_secret_file: Path | None, account_secrets: Path | None, keep_admin: bool
) -> None:
    """Create the realm and its provisioning account, then delete the temporary administrator.

    \b
    The administrator is a client of realm `master`, as Keycloak makes it from
    KC_BOOTSTRAP_ADMIN_CLIENT_ID and KC_BOOTSTRAP_ADMIN_CLIENT_SECRET:
      AIKOM_BOOTSTRAP_CLIENT    its client id
      AIKOM_BOOTSTRAP_SECRET    its secret, or AIKOM_BOOTSTRAP_SECRET_FILE

    Safe to repeat: a secret in the file that opens the realm is kept.
    """
    settings = load_settings()
    realms = {settings.realm: secret_file}
    if sandbox_secret_file is not None:
        realms[settings.require("AIKOM_SANDBOX_REALM")] = sandbox_secret_file
    missing = {realm: file for realm, file in realms.items() if not _already_done(settings, realm, file)}
    admin = _admin(settings) if missing or _admin_given() else None
    if admin is not None:
        _make(admin, missing)
    if admin is not None and not keep_admin:
        # Refused means that an earlier run deleted it.
        with contextlib.suppress(KeycloakAuthenticationError):
            retire_bootstrap_admin(admin, os.environ[CLIENT_VARIABLE])
    if account_secrets is not None:
        _make_account_secrets(account_secrets)
    for realm, file in realms.items():
        tell(f"realm {realm} is bootstrapped; the secret of {PROVISIONING_CLIENT} is in {file}")


def _make_account_secrets(folder: Path) -> None:
    """The accounts themselves are made by `provision apply`, which is given these files by their settings."""
    folder.mkdir(parents=True, exist_ok=True)
    for account, setting in ACCOUNT_SECRETS.items():
        file = folder / account
        if not file.is_file():
            write_private(file, new_secret().reveal() + "\n")
        tell(f"the secret of {account} is in {file}; name it in {setting}_FILE")


def _make(admin: KeycloakConnection, realms: Mapping[str, Path]) -> None:
    for realm, file in realms.items():
        secret = new_secret()
        # Stored before Keycloak knows it: a crash in between is repaired by running the command again.
        write_private(file, secret.reveal() + "\n")
        bootstrap_realm(admin, realm, secret)


def _already_done(settings: Settings, realm: str, secret_file: Path) -> bool:
    if not secret_file.is_file():
        return False
    secret = Secret(secret_file.read_text(encoding="utf-8").strip())
    try:
        KeycloakConnection(settings.keycloak_url, realm, PROVISIONING_CLIENT, secret).get("")
    except KeycloakAuthenticationError:
        return False
    return True


def _admin_given() -> bool:
    return bool(os.environ.get(CLIENT_VARIABLE))


def _admin(settings: Settings) -> KeycloakConnection:
    client, file = os.environ.get(CLIENT_VARIABLE), os.environ.get(f"{SECRET_VARIABLE}_FILE")
    value = Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(SECRET_VARIABLE)
    if not value or not client:
        raise SettingsError(
            f"{CLIENT_VARIABLE} and {SECRET_VARIABLE} are not set",
            remedy="give the client id and secret that Keycloak was started with as its bootstrap administrator",
        )
    return KeycloakConnection(settings.keycloak_url, "master", client, Secret(value))
