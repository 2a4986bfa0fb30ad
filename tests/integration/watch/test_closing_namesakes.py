"""Foreign things that bear names of ours, and ways in that no list of objects shows: named by drift, and closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from provisioning.keycloak.lookups import require_client, require_user
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.watching import Watch, watch_at_rest

pytestmark = pytest.mark.assure

KEYS = "org.keycloak.keys.KeyProvider"


@pytest.fixture(scope="module")
def watch(office: Office) -> Iterator[Watch]:
    office.folder.write(school(1))
    office.apply()
    yield watch_at_rest(office)


def named(office: Office) -> set[str]:
    """Foreign things that drift names, besides those of the tests themselves."""
    return {f"{thing.type} {thing.name}" for thing in office.drift().foreign if "token-reader" not in thing.name}


@pytest.mark.parametrize("username", ["46-0000777", "operator-evil"])
def test_a_user_with_a_name_like_ours_loses_the_role_of_staff(office: Office, watch: Watch, username: str) -> None:
    admin = office.realm.admin
    admin.post("/users", {"username": username, "enabled": True})
    user = require_user(admin, username)["id"]
    admin.post(f"/users/{user}/role-mappings/realm", [admin.get("/roles/administrator")])
    assert named(office) == {f"user {username}"}
    watch.close()
    assert "administrator" not in {role["name"] for role in admin.get(f"/users/{user}/role-mappings/realm")}
    admin.delete(f"/users/{user}")


@pytest.mark.parametrize("client_id", ["api-46-0000777-k1", "ois-evil"])
def test_a_service_account_with_a_name_like_ours_loses_its_rights(office: Office, watch: Watch, client_id: str) -> None:
    admin = office.realm.admin
    admin.post("/clients", {"clientId": client_id, "enabled": True, "serviceAccountsEnabled": True})
    account = require_user(admin, f"service-account-{client_id}")["id"]
    management = require_client(admin, "realm-management")["id"]
    role = admin.get(f"/clients/{management}/roles/manage-users")
    admin.post(f"/users/{account}/role-mappings/clients/{management}", [role])
    admin.post(f"/users/{account}/role-mappings/realm", [admin.get("/roles/administrator")])
    assert named(office) >= {f"client {client_id}"}
    watch.close()
    mappings = admin.get(f"/users/{account}/role-mappings")
    assert "administrator" not in {role["name"] for role in mappings.get("realmMappings", [])}
    assert "realm-management" not in mappings.get("clientMappings", {})
    admin.delete(f"/clients/{require_client(admin, client_id)['id']}")


def test_a_provider_of_keys_with_the_name_of_ours_is_switched_off_and_ours_is_not(office: Office, watch: Watch) -> None:
    admin, key = office.realm.admin, rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    config = {"priority": ["1000"], "enabled": ["true"], "active": ["true"], "privateKey": [pem]}
    admin.post("/components", {"name": "rsa-generated", "providerId": "rsa", "providerType": KEYS, "config": config})
    assert named(office) == {"component KeyProvider rsa-generated, rsa"}
    watch.close()
    found = {one["providerId"]: one for one in admin.get("/components", type=KEYS) if one["name"] == "rsa-generated"}
    assert found["rsa"]["config"]["enabled"] == ["false"] == found["rsa"]["config"]["active"]
    assert "enabled" not in found["rsa-generated"]["config"]
    admin.delete(f"/components/{found['rsa']['id']}")


def test_of_two_providers_of_keys_that_look_alike_the_other_waits_for_a_person(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    body = {"name": "rsa-generated", "providerId": "rsa-generated", "providerType": KEYS}
    admin.post("/components", {**body, "config": {"priority": ["100"]}})
    assert named(office) == {"component KeyProvider rsa-generated, another"}
    watch.close()
    alike = [one for one in admin.get("/components", type=KEYS) if one["name"] == "rsa-generated"]
    assert [one["config"].get("enabled") for one in alike] == [None, None]
    admin.delete(f"/components/{alike[1]['id']}")


def test_a_token_for_registering_clients_is_taken_back(office: Office, watch: Watch) -> None:
    made = office.realm.admin.post("/clients-initial-access", {"count": 5, "expiration": 86400})
    assert any(one.startswith("registration token ") for one in named(office)), made
    watch.close()
    assert office.realm.admin.get("/clients-initial-access") == []
    assert named(office) == set()


def test_a_side_door_in_the_browser_flow_is_taken_out(office: Office, watch: Watch) -> None:
    admin, path = office.realm.admin, "/authentication/flows/aikom-browser/executions"
    step = {"alias": "side door", "type": "basic-flow", "provider": "registration-page-form", "description": "x"}
    admin.post(f"{path}/flow", step)
    assert "aikom-browser" in {one.object.name for one in office.drift().plan.objects}
    watch.close()
    assert "side door" not in {one.get("displayName") for one in admin.get(path)}


def test_permissions_for_administering_are_off_again(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    admin.put("", {**admin.get(""), "adminPermissionsEnabled": True})
    assert "client admin-permissions" in named(office)
    watch.close()
    assert not admin.get("")["adminPermissionsEnabled"]
