"""A real Keycloak with our extension for the tests: one per run, shared by all xdist workers, never left over."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from provisioning.keycloak.bootstrap import new_secret
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.model.secret import Secret
from provisioning.stack.extension import ensure_extension
from provisioning.stack.keycloak_home import ensure_built_home, instance_home
from provisioning.stack.keycloak_process import BOOTSTRAP_CLIENT, KeycloakPorts, start_keycloak, wait_for_keycloak
from provisioning.stack.paths import cache_folder
from provisioning.stack.ports import free_port
from provisioning.stack.process import RunningProcess, stop
from provisioning.stack.progress import Silence

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class KeycloakServer:
    """A running Keycloak. `admin` is a connection to realm `master` with all rights, `log` its log file."""

    ports: KeycloakPorts
    process: RunningProcess
    secret: Secret
    log: Path

    @property
    def url(self) -> str:
        return self.ports.url

    @property
    def public_url(self) -> str:
        return self.ports.public_url

    @property
    def admin(self) -> KeycloakConnection:
        return KeycloakConnection(self.url, "master", BOOTSTRAP_CLIENT, self.secret)

    def stop(self) -> None:
        stop(self.process, grace_s=2.0)


def shared_server(folder: Path, owner: int) -> KeycloakServer:
    """The server of this test run: the first caller starts it in `folder`, the others read where it is.

    It ends when process `owner` (pytest itself, not a worker) is gone, however that ends.
    """
    folder.mkdir(exist_ok=True)
    description = folder / "server.json"
    with (folder / "server.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if description.is_file():
            return _read(description)
        server = start_server(folder)
        _guard(server.process, owner)
        description.write_text(
            json.dumps(
                {
                    "ports": [server.ports.http, server.ports.health],
                    "process": [server.process.pid, server.process.started],
                    "secret": server.secret.reveal(),
                    "log": str(server.log),
                }
            )
        )
        return server


def stop_shared_server(folder: Path) -> None:
    """Stop what `shared_server` started in `folder`, if anything."""
    description = folder / "server.json"
    if description.is_file():
        _read(description).stop()


def start_server(folder: Path) -> KeycloakServer:
    """Start a server with its data in `folder` and wait until it is ready. Its data is not meant to survive a kill."""
    extension = ensure_extension(PROJECT, Silence())
    home = instance_home(ensure_built_home(cache_folder(), extension, Silence()), folder)
    http = free_port()
    ports = KeycloakPorts(http, free_port({http}))
    secret, log = new_secret(), folder / "keycloak.log"
    process = start_keycloak(home, ports, log=log, bootstrap=secret, durable=False)
    try:
        wait_for_keycloak(process, ports, log=log, progress=Silence())
    except BaseException:
        stop(process, grace_s=2.0)
        raise
    return KeycloakServer(ports, process, secret, log)


def _read(description: Path) -> KeycloakServer:
    values = json.loads(description.read_text())
    return KeycloakServer(
        KeycloakPorts(*values["ports"]),
        RunningProcess(*values["process"]),
        Secret(values["secret"]),
        Path(values["log"]),
    )


_GUARD = """
import sys, time
import psutil
from provisioning.stack.process import RunningProcess, alive, stop
pid, started, owner = int(sys.argv[1]), float(sys.argv[2]), psutil.Process(int(sys.argv[3]))
server = RunningProcess(pid, started)
while alive(server) and owner.is_running() and owner.status() != psutil.STATUS_ZOMBIE:
    time.sleep(0.5)
stop(server, grace_s=1.0)
"""


def _guard(process: RunningProcess, owner: int) -> None:
    """Leave a small process behind that stops the server when pytest is gone, even by SIGKILL."""
    with subprocess.Popen(
        [
            "/bin/sh",
            "-c",
            '"$0" -c "$1" "$2" "$3" "$4" &',
            sys.executable,
            _GUARD,
            str(process.pid),
            repr(process.started),
            str(owner),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=PROJECT,
        start_new_session=True,
        env=dict(os.environ),
    ):
        pass
