"""Ports on the loopback address: asked for, remembered, or free. Names the process that holds a busy one."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import psutil

from provisioning.stack.errors import PortBusy

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class PortWish:
    """A port for one part. `asked_by` is None for a mere preference: then any free port will do instead."""

    part: str
    port: int
    asked_by: str | None = None


def choose_port(wish: PortWish, taken: Collection[int] = ()) -> int:
    """Return the port to use: the wished one when it is free, another one for a preference.

    Raises PortBusy when the port was asked for by name and is taken.
    """
    if wish.port not in taken and is_free(wish.port):
        return wish.port
    if wish.asked_by is None:
        return free_port(taken)
    holder = holder_of(wish.port) or ("another part of this stack" if wish.port in taken else "another user's process")
    raise PortBusy(
        f"port {wish.port} for {wish.part} ({wish.asked_by}) is taken by {holder}",
        remedy=f"stop that process, or choose another port: --{wish.part}-port",
    )


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this, a port that served connections a moment ago would count as busy for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return not is_listening(port)


def is_listening(port: int) -> bool:
    """Return whether something accepts connections on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_port(taken: Collection[int] = ()) -> int:
    """Return a port that is free now and not in `taken`."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port


def holder_of(port: int) -> str | None:
    """Return name and id of the process that listens on the port, when the system shows them."""
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            listening = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr[1] == port
            if listening and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    return None
