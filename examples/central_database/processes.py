"""Starting the database and waiting until a port or socket answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from examples.central_database.app import REGISTER
from examples.central_database.proxies import Address

PROJECT: Final = Path(__file__).resolve().parents[2]
_START_S: Final = 20
_STOP_S: Final = 10


@contextmanager
def running_database(folder: Path, register: Path) -> Iterator[Address]:
    """The central database on a Unix socket in `folder`, which nobody but the proxy reaches."""
    address = Address(folder / "central-database.sock")
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--uds", str(address.place)]
    command += ["--uds-permissions", "0600", "--workers", "1", "--workers-kill-timeout", "5"]
    command += ["--no-ws", "--no-access-log"]
    environ = {**os.environ, REGISTER: str(register), "PYTHONPATH": str(PROJECT)}
    with (folder / "central-database.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "examples.central_database.wsgi:app"],
            stdout=log, stderr=subprocess.STDOUT, cwd=PROJECT, env=environ,
        )  # fmt: skip
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(_STOP_S)


def wait_for(address: Address, process: subprocess.Popen[bytes]) -> None:
    """Wait until something accepts connections; raises RuntimeError when the process has ended or is too slow."""
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        if _accepts(address):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on {address.place}; process {process.pid} ended with {process.poll()}")


def _accepts(address: Address) -> bool:
    is_path = isinstance(address.place, Path)
    with socket.socket(socket.AF_UNIX if is_path else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex(str(address.place) if is_path else ("127.0.0.1", address.place)) == 0
