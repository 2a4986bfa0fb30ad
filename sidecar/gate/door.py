"""Who may ask the gate: a proxy that shows the secret, or one on the Unix socket, which the file system guards.

Either or both. What tells them apart is written by the server, never by a client: the socket's path is in
`SERVER_NAME`, and `REMOTE_ADDR` is empty. Source: docs/security.md row 17.
"""

from __future__ import annotations

import hmac
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioning.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Door:
    """How proxies prove themselves. `secret` is None where no header opens, `socket` where no socket does."""

    secret: bytes | None = None
    socket: str | None = None

    def admits(self, environ: dict[str, Any]) -> bool:
        """Return whether a question comes from the proxy. `environ` is WSGI's (PEP 3333)."""
        if self.socket is not None and environ["SERVER_NAME"] == self.socket and not environ["REMOTE_ADDR"]:
            return True
        given: str = environ.get("HTTP_X_AIKOM_GATE_SECRET", "")
        return self.secret is not None and hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.secret)


def door_of(settings: Settings) -> Door | None:
    """Return the door that the settings describe; None when they have none. Raises SettingsError for an open socket."""
    secret, socket = settings.get("AIKOM_GATE_SECRET"), settings.get("AIKOM_GATE_SOCKET")
    if socket:
        _check(Path(socket))
    if not secret and not socket:
        return None
    return Door(secret.encode() if secret else None, socket or None)


def _check(socket: Path) -> None:
    """The server has made it by now. Who may write to it may ask."""
    try:
        mode = socket.stat().st_mode
    except OSError as error:
        raise _unusable(socket, "is not there") from error
    if not stat.S_ISSOCK(mode):
        raise _unusable(socket, "is no socket")
    if mode & stat.S_IWOTH:
        raise _unusable(socket, "is open to everybody")


def _unusable(socket: Path, why: str) -> SettingsError:
    return SettingsError(
        f"AIKOM_GATE_SOCKET: {socket} {why}",
        remedy="start the gate with `granian --uds` on that very path and `--uds-permissions 0660`, "
        "and make the proxy a member of the socket's group",
    )
