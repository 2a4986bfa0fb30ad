"""A gate node as a process of its own under granian, as it is served in production: alone, or with pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import requests

from examples.central_database.processes import wait_for
from examples.central_database.proxies import SECRET_HEADER, Address
from provisioning.stack.ports import free_port
from tests.support.keycloak_server import PROJECT

ALONE: Final = "sidecar.gate.wsgi:app"
WITH_PAGES: Final = "sidecar.wsgi:app"
_THREADS: Final = {ALONE: 1}
_THREADS_OF_PAGES: Final = 8
_STOP_S: Final = 30
_TIMEOUT_S: Final = 15


@dataclass(frozen=True)
class Node:
    """A gate's process and where it listens."""

    address: Address
    process: subprocess.Popen[bytes]
    log: Path
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        """Of a node on a port."""
        return f"http://127.0.0.1:{self.address.place}"

    def ask(
        self, secret: str | None, target: str, token: str | None, method: str = "GET", **headers: str
    ) -> requests.Response:
        """Ask it as a proxy does, or as somebody who does not know the secret. `headers`: underscores for hyphens."""
        sent = {
            "X-Original-Method": method,
            "X-Original-URI": target,
            **({} if secret is None else {SECRET_HEADER: secret}),
            **({} if token is None else {"Authorization": f"Bearer {token}"}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.session.get(f"{self.url}/authz", headers=sent, timeout=_TIMEOUT_S)


@contextmanager
def running_gate(
    folder: Path,
    settings: Mapping[str, str],
    *,
    app: str = WITH_PAGES,
    address: Address | None = None,
    code: Path = PROJECT,
) -> Iterator[Node]:
    """A node with these settings and no others of ours. It listens when the block begins, fresh or not.

    `code` is the checkout whose program it runs.
    """
    address = address or Address(free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIKOM_")}
    log = folder / "node.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            _command(app, address), cwd=code, env={**kept, **settings, "PYTHONPATH": str(code)},
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_for(address, process)
        yield Node(address, process, log)
    finally:
        process.terminate()
        process.wait(_STOP_S)


def _command(app: str, address: Address) -> list[str]:
    threads = _THREADS.get(app, _THREADS_OF_PAGES)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--no-ws", "--no-access-log"]
    command += ["--blocking-threads", str(threads), "--workers-kill-timeout", "10", "--respawn-failed-workers"]
    if isinstance(address.place, Path):
        return [*command, "--uds", str(address.place), "--uds-permissions", "0600", app]
    return [*command, "--host", "127.0.0.1", "--port", str(address.place), app]
