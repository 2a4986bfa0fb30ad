"""API keys are compared by digest. Source: order cl. 4, decision 5."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from provisioning.model.secret import Secret
from tests.support.extension_realm import ExtensionRealm

KEY = Secret("aikom_" + "k" * 43 + "_abc123")
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def client(extension: ExtensionRealm) -> str:
    extension.new_key_client("api-46-0001234-k1", KEY)
    return "api-46-0001234-k1"


def form(client: str, secret: str = KEY.reveal()) -> dict[str, object]:
    return {**GRANT, "client_id": client, "client_secret": secret}


def test_the_right_key_gets_a_token_from_the_form_and_from_the_header(extension: ExtensionRealm, client: str) -> None:
    assert extension.token(form(client)).status_code == 200
    assert extension.token(GRANT, auth=(client, KEY.reveal())).status_code == 200
    assert extension.token({**GRANT, "client_id": client}, auth=(client, KEY.reveal())).status_code == 200


def test_the_header_is_form_urlencoded_as_the_standard_says(extension: ExtensionRealm) -> None:
    odd = Secret("aikom_ +%:ї")
    extension.new_key_client("api-odd", odd)
    assert extension.token(GRANT, auth=("api-odd", quote(odd.reveal(), safe=""))).status_code == 200
    assert extension.token(form("api-odd", odd.reveal())).status_code == 200


def refused_requests(client: str) -> Iterator[dict[str, Any]]:
    key = KEY.reveal()
    yield {"form": form(client, key + "x")}
    yield {"form": form(client, "")}
    yield {"form": form(client, key.upper())}
    yield {"form": {**GRANT, "client_id": client}}
    yield {"form": form("api-46-0009999-k1")}
    yield {"form": GRANT, "auth": (client, "wrong")}
    yield {"form": form(client), "auth": (client, key)}
    yield {"form": form(client), "auth": ("other", key)}
    yield {"form": {**GRANT, "client_id": "other"}, "auth": (client, key)}
    yield {"form": {**GRANT, "client_id": client, "client_secret": [key, key]}}
    yield {"form": {**GRANT, "client_id": client}, "params": {"client_secret": key}}


def test_every_refusal_is_the_same_whether_or_not_the_client_exists(extension: ExtensionRealm, client: str) -> None:
    answers = [extension.token(**request) for request in refused_requests(client)]
    assert {(answer.status_code, answer.text) for answer in answers} == {
        (401, '{"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"}')
    }


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic YXBpOiVaWg==", "Basic YXBp", "Bearer x"])
def test_a_header_that_cannot_be_read_is_refused(extension: ExtensionRealm, header: str) -> None:
    assert extension.token(GRANT, headers={"Authorization": header}).status_code in (400, 401)


def test_credentials_in_the_address_are_refused(extension: ExtensionRealm, client: str) -> None:
    address = {"client_id": client, "client_secret": KEY.reveal()}
    assert extension.token(GRANT, params=address).status_code in (400, 401)


def test_a_client_without_a_digest_authenticates_nobody(extension: ExtensionRealm) -> None:
    extension.new_key_client("api-born-k1", None)
    (client,) = extension.staff.get("/clients", clientId="api-born-k1")
    # Keycloak generates a secret for every confidential client; here it opens nothing.
    for secret in ("", KEY.reveal(), client.get("secret", "none"), "0" * 64):
        assert extension.token(form("api-born-k1", secret)).status_code == 401


@pytest.mark.parametrize("broken", ["", "zz" * 32, "ab" * 31, "ab" * 33, "0" * 64])
def test_a_digest_that_cannot_be_one_authenticates_nobody(extension: ExtensionRealm, client: str, broken: str) -> None:
    name = f"api-broken-{len(broken)}-{broken[:2]}"
    extension.new_key_client(name, None, attributes={"aikom.key.digest": broken})
    assert extension.token(form(name)).status_code == 401
    assert extension.token(form(name, broken)).status_code == 401


def test_a_disabled_client_is_refused_with_the_same_words(extension: ExtensionRealm) -> None:
    extension.new_key_client("api-off-k1", KEY)
    assert extension.token(form("api-off-k1")).status_code == 200
    extension.change_client("api-off-k1", enabled=False)
    refused, unknown = extension.token(form("api-off-k1")), extension.token(form("api-none"))
    assert (refused.status_code, refused.text) == (unknown.status_code, unknown.text) == (401, unknown.text)


def test_a_key_is_refused_from_its_end_on_and_when_its_end_cannot_be_read(extension: ExtensionRealm) -> None:
    extension.new_key_client("api-end-k1", KEY)
    for expires, status in ((int(time.time()) + 600, 200), (int(time.time()) - 1, 401), ("soon", 401)):
        extension.change_client("api-end-k1", attributes={"aikom.key.expires": str(expires)})
        assert extension.token(form("api-end-k1")).status_code == status


def test_a_new_digest_kills_the_old_key_at_once(extension: ExtensionRealm) -> None:
    extension.new_key_client("api-new-k1", Secret("aikom_first"))
    extension.change_client("api-new-k1", attributes={"aikom.key.digest": "0" * 64})
    assert extension.token(form("api-new-k1", "aikom_first")).status_code == 401


def test_clients_of_other_kinds_are_left_alone(extension: ExtensionRealm) -> None:
    """A digest on an ordinary client opens nothing, and its own secret goes on working."""
    extension.new_key_client("ois-plain", KEY, clientAuthenticatorType="client-secret", secret="plain-secret")
    assert extension.token(form("ois-plain")).status_code == 401
    assert extension.token(form("ois-plain", "plain-secret")).status_code == 200


def test_discovery_still_names_the_two_methods_with_a_secret(extension: ExtensionRealm) -> None:
    discovery = requests.get(f"{extension.url}/.well-known/openid-configuration", timeout=60).json()
    methods = discovery["token_endpoint_auth_methods_supported"]
    assert {"client_secret_basic", "client_secret_post", "private_key_jwt"} <= set(methods)
    assert len(methods) == len(set(methods))


def test_the_key_itself_is_nowhere_in_what_keycloak_tells(extension: ExtensionRealm, client: str) -> None:
    (representation,) = extension.staff.get("/clients", clientId=client)
    assert KEY.reveal() not in str(representation)
    assert KEY.reveal() not in str(extension.staff.get("/admin-events", max=200))
