"""A new secret for the provisioning account, by the account itself: no administrator of realm `master` is needed."""

from __future__ import annotations

from provisioning.keycloak.bootstrap import PROVISIONING_CLIENT
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.names import KEY_DIGEST
from provisioning.model.api_key_secret import digest
from provisioning.model.secret import Secret


def renew_account(inside: KeycloakConnection, secret: Secret) -> None:
    """Give the provisioning account this secret; the one that `inside` came with opens nothing from then on.

    Raises KeycloakError. Repeating it with the same secret changes nothing.
    """
    client = inside.get("/clients", clientId=PROVISIONING_CLIENT)[0]
    attributes = {**client.get("attributes", {}), KEY_DIGEST: digest(secret)}
    inside.put(f"/clients/{client['id']}", {**client, "attributes": attributes})
