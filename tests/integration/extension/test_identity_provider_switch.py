"""Switching an identity provider off: for who may manage the realm, and without the right to make one."""

from __future__ import annotations

import pytest
import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused
from provisioning.model.secret import Secret
from tests.support.extension_realm import ExtensionRealm, grant

PROVIDER = "/identity-provider/instances/colleagues"
OFF = "/aikom-identity-providers/colleagues/off"
ADDRESSES = {"clientId": "x", "authorizationUrl": "https://x.example/a", "tokenUrl": "https://x.example/t"}


@pytest.fixture(scope="module", autouse=True)
def provider(extension: ExtensionRealm) -> None:
    body = {"alias": "colleagues", "providerId": "oidc", "enabled": True, "trustEmail": True}
    extension.staff.post("/identity-provider/instances", {**body, "config": {**ADDRESSES, "clientSecret": "kept"}})


def test_who_may_not_manage_the_realm_switches_nothing_off(extension: ExtensionRealm) -> None:
    for path in (OFF, OFF.replace("colleagues", "unknown")):
        with pytest.raises(KeycloakRefused) as refused:
            extension.caller.post(path, None)
        assert refused.value.status == 403, "nor learns which there are"
        address = f"{extension.caller.url}/admin/realms/{extension.caller.realm}{path}"
        assert requests.post(address, timeout=60).status_code == 401
    assert extension.staff.get(PROVIDER)["enabled"]


def test_it_is_off_and_otherwise_as_it_was(extension: ExtensionRealm) -> None:
    grant(extension.staff, "viewer", "manage-realm")
    manager = KeycloakConnection(extension.caller.url, extension.caller.realm, "viewer", Secret("viewer-secret"))
    before = extension.staff.get(PROVIDER)
    for _ in range(2):
        manager.post(OFF, None)
        assert extension.staff.get(PROVIDER) == {**before, "enabled": False}
    events = extension.staff.get("/admin-events", resourceTypes="IDENTITY_PROVIDER", operationTypes="UPDATE")
    assert [event["resourcePath"] for event in events] == [PROVIDER.removeprefix("/")]
    with pytest.raises(KeycloakRefused) as refused:
        manager.post(OFF.replace("colleagues", "unknown"), None)
    assert refused.value.status == 404
    with pytest.raises(KeycloakRefused) as refused:
        manager.post("/identity-provider/instances", {"alias": "another", "providerId": "oidc", "config": ADDRESSES})
    assert refused.value.status == 403
