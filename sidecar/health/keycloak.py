"""Whether Keycloak answers, asked at most once in `FRESH_S` seconds. Holds no credentials."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

import requests
from flask import Flask

from provisioning.settings import Settings
from sidecar.doors.parts import Part

FRESH_S: Final = 10
_TIMEOUT_S: Final = 3


class KeycloakState(StrEnum):
    """`SEEN` means: does not answer now, but did since this process started."""

    OK = "ok"
    SEEN = "unreachable-now"
    NEVER = "never-reached"


class KeycloakProbe:
    """Asks for the realm's discovery document, the one thing a login cannot do without."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._url = f"{settings.keycloak_url}/realms/{settings.realm}/.well-known/openid-configuration"
        self._clock = clock
        self._lock = Lock()
        self._asked_at: datetime | None = None
        self._state = KeycloakState.NEVER

    def state(self) -> KeycloakState:
        """Return whether Keycloak answers, at most `FRESH_S` seconds old."""
        with self._lock:
            now = self._clock()
            if self._asked_at is None or not timedelta() <= now - self._asked_at < timedelta(seconds=FRESH_S):
                self._state = self._ask()
                self._asked_at = now
            return self._state

    def _ask(self) -> KeycloakState:
        try:
            answered = requests.get(self._url, timeout=_TIMEOUT_S, allow_redirects=False).status_code == 200
        except requests.RequestException:
            answered = False
        if answered:
            return KeycloakState.OK
        return KeycloakState.NEVER if self._state is KeycloakState.NEVER else KeycloakState.SEEN


keycloak: Final = Part[KeycloakProbe]("keycloak")


def init_keycloak(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    """Let this application know whether Keycloak answers. Contacts nothing yet."""
    keycloak.register(app, KeycloakProbe(settings, clock))
