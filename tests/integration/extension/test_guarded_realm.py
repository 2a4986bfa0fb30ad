"""What the extension replaces in Keycloak acts in marked realms alone; every other realm behaves as without it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.settings import GUARDED
from tests.support.code_login import CodeLogin
from tests.support.keycloak_server import KeycloakServer

pytestmark = pytest.mark.keycloak

PASSWORD = "an ordinary password of the stock realm"
SECRET = "a readable secret"
PAGE = "http://localhost:9/page"


@dataclass(frozen=True)
class StockRealm:
    """Somebody else's realm on the same server, as Keycloak makes it."""

    url: str
    admin: KeycloakConnection

    def token(self, **form: str) -> requests.Response:
        return requests.post(f"{self.url}/protocol/openid-connect/token", data=form, timeout=60)

    def by_password(self, client_id: str) -> requests.Response:
        return self.token(grant_type="password", client_id=client_id, username="person", password=PASSWORD)

    def by_secret(self) -> requests.Response:
        return self.token(grant_type="client_credentials", client_id="confidential", client_secret=SECRET)

    def by_code(self) -> requests.Response:
        login = CodeLogin(self.url, "public", PAGE)
        answer = login.fill(login.open(), username="person", password=PASSWORD)
        return login.redeem(login.code(answer))

    def mark(self, value: str) -> None:
        realm = self.admin.get("")
        self.admin.put("", {**realm, "attributes": {**realm["attributes"], GUARDED: value}})


@pytest.fixture(scope="module")
def stock(keycloak_server: KeycloakServer) -> Iterator[StockRealm]:
    name = f"stock-{secrets.token_hex(4)}"
    person = {
        "username": "person",
        "enabled": True,
        "email": "person@other.example",
        "firstName": "A",
        "lastName": "B",
        "credentials": [{"type": "password", "value": PASSWORD}],
    }
    clients = [
        {"clientId": "public", "publicClient": True, "redirectUris": [PAGE], "directAccessGrantsEnabled": True},
        {"clientId": "confidential", "secret": SECRET, "publicClient": False, "serviceAccountsEnabled": True},
    ]
    keycloak_server.admin.create_realm({"realm": name, "enabled": True, "users": [person], "clients": clients})
    yield StockRealm(f"{keycloak_server.public_url}/realms/{name}", keycloak_server.admin.for_realm(name))


def test_another_realm_on_the_server_behaves_as_without_the_extension(stock: StockRealm) -> None:
    for client_id in ("admin-cli", "public"):
        assert stock.by_password(client_id).status_code == 200
    assert stock.by_secret().status_code == 200
    assert stock.by_code().status_code == 200
    missing = stock.token(grant_type="client_credentials", client_id="confidential")
    assert (missing.status_code, missing.json()["error"]) == (401, "unauthorized_client")


def test_the_master_realm_keeps_its_command_line_client(keycloak_server: KeycloakServer) -> None:
    master = keycloak_server.admin
    name = f"root-{secrets.token_hex(4)}"
    user = {"username": name, "enabled": True, "credentials": [{"type": "password", "value": PASSWORD}]}
    identifier = master.post("/users", user)
    try:
        form = {"grant_type": "password", "client_id": "admin-cli", "username": name, "password": PASSWORD}
        address = f"{keycloak_server.url}/realms/master/protocol/openid-connect/token"
        assert requests.post(address, data=form, timeout=60).status_code == 200
    finally:
        master.delete(f"/users/{identifier}")


def test_the_mark_alone_shuts_the_same_clients_under_the_stock_flow(stock: StockRealm) -> None:
    stock.mark("true")
    try:
        for answer in (stock.by_password("admin-cli"), stock.by_password("public"), stock.by_secret(), stock.by_code()):
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    finally:
        stock.mark("")
    assert stock.by_secret().status_code == 200
