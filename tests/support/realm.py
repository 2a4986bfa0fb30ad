"""A realm of its own for a test module, as a bootstrap and an apply leave it, with settings that point at it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import requests

from provisioning.keycloak.bootstrap import PROVISIONING_CLIENT, bootstrap_realm, new_secret
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.narrow import ACCOUNT_SECRETS
from provisioning.settings import Settings
from tests.support.keycloak_server import PROJECT, KeycloakServer
from tests.support.realm_template import import_realm


@dataclass(frozen=True)
class Realm:
    """A fresh realm. `connection` is the provisioning service account's, `admin` all-powerful."""

    name: str
    settings: Settings
    connection: KeycloakConnection
    admin: KeycloakConnection

    @property
    def url(self) -> str:
        """Address of the realm as this process reaches it."""
        return f"{self.settings.keycloak_url}/realms/{self.name}"

    @property
    def token_address(self) -> str:
        """Address of the token endpoint as everybody knows it, which proofs of possession name."""
        return f"{self.settings.keycloak_public_url}/realms/{self.name}/protocol/openid-connect/token"

    def token(self, proof: str | None = None, **form: str) -> requests.Response:
        """The token endpoint's answer to a form; `proof` is sent in the header `DPoP`, to the address that it names."""
        if proof is not None:
            return requests.post(self.token_address, data=form, headers={"DPoP": proof}, timeout=60)
        return requests.post(f"{self.url}/protocol/openid-connect/token", data=form, timeout=60)


def new_realm(server: KeycloakServer, folder: Path, smtp_url: str, *, bare: bool = False) -> Realm:
    """Create a realm with a random name; its ledger is an SQLite file in `folder`.

    It has its roles, scopes, clients and texts already, and no account; a `bare` one has only what a bootstrap makes.
    """
    name, secret = f"test-{secrets.token_hex(4)}", new_secret()
    settings = Settings(
        {
            "AIKOM_KEYCLOAK_URL": server.url,
            "AIKOM_KEYCLOAK_PUBLIC_URL": server.public_url,
            "AIKOM_REALM": name,
            "AIKOM_PROVISIONING_CLIENT": PROVISIONING_CLIENT,
            "AIKOM_PROVISIONING_SECRET": secret.reveal(),
            "AIKOM_SIDECAR_SECRET": secrets.token_urlsafe(32),
            **{name: secrets.token_urlsafe(32) for name in ACCOUNT_SECRETS.values()},
            "AIKOM_SIDECAR_URL": "http://localhost:8000",
            "AIKOM_SESSION_SECRET": secrets.token_urlsafe(32),
            "AIKOM_SIGNING_KEY": secrets.token_urlsafe(32),
            "AIKOM_DATABASE_URL": f"sqlite:///{folder / 'ledger.sqlite3'}",
            "AIKOM_SMTP_URL": smtp_url,
            "AIKOM_CONFIG": str(PROJECT / "realm-config"),
        }
    )
    if bare:
        bootstrap_realm(server.admin, name, secret)
    else:
        import_realm(server.admin, name, secret, settings, server.log.parent / "template")
    return Realm(name, settings, KeycloakConnection.from_settings(settings), server.admin.for_realm(name))
