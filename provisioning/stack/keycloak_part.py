"""Keycloak as a part of the stack: its home and data, its first start, and the end of the bootstrap administrator.

Data counts as begun only when `bootstrapped` lies beside it; before that a broken first start is thrown away.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from provisioning.keycloak.bootstrap import bootstrap_realm, new_secret, retire_bootstrap_admin
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakAuthenticationError
from provisioning.model.secret import Secret
from provisioning.settings import Settings, sandbox_settings
from provisioning.stack.errors import CredentialsLost
from provisioning.stack.keycloak_home import instance_home
from provisioning.stack.keycloak_process import BOOTSTRAP_CLIENT, KeycloakPorts, start_keycloak
from provisioning.stack.paths import StackPaths, write_private
from provisioning.stack.process import RunningProcess


def start(paths: StackPaths, built_home: Path, ports: KeycloakPorts, *, durable: bool) -> RunningProcess:
    """Start Keycloak on the stack's data; on empty data with a temporary administrator."""
    home = instance_home(built_home, paths.keycloak)
    bootstrap = None
    if not _bootstrapped(paths).exists():
        for leftover in (paths.keycloak / "data").iterdir():
            shutil.rmtree(leftover)
        bootstrap = new_secret()
        # Written before Keycloak knows it: an interrupted `up` goes on with it.
        write_private(_bootstrap_secret(paths), bootstrap.reveal())
    return start_keycloak(home, ports, log=paths.log("keycloak"), bootstrap=bootstrap, durable=durable)


def finish_bootstrap(paths: StackPaths, settings: Settings) -> bool:
    """Create the realm and the sandbox's, each with its provisioning account, then delete the temporary administrator.

    False when that was done before.
    Safe to repeat after a crash at any point. Raises CredentialsLost when no secret at hand is accepted.
    """
    file = _bootstrap_secret(paths)
    if not file.is_file():
        _check_credentials(settings)
        return False
    secret = Secret(file.read_text(encoding="utf-8").strip())
    admin = KeycloakConnection(settings.keycloak_url, "master", BOOTSTRAP_CLIENT, secret)
    try:
        for own in (settings, sandbox_settings(settings)):
            bootstrap_realm(admin, own.realm, own.secret("AIKOM_PROVISIONING_SECRET"))
        write_private(_bootstrapped(paths), "The realm was bootstrapped and the temporary administrator deleted.\n")
        retire_bootstrap_admin(admin, BOOTSTRAP_CLIENT)
    except KeycloakAuthenticationError:
        # It is deleted already when the last `up` was killed right here; then the account below works.
        _check_credentials(settings)
    file.unlink()
    return True


def _check_credentials(settings: Settings) -> None:
    try:
        for own in (settings, sandbox_settings(settings)):
            KeycloakConnection.from_settings(own).get("")
    except KeycloakAuthenticationError as error:
        raise CredentialsLost(
            "Keycloak has data, but the secrets in stack.env do not open its two realms",
            remedy="put the right stack.env back, or begin anew with `provision stack down --wipe`",
        ) from error


def _bootstrapped(paths: StackPaths) -> Path:
    return paths.keycloak / "bootstrapped"


def _bootstrap_secret(paths: StackPaths) -> Path:
    return paths.keycloak / "bootstrap-secret"
