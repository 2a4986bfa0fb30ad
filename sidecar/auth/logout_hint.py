"""The ID token, kept sealed for one purpose: Keycloak ends a session without asking again when it is shown the token of
that session (OpenID Connect RP-Initiated Logout 1.0, section 2). It goes to `/auth/logout` only.

Without it Keycloak asks once more, which is all that is lost.
"""

from __future__ import annotations

from typing import Final

from flask import Flask

from provisioning.settings import Settings
from sidecar.auth.sealing import SealedToken
from sidecar.doors.config import behind_tls
from sidecar.doors.parts import Part
from sidecar.doors.served import name_apart, secret_apart, served

PATH: Final = "/auth/logout"

logout_hint: Final = Part[SealedToken]("logout-hint")


def init_logout_hint(app: Flask, settings: Settings) -> None:
    """Let this application keep the token that ends a session at Keycloak. Raises SettingsError without a secret."""
    parts = served.of(app)
    name = name_apart("aikom-logout", parts)
    sealed = SealedToken(secret_apart(settings, parts), "logout hint", name, (PATH,), tls=behind_tls(settings))
    logout_hint.register(app, sealed)
