"""The ID token of an institution's sign-in, kept sealed for as long as it proves anything.

The door of Keycloak asks for it before it gives the institution's API key a secret, makes the next key, or ends one
(decision 35).

It goes to the pages of the institution's own keys only. Keycloak verifies it and looks whether that login still lives.
"""

from __future__ import annotations

from typing import Final

from flask import Flask

from provisioning.settings import Settings
from sidecar.auth.sealing import SealedToken
from sidecar.auth.session import FRESH_FOR
from sidecar.doors.config import behind_tls
from sidecar.doors.parts import Part
from sidecar.doors.served import name_apart, secret_apart, served

PATHS: Final = ("/account", "/api/v1/keys")

sign_in_proof: Final = Part[SealedToken]("sign-in-proof")


def init_sign_in_proof(app: Flask, settings: Settings) -> None:
    """Let this application prove who is signed in. Raises SettingsError without a secret."""
    parts = served.of(app)
    secret, name = secret_apart(settings, parts), name_apart("aikom-proof", parts)
    sealed = SealedToken(secret, "proof of a sign-in", name, PATHS, tls=behind_tls(settings), life=FRESH_FOR)
    sign_in_proof.register(app, sealed)
