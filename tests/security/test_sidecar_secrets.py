"""No secret of the installation and no token in any page, header or log line. Source: docs/security.md row 31."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from flask.testing import FlaskClient

from provisioning.settings import Settings
from sidecar.app import create_app
from tests.support.sidecar_forger import Forger, begin_login, come_back
from tests.support.sidecar_running import Sidecar, close

pytest_plugins = ("tests.support.sidecar_fixtures",)

CANARY = "canary-20c5e9"
PATHS = ("/", "/ois", "/ois.json", "/health/ready", "/auth/login", "/auth/callback", "/account", "/nothing-here")


@pytest.fixture
def client(sidecar: Sidecar, sidecar_settings: Settings) -> Iterator[FlaskClient]:
    """A browser at an application all of whose secrets are canaries."""
    secrets = {
        "AIKOM_SIDECAR_SECRET": f"{CANARY}-client",
        "AIKOM_SESSION_SECRET": f"{CANARY}-session-of-32-bytes-and-more",
    }
    app = create_app(Settings({**sidecar_settings.values, **secrets}))
    yield app.test_client()
    close(app)


def _everything_said(client: FlaskClient) -> str:
    said = []
    for path in PATHS:
        for accept in ("text/html", "application/json"):
            response = client.get(path, headers={"Accept": accept})
            said.append(response.get_data(as_text=True) + str(response.headers))
    return "\n".join(said)


def test_secrets_and_tokens_are_nowhere(client: FlaskClient, keycloak: Forger, log: StringIO) -> None:
    asked = begin_login(client)
    token = keycloak.sign(keycloak.claims(asked["nonce"]))
    keycloak.answer(token)
    assert come_back(client, asked["state"], code=f"{CANARY}-code") == 302
    said = _everything_said(client)
    assert "46-0001234" in said
    assert CANARY not in said + log.getvalue()
    assert token not in said + log.getvalue()


def test_a_failed_login_does_not_say_them_either(client: FlaskClient, keycloak: Forger, log: StringIO) -> None:
    asked = begin_login(client)
    token = keycloak.sign(keycloak.claims(asked["nonce"], aud=CANARY, preferred_username=CANARY))
    keycloak.answer(token)
    assert come_back(client, asked["state"], code=f"{CANARY}-code") == 400
    assert CANARY not in log.getvalue()
    assert token not in log.getvalue()
