"""The settings of an embedded stack, in `.aikom/stack.env` (0600): addresses follow the ports, secrets stay."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final

from provisioning.keycloak.bootstrap import PROVISIONING_CLIENT
from provisioning.settings import parse_env_file
from provisioning.stack.keycloak_process import KeycloakPorts
from provisioning.stack.paths import StackPaths, write_private
from provisioning.stack.ports import LOOPBACK
from provisioning.stack.state import Port

REALM: Final = "aikom"
SANDBOX_REALM: Final = "aikom-sandbox"

SECRETS: Final = (
    "AIKOM_PROVISIONING_SECRET",
    "AIKOM_SIDECAR_SECRET",
    "AIKOM_PUBLIC_ACCOUNT_SECRET",
    "AIKOM_PORTAL_ACCOUNT_SECRET",
    "AIKOM_DESK_ACCOUNT_SECRET",
    "AIKOM_SESSION_SECRET",
    "AIKOM_SIGNING_KEY",
    "AIKOM_GATE_SECRET",
    "AIKOM_SANDBOX_SECRET",
)
_HEAD: Final = (
    "# Written by `provision stack up`. Secrets are made once; addresses follow the ports. Keep it private.\n"
)


def ensure_environment(paths: StackPaths, ports: Mapping[Port, int]) -> dict[str, str]:
    """Write the file and return its settings. Secrets that are there are kept; so are lines that a person added.

    The secrets are stored before any part gets to know them, so a crash never loses one that is in use.
    """
    present = parse_env_file(paths.env) if paths.env.is_file() else {}
    made = {name: secrets.token_urlsafe(32) for name in SECRETS if name not in present}
    settings = present | made | _addresses(paths, ports)
    write_private(paths.env, _HEAD + "".join(f"{name}={value}\n" for name, value in sorted(settings.items())))
    return settings


def keycloak_ports(ports: Mapping[Port, int]) -> KeycloakPorts:
    """Return Keycloak's two ports of the stack."""
    return KeycloakPorts(ports[Port.KEYCLOAK], ports[Port.HEALTH])


def _addresses(paths: StackPaths, ports: Mapping[Port, int]) -> dict[str, str]:
    keycloak = keycloak_ports(ports)
    return {
        "AIKOM_KEYCLOAK_URL": keycloak.url,
        "AIKOM_KEYCLOAK_PUBLIC_URL": keycloak.public_url,
        "AIKOM_REALM": REALM,
        "AIKOM_PROVISIONING_CLIENT": PROVISIONING_CLIENT,
        "AIKOM_SIDECAR_URL": f"http://localhost:{ports[Port.SIDECAR]}",
        "AIKOM_SMTP_URL": f"smtp://{LOOPBACK}:{ports[Port.SMTP]}",
        "AIKOM_DATABASE_URL": f"sqlite:///{paths.ledger}",
        "AIKOM_SANDBOX_DATABASE_URL": f"sqlite:///{paths.sandbox_ledger}",
        "AIKOM_SANDBOX_REALM": SANDBOX_REALM,
        # On one's own computer nobody waits a minute for the end of a self-test.
        "AIKOM_SANDBOX_STOP_SECONDS": "10",
    }
