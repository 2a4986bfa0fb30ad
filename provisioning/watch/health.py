"""Heartbeat of the service: a file for containers, messages for systemd (sd_notify(3))."""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provisioning.model.errors import AikomError

STALE_S: Final = 60.0
"""A file that is older than this is no sign of life."""


class ServiceNotAlive(AikomError):
    """No fresh heartbeat: the service does not run, or hangs."""


class Health:
    """Writer of the heartbeat, "leading" or "standing by". Failing to write it never harms the service."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def beat(self, state: str) -> None:
        """Report that the service is alive and in this state."""
        _notify(f"READY=1\nWATCHDOG=1\nSTATUS={state}")
        if self._file is None:
            return
        text = json.dumps({"state": state, "at": datetime.now(UTC).isoformat(timespec="seconds")})
        with suppress(OSError):
            temporary = self._file.with_name(f".{self._file.name}.{os.getpid()}")
            temporary.write_text(text + "\n", encoding="ascii")
            temporary.replace(self._file)

    def stopping(self) -> None:
        """Report that the service stops on purpose, and remove the file."""
        _notify("STOPPING=1")
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


def check_alive(file: Path, within_s: float = STALE_S) -> str:
    """Return the state in a health file that is fresh. Raises ServiceNotAlive."""
    try:
        age_s = time.time() - file.stat().st_mtime
        state = str(json.loads(file.read_text(encoding="ascii"))["state"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ServiceNotAlive(f"{file} tells nothing: the service does not run", remedy=_REMEDY) from error
    if age_s > within_s:
        raise ServiceNotAlive(f"{file} is {age_s:.0f} s old: the service hangs or was killed", remedy=_REMEDY)
    return state


def _notify(message: str) -> None:
    """Tell systemd, when it started us; an address that begins with @ is an abstract one."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(message.encode(), f"\0{address[1:]}" if address.startswith("@") else address)


_REMEDY: Final = "look at its log and start it again"
