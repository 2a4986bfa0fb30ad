"""Somebody whom tokens are meant for, and who asks Keycloak whether they are good (RFC 7662).

Keycloak answers such a question only to a client that stands in the token's audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import find_client, require_client, scope_ids
from provisioning.keycloak.names import KEY_AUTHENTICATOR, KEY_DIGEST
from provisioning.model.api_key_secret import digest, new_api_key
from provisioning.model.secret import Secret

READER: Final = "token-reader"
SCOPE: Final = "audience-token-reader"
_MAPPER: Final[dict[str, Any]] = {
    "name": "audience",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.client.audience": READER, "access.token.claim": "true"},
}


@dataclass(frozen=True)
class TokenReader:
    """A client and a scope that puts it into the audience. `admin` may manage clients; `url` is the realm's address."""

    admin: KeycloakConnection
    url: str
    secret: Secret

    @classmethod
    def make(cls, admin: KeycloakConnection, url: str) -> TokenReader:
        """A reader in the realm, with a secret of its own; one that is there already is replaced."""
        reader = cls(admin, url, new_api_key())
        reader.remove()
        admin.post(
            "/clients",
            {
                "clientId": READER,
                "publicClient": False,
                "clientAuthenticatorType": KEY_AUTHENTICATOR,
                "attributes": {KEY_DIGEST: digest(reader.secret)},
            },
        )
        admin.post("/client-scopes", {"name": SCOPE, "protocol": "openid-connect", "protocolMappers": [_MAPPER]})
        return reader

    def let_see(self, client_id: str) -> None:
        """From now on the tokens of an API key are meant for the reader too."""
        client = require_client(self.admin, client_id)["id"]
        self.admin.put(f"/clients/{client}/default-client-scopes/{scope_ids(self.admin)[SCOPE]}")

    def let_go(self, *client_ids: str) -> None:
        """Bring these clients back to what they were, so that nothing of the reader is a difference."""
        for client_id in client_ids:
            client = require_client(self.admin, client_id)["id"]
            self.admin.delete(f"/clients/{client}/default-client-scopes/{scope_ids(self.admin)[SCOPE]}")

    def is_active(self, token: str) -> bool:
        """Keycloak's judgement of a token."""
        answer = requests.post(
            f"{self.url}/protocol/openid-connect/token/introspect",
            data={"token": token, "client_id": READER, "client_secret": self.secret.reveal()},
            timeout=60,
        )
        answer.raise_for_status()
        return bool(answer.json()["active"])

    def remove(self) -> None:
        """Leave nothing of it in the realm."""
        client = find_client(self.admin, READER)
        if client is not None:
            self.admin.delete(f"/clients/{client['id']}")
        scope = scope_ids(self.admin).get(SCOPE)
        if scope is not None:
            self.admin.delete(f"/client-scopes/{scope}")
