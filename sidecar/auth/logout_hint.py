"""The ID token, kept by the browser, sealed, for one purpose: Keycloak ends a session without asking again when it is
shown the token of that session (OpenID Connect RP-Initiated Logout 1.0, section 2).

The cookie is encrypted (JWE, A256GCM), so no token is ever readable in the browser, and goes to `/auth/logout` only.
"""

from __future__ import annotations

import hashlib
from typing import Final

from flask import Flask, Request, Response
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from provisioning.model.secret import Secret
from provisioning.settings import Settings
from sidecar.doors.config import behind_tls
from sidecar.doors.parts import Part
from sidecar.doors.served import name_apart, secret_apart, served

PATH: Final = "/auth/logout"
_ALGORITHMS: Final = ["dir", "A256GCM"]
_MAX_CHARACTERS: Final = 3800
"""Browsers drop a larger cookie; without it Keycloak asks once more, which is all that is lost."""


class LogoutHint:
    """Seals and opens the cookie. One per application."""

    def __init__(self, session_secret: Secret, name: str = "aikom-logout", *, tls: bool) -> None:
        # A key of its own: what signs sessions does not encrypt tokens.
        digest = hashlib.sha256(b"aikom logout hint\0" + session_secret.reveal().encode()).digest()
        self._key = OctKey.import_key(digest)
        self._tls = tls
        self._name = f"__Secure-{name}" if tls else name

    def remember(self, response: Response, id_token: Secret) -> None:
        """Put the sealed token on the response that begins a session."""
        header = {"alg": "dir", "enc": "A256GCM"}
        sealed = jwe.encrypt_compact(header, id_token.reveal().encode(), self._key, algorithms=_ALGORITHMS)
        if len(sealed) <= _MAX_CHARACTERS:
            response.set_cookie(self._name, sealed, path=PATH, secure=self._tls, httponly=True, samesite="Lax")

    def forget(self, response: Response) -> None:
        """Have the browser drop the cookie."""
        response.delete_cookie(self._name, path=PATH, secure=self._tls, httponly=True, samesite="Lax")

    def read(self, request: Request) -> Secret | None:
        """Return the token from the cookie; None when there is none that we have sealed."""
        sealed = request.cookies.get(self._name)
        if not sealed:
            return None
        try:
            plain = jwe.decrypt_compact(sealed, self._key, algorithms=_ALGORITHMS).plaintext
        except (JoseError, ValueError):
            return None
        return Secret(plain.decode("ascii")) if plain else None


logout_hint: Final = Part[LogoutHint]("logout-hint")


def init_logout_hint(app: Flask, settings: Settings) -> None:
    """Let this application keep the token that ends a session at Keycloak. Raises SettingsError without a secret."""
    parts = served.of(app)
    hint = LogoutHint(secret_apart(settings, parts), name_apart("aikom-logout", parts), tls=behind_tls(settings))
    logout_hint.register(app, hint)
