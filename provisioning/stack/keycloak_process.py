"""Starts one Keycloak, on H2 or PostgreSQL, and says when it is really ready. Owns its command line and environment.

`start --optimized` on a built home, not `start-dev`: measured 7 s instead of 11 s (30 s the first time), and themes
are cached as in production. Source: decision 1.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from provisioning.model.secret import Secret
from provisioning.stack.errors import PartFailed
from provisioning.stack.java import find_java
from provisioning.stack.ports import LOOPBACK
from provisioning.stack.process import RunningProcess, alive, start_detached
from provisioning.stack.progress import Progress

READY_WITHIN_S: Final = 240.0
"""A first start (with the database schema) takes 15-20 s on two idle cores; a busy machine needs many times that."""

BOOTSTRAP_CLIENT: Final = "aikom-bootstrap"

_OPTIONS: Final = (
    "--cache=local",
    "--http-enabled=true",
    f"--http-host={LOOPBACK}",
    f"--http-management-host={LOOPBACK}",
    # Requests beyond this get 503 at once instead of waiting in memory without end.
    "--http-max-queued-requests=1000",
    # Entries: about 4 per institution in the realm cache and 2 in the user cache, for 30,000 institutions.
    "--cache-embedded-realms-max-count=120000",
    "--cache-embedded-users-max-count=80000",
    # The health check is asked ten times a second while starting and would fill the log with its answers.
    "--log-level=info,io.smallrye.health:error",
)
_DURABLE: Final = "--db-url-properties=;WRITE_DELAY=0"
"""H2 writes a commit down before it is acknowledged. Its default is half a second later: measured, a kill then loses
what was acknowledged, and what the ledger holds for done. Costs: 40 instead of 200 institutions a second."""

_HEAP: Final = "-Xms128m -Xmx2g"
_POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class KeycloakPorts:
    """Ports of one Keycloak, on the loopback address only."""

    http: int
    health: int

    @property
    def url(self) -> str:
        """Address for processes of this computer."""
        return f"http://{LOOPBACK}:{self.http}"

    @property
    def health_url(self) -> str:
        """Address that answers whether Keycloak is ready."""
        return f"http://{LOOPBACK}:{self.health}/health/ready"

    @property
    def public_url(self) -> str:
        """Address for browsers: to them `localhost` is a secure context, so crypto and passkeys work."""
        return f"http://localhost:{self.http}"


@dataclass(frozen=True, slots=True)
class KeycloakDatabase:
    """A PostgreSQL database for a home that was built for PostgreSQL. `url` is JDBC's."""

    url: str
    user: str
    password: Secret


def start_keycloak(
    home: Path,
    ports: KeycloakPorts,
    *,
    log: Path,
    bootstrap: Secret | None,
    durable: bool = True,
    database: KeycloakDatabase | None = None,
) -> RunningProcess:
    """Start Keycloak in the background. `bootstrap` is the secret of a temporary admin for an empty database.

    On H2, without `durable`, it writes five times faster, and forgets the last half second when it is killed.
    Secrets travel in the environment, never in the arguments. Raises ToolMissing without a usable Java.
    """
    java = find_java()
    command = [
        str(home / "bin" / "kc.sh"),
        "start",
        "--optimized",
        f"--http-port={ports.http}",
        f"--http-management-port={ports.health}",
        f"--hostname={ports.public_url}",
        *_OPTIONS,
        *([_DURABLE] if durable and database is None else []),
    ]
    environ = _environment(os.environ, java)
    if database is not None:
        environ |= {"KC_DB_URL": database.url, "KC_DB_USERNAME": database.user}
        environ["KC_DB_PASSWORD"] = database.password.reveal()
    if bootstrap is not None:
        environ["KC_BOOTSTRAP_ADMIN_CLIENT_ID"] = BOOTSTRAP_CLIENT
        environ["KC_BOOTSTRAP_ADMIN_CLIENT_SECRET"] = bootstrap.reveal()
    return start_detached(command, log=log, cwd=home, environ=environ)


def wait_for_keycloak(process: RunningProcess, ports: KeycloakPorts, *, log: Path, progress: Progress) -> None:
    """Wait until Keycloak is ready. Raises PartFailed when it ends or takes too long."""
    began = time.monotonic()
    while not keycloak_ready(ports):
        elapsed = time.monotonic() - began
        progress.detail(f"{elapsed:.0f} s")
        if not alive(process):
            raise PartFailed(f"Keycloak ended while starting: {_last_error(log)}", remedy=f"read {log} for the cause")
        if elapsed > READY_WITHIN_S:
            raise PartFailed(
                f"Keycloak was not ready after {READY_WITHIN_S:.0f} s", remedy=f"read {log}, then run the command again"
            )
        time.sleep(_POLL_S)


def keycloak_ready(ports: KeycloakPorts) -> bool:
    """Return whether health says ready and the keys that tokens are signed with are served, which takes the database.

    NOTE: no try at the token endpoint: each would leave a failed login in its log. The stack's next step gets a token.
    """
    certificates = f"{ports.url}/realms/master/protocol/openid-connect/certs"
    try:
        answers = [requests.get(url, timeout=10) for url in (ports.health_url, certificates)]
    except requests.RequestException:
        return False
    return all(answer.status_code == requests.codes.ok for answer in answers)


def _environment(environ: Mapping[str, str], java: Path) -> dict[str, str]:
    """The caller's environment without its own Keycloak settings and without secrets of ours."""
    kept = {name: value for name, value in environ.items() if not name.startswith(("KC_", "AIKOM_"))}
    return {"JAVA_OPTS_KC_HEAP": _HEAP, **kept, "JAVA": str(java)}


def _last_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    errors = [line for line in lines[-60:] if "ERROR" in line]
    return (errors or lines or ["it wrote nothing"])[-1].strip()[:300]
