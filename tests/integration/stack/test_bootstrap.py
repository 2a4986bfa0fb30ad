"""The realm's first service account: exactly its rights, in its own realm only, whatever was there before."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from provisioning.keycloak.bootstrap import (
    PROVISIONING_CLIENT,
    PROVISIONING_ROLES,
    bootstrap_realm,
    new_secret,
    retire_bootstrap_admin,
)
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakAuthenticationError, KeycloakRefused
from provisioning.keycloak.names import KEY_DIGEST
from tests.support.keycloak_server import KeycloakServer
from tests.support.realm import Realm, new_realm
from tests.support.realm_template import NONE_AFTER_LOGOUT, TEMPLATE, exported_realm

pytestmark = [pytest.mark.keycloak, pytest.mark.assure]


OWN = ("createdTimestamp", "secret", "client.secret.creation.time", KEY_DIGEST)
"""What is another in any two realms. Keycloak invents readable secrets when it imports; they open nothing."""


@pytest.fixture(scope="module")
def realm(keycloak_server: KeycloakServer, tmp_path_factory: pytest.TempPathFactory) -> Realm:
    """A realm in which nothing is but what a bootstrap makes."""
    return new_realm(keycloak_server, tmp_path_factory.mktemp("realm"), "smtp://127.0.0.1:9", bare=True)


def _claims(realm: Realm) -> dict[str, Any]:
    answer = realm.token(
        grant_type="client_credentials",
        client_id=PROVISIONING_CLIENT,
        client_secret=realm.settings.require("AIKOM_PROVISIONING_SECRET"),
    )
    assert answer.status_code == 200
    payload = answer.json()["access_token"].split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


def test_the_service_account_has_exactly_the_rights_it_needs(realm: Realm) -> None:
    client = realm.admin.get("/clients", clientId=PROVISIONING_CLIENT)[0]["id"]
    user = realm.admin.get(f"/clients/{client}/service-account-user")["id"]
    mapped = realm.admin.get(f"/users/{user}/role-mappings")
    held = {name: {role["name"] for role in of["mappings"]} for name, of in mapped["clientMappings"].items()}
    assert held == {"realm-management": PROVISIONING_ROLES}
    assert [role["name"] for role in mapped["realmMappings"]] == [f"default-roles-{realm.name}"]


def test_its_token_names_it_and_carries_no_roles(realm: Realm) -> None:
    claims = _claims(realm)
    assert claims["sub"]
    assert not {"realm_access", "resource_access", "email"} & claims.keys()


def test_it_may_work_in_its_realm_and_not_in_master(realm: Realm, keycloak_server: KeycloakServer) -> None:
    assert realm.connection.get("")["realm"] == realm.name
    assert realm.connection.check_version() == "26.7.5"
    stranger = KeycloakConnection(
        keycloak_server.url,
        "master",
        PROVISIONING_CLIENT,
        realm.settings.secret("AIKOM_PROVISIONING_SECRET"),
        login_realm=realm.name,
    )
    with pytest.raises((KeycloakRefused, KeycloakAuthenticationError)):
        stranger.get("/users")


def test_a_second_bootstrap_takes_surplus_rights_away_and_sets_the_secret(
    realm: Realm, keycloak_server: KeycloakServer
) -> None:
    name = f"{realm.name}-again"
    bootstrap_realm(keycloak_server.admin, name)
    inside = keycloak_server.admin.for_realm(name)
    client = inside.get("/clients", clientId=PROVISIONING_CLIENT)[0]["id"]
    user = inside.get(f"/clients/{client}/service-account-user")["id"]
    management = inside.get("/clients", clientId="realm-management")[0]["id"]
    path = f"/users/{user}/role-mappings/clients/{management}"
    inside.post(path, [inside.get(f"/clients/{management}/roles/realm-admin")])

    secret = new_secret()
    assert bootstrap_realm(keycloak_server.admin, name, secret) == secret

    assert {role["name"] for role in inside.get(path)} == PROVISIONING_ROLES
    assert KeycloakConnection(keycloak_server.url, name, PROVISIONING_CLIENT, secret).get("")["realm"] == name


def test_a_new_realm_hands_nothing_out_by_itself(realm: Realm) -> None:
    assert [scope["name"] for scope in realm.connection.get("/client-scopes")] == ["basic"]
    assert realm.connection.get("/default-default-client-scopes") == []
    assert realm.connection.get("/default-optional-client-scopes") == []
    assert realm.connection.get(f"/roles/default-roles-{realm.name}/composites") == []


def test_keycloak_listens_on_the_loopback_address_and_names_localhost(keycloak_server: KeycloakServer) -> None:
    found = requests.get(f"{keycloak_server.url}/realms/master/.well-known/openid-configuration", timeout=30).json()
    assert found["issuer"] == f"{keycloak_server.public_url}/realms/master"


def test_a_temporary_administrator_is_deleted_and_may_be_deleted_again(keycloak_server: KeycloakServer) -> None:
    keycloak_server.admin.post("/clients", {"clientId": "temporary", "serviceAccountsEnabled": True})
    retire_bootstrap_admin(keycloak_server.admin, "temporary")
    retire_bootstrap_admin(keycloak_server.admin, "temporary")
    assert keycloak_server.admin.get("/clients", clientId="temporary") == []


def _in_words(realm: KeycloakConnection) -> object:
    """Everything of a realm, with the same words for what is another realm's own."""
    text = json.dumps(exported_realm(realm)).replace(realm.realm, "realm")
    return _sorted(json.loads(re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id", text)))


def _sorted(value: Any) -> Any:
    """With every list in one order, and without the moments and digests in which any two realms differ."""
    if isinstance(value, dict):
        said = [pair for pair in value.items() if pair[0] not in OWN and pair != NONE_AFTER_LOGOUT]
        return {key: _sorted(inner) for key, inner in said}
    return sorted(map(_sorted, value), key=json.dumps) if isinstance(value, list) else value


def test_a_realm_that_tests_import_is_what_a_bootstrap_and_an_apply_make(
    keycloak_server: KeycloakServer, tmp_path: Path
) -> None:
    copy = new_realm(keycloak_server, tmp_path, "smtp://127.0.0.1:9")
    made, copied = _in_words(keycloak_server.admin.for_realm(TEMPLATE)), _in_words(copy.admin)
    assert copied == made
    client = copy.admin.get("/clients", clientId=PROVISIONING_CLIENT)[0]["id"]
    user = copy.admin.get(f"/clients/{client}/service-account-user")["id"]
    mapped = copy.admin.get(f"/users/{user}/role-mappings")
    held = {name: {role["name"] for role in of["mappings"]} for name, of in mapped["clientMappings"].items()}
    assert held == {"realm-management": PROVISIONING_ROLES}
