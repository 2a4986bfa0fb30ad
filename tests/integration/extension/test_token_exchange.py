"""A token got with an API key can be exchanged by an OIS. Source: order cl. 5."""

from __future__ import annotations

import base64
import json
from typing import Any

from provisioning.model.secret import Secret
from tests.support.extension_realm import ExtensionRealm

KEY = Secret("aikom_" + "e" * 43)


def audience(name: str) -> dict[str, Any]:
    return {
        "name": f"audience {name}",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": {"included.client.audience": name, "access.token.claim": "true"},
    }


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def test_an_ois_exchanges_the_token_of_an_api_key(extension: ExtensionRealm) -> None:
    basic = ["basic"]
    extension.staff.post("/clients", {"clientId": "central-db", "publicClient": False})
    extension.staff.post(
        "/clients",
        {
            "clientId": "ois-journal",
            "publicClient": False,
            "secret": "ois-secret",
            "attributes": {"standard.token.exchange.enabled": "true"},
            "defaultClientScopes": basic,
            "protocolMappers": [audience("central-db")],
        },
    )
    extension.new_key_client(
        "api-46-0005678-k1", KEY, defaultClientScopes=basic, protocolMappers=[audience("ois-journal")]
    )
    form = {"grant_type": "client_credentials", "client_id": "api-46-0005678-k1", "client_secret": KEY.reveal()}
    subject = extension.token(form).json()["access_token"]
    answer = extension.token(
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "client_id": "ois-journal",
            "client_secret": "ois-secret",
            "subject_token": subject,
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "audience": "central-db",
        }
    )
    assert answer.status_code == 200, answer.text
    exchanged = claims(answer.json()["access_token"])
    assert exchanged["azp"] == "ois-journal"
    assert exchanged["aud"] == "central-db"
    assert exchanged["sub"] == claims(subject)["sub"]
