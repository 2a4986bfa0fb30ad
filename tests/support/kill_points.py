"""Moments at which a process may die: before and after every call to Keycloak, every commit and every mail.

Only for processes that tests start; nothing of the product knows about it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Connection

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.mail.smtp import MailSession


class KillPoints:
    """Counts the moments that pass. At number `kill_at` (the first is 1) this process ends as by `kill -9`."""

    def __init__(self, kill_at: int | None = None) -> None:
        self._kill_at = kill_at
        self._passed = 0

    def install(self) -> None:
        """From now on, in this process, each of the three is a moment before and a moment after."""
        for owner, name in ((KeycloakConnection, "_raw"), (Connection, "commit"), (MailSession, "send")):
            setattr(owner, name, self._wrapped(getattr(owner, name)))

    def reset(self) -> None:
        """Count anew: what comes now is moment 1."""
        self._passed = 0

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: object, **options: object) -> object:
            self._pass()
            result = function(*arguments, **options)
            self._pass()
            return result

        return wrapper

    def _pass(self) -> None:
        self._passed += 1
        if self._passed == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
