"""The OpenID Connect client of realm `aikom`: authorization code with PKCE (S256), by Authlib.

Authlib checks state, nonce, and the ID token's signature, `iss` and `aud`; the `iss` of the answer itself (RFC 9207)
is checked here. Addresses come from the settings, not from discovery: the expected issuer is pinned before anything is
fetched, and a sidecar that starts before Keycloak needs no second attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, request, session
from joserfc.errors import JoseError
from werkzeug import Response
from werkzeug.utils import redirect

from provisioning.model.secret import Secret
from provisioning.settings import Settings
from sidecar.auth.local_path import local_path
from sidecar.doors.parts import Part

CLIENT_ID: Final = "sidecar"
SCOPE: Final = "openid"
"""The scopes with our claims are default scopes of the client, so they need not be asked for."""

CALLBACK_PATH: Final = "/auth/callback"

_TIMEOUT_S: Final = 10
_LEEWAY_S: Final = 10
_SIGNATURES: Final = ("RS256", "PS256", "ES256")
"""Never a symmetric one: the public key would then do as a secret."""

_PARALLEL_LOGINS: Final = 3
"""Unfinished logins that a browser may hold; each takes room in the cookie, which ends at 4 KB."""


class LoginFailed(Exception):
    """The answer from Keycloak is not one to a login of this browser, or does not verify."""


class KeycloakSilent(Exception):
    """Keycloak did not answer while a login was being finished."""


@dataclass(frozen=True, slots=True)
class Login:
    """A verified login: the ID token's claims, the token itself, and where the browser wanted to go."""

    claims: Mapping[str, Any]
    id_token: Secret
    target: str


class SsoClient:
    """Client `sidecar`, confidential. One per application."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        public = f"{settings.keycloak_public_url}/realms/{settings.realm}"
        inside = f"{settings.keycloak_url}/realms/{settings.realm}/protocol/openid-connect"
        self.issuer: Final = public
        self._end_session = f"{public}/protocol/openid-connect/logout"
        # Authlib checks `iss` and `azp` by itself, `aud` only when it is told to.
        self._claims = {
            "iss": {"essential": True, "value": public},
            "aud": {"essential": True, "value": CLIENT_ID},
            "nonce": {"essential": True},
        }
        self._callback = settings.sidecar_url + CALLBACK_PATH
        self._home = settings.public_url + "/"
        self._app = cast(
            FlaskOAuth2App,
            OAuth(app).register(
                name=CLIENT_ID,
                client_id=CLIENT_ID,
                client_secret=settings.secret("AIKOM_SIDECAR_SECRET").reveal(),
                authorize_url=f"{public}/protocol/openid-connect/auth",
                access_token_url=f"{inside}/token",
                jwks_uri=f"{inside}/certs",
                issuer=self.issuer,
                id_token_signing_alg_values_supported=list(_SIGNATURES),
                client_kwargs={
                    "scope": SCOPE,
                    "code_challenge_method": "S256",
                    "token_endpoint_auth_method": "client_secret_basic",
                    "default_timeout": _TIMEOUT_S,
                },
            ),
        )

    def start(self, target: str, language: str, *, fresh: bool = False) -> Response:
        """Send the browser to Keycloak; `target` is the local path to come back to.

        `fresh`: password and second factor are asked for, whatever session Keycloak has (OpenID Connect Core 3.1.2.1).
        """
        _forget_old_logins()
        asked = {"max_age": "0", "prompt": "login"} if fresh else {}
        made = self._app.create_authorization_url(self._callback, ui_locales=language, **asked)
        self._app.framework.set_state_data(
            session,
            made["state"],
            {
                "nonce": made["nonce"],
                "code_verifier": made["code_verifier"],
                "redirect_uri": self._callback,
                "target": target,
            },
        )
        return redirect(made["url"])

    def finish(self) -> Login:
        """Complete the login of this callback request. Raises LoginFailed or KeycloakSilent."""
        started = self._app.framework.get_state_data(session, request.args.get("state"))
        if started is None:
            raise LoginFailed("state is missing, unknown to this browser or used already")
        if request.args.get("iss") != self.issuer:
            raise LoginFailed("iss is not the realm's")
        try:
            token = self._app.authorize_access_token(leeway=_LEEWAY_S, claims_options=self._claims)
        except (AuthlibBaseError, JoseError) as error:
            raise LoginFailed(str(error)) from error
        except (requests.RequestException, ValueError) as error:
            raise KeycloakSilent("no usable answer from the token or key endpoint") from error
        if "userinfo" not in token:
            raise LoginFailed("the answer has no ID token")
        return Login(token["userinfo"], Secret(token["id_token"]), local_path(started.get("target")))

    def logout_url(self, id_token: Secret | None, language: str) -> str:
        """Return where the browser ends its session at Keycloak (RP-initiated logout) and comes back to the home page.

        Without the ID token Keycloak asks whether that is meant.
        """
        asked = {"client_id": CLIENT_ID, "post_logout_redirect_uri": self._home, "ui_locales": language}
        if id_token is not None:
            asked["id_token_hint"] = id_token.reveal()
        return f"{self._end_session}?{urlencode(asked)}"


sso: Final = Part[SsoClient]("sso")


def init_sso(app: Flask, settings: Settings) -> None:
    """Let people sign in to this application. Raises SettingsError without the client's secret."""
    sso.register(app, SsoClient(app, settings))


def _forget_old_logins() -> None:
    """Keep the newest unfinished logins only, so that the cookie cannot outgrow what browsers accept."""
    prefix = f"_state_{CLIENT_ID}_"
    unfinished = sorted(
        (name for name in session if name.startswith(prefix)), key=lambda name: float(session[name]["exp"])
    )
    for name in unfinished[: max(0, len(unfinished) - _PARALLEL_LOGINS + 1)]:
        session.pop(name)
