"""The lists of who there is and what they hold: complete, without secrets, and only for those who may see all."""

from __future__ import annotations

import pytest
import requests

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused
from provisioning.keycloak.whole import holdings
from provisioning.keycloak.whole.canonical import digest_of_whole
from provisioning.keycloak.whole.holdings import (
    client_pages,
    clients_starting,
    user_pages,
    users_named,
    whole_clients,
    whole_users,
)
from provisioning.model.secret import Secret
from tests.support.extension_realm import ExtensionRealm, digest, grant


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of objects fills several pages."""
    monkeypatch.setattr(holdings, "PAGE", 2)


@pytest.mark.usefixtures("small_pages")
def test_the_pages_together_are_what_keycloak_lists(extension: ExtensionRealm) -> None:
    for number in range(5):
        extension.new_account(f"71-000000{number}")
    rows = [row for page in user_pages(extension.caller, attributes=()) for row in page]
    people = [row["username"] for row in rows if row.get("serviceAccountClientId") is None]
    assert sorted(people) == sorted(user["username"] for user in extension.staff.get("/users", max=1000))
    assert {"service-account-provisioning", "service-account-viewer"} <= {row["username"] for row in rows}
    clients = [row["clientId"] for page in client_pages(extension.caller) for row in page]
    assert sorted(clients) == sorted(client["clientId"] for client in extension.staff.get("/clients"))


@pytest.mark.usefixtures("small_pages")
def test_two_halves_are_the_whole(extension: ExtensionRealm) -> None:
    def ids(**span: str) -> list[str]:
        return [row["id"] for page in user_pages(extension.caller, attributes=(), **span) for row in page]

    assert sorted([*ids(before="8"), *ids(after="8")]) == sorted(ids())


def test_a_user_comes_with_the_attributes_asked_for_roles_and_state(extension: ExtensionRealm, school: str) -> None:
    long = "довге значення " * 40
    extension.change_account(school, enabled=False, attributes={"kind": ["school"], "note": [long], "hidden": ["x"]})
    extension.staff.post("/roles", {"name": f"role-of-{school}"})
    user = extension.account(school)["id"]
    role = extension.staff.get(f"/roles/role-of-{school}")
    extension.staff.post(f"/users/{user}/role-mappings/realm", [role])
    (row,) = users_named(extension.caller, [school.upper()], ["kind", "note"])
    assert row["attributes"] == {"kind": ["school"], "note": [long]}
    assert row["enabled"] is False
    assert row["email"] == f"{school}@school.example"
    assert f"role-of-{school}" in row["realmRoles"]
    (caller,) = users_named(extension.caller, ["service-account-provisioning"], [])
    assert "manage-users" in caller["clientRoles"]["realm-management"]


def test_a_client_comes_with_scopes_and_our_attributes_and_without_any_secret(extension: ExtensionRealm) -> None:
    key = Secret("aikom_" + "k" * 40)
    extension.new_key_client("key-holdings-1", key, secret="client-secret-value")
    extension.change_client("key-holdings-1", attributes={"aikom.account": "71-0000001", "other": "x"})
    (client,) = extension.staff.get("/clients", clientId="key-holdings-1")
    (row,) = clients_starting(extension.caller, "key-holdings-")
    assert row["attributes"] == {"aikom.account": "71-0000001"}
    assert sorted(row["defaultClientScopes"]) == sorted(client["defaultClientScopes"])
    assert sorted(row["optionalClientScopes"]) == sorted(client["optionalClientScopes"])
    assert row["keyFingerprint"] == digest(key)[:12], "by which the ledger names it"
    assert digest(key) not in str(row)
    assert "client-secret-value" not in str(row)


def test_a_client_s_whole_has_every_table_of_it_and_only_the_kind_of_a_secret(extension: ExtensionRealm) -> None:
    key, staff = Secret("aikom_" + "w" * 40), extension.staff
    extension.new_key_client("key-whole-1", key, secret="client-secret-value")
    (client,) = staff.get("/clients", clientId="key-whole-1")
    base = f"/clients/{client['id']}"
    extension.change_client("key-whole-1", redirectUris=["https://b.example/", "https://a.example/"], webOrigins=["+"])
    mapper = {"name": "m", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}
    staff.post(f"{base}/protocol-mappers/models", {**mapper, "config": {"claim.name": "sphere"}})
    staff.post(f"{base}/roles", {"name": "own"})
    staff.post("/roles", {"name": "let-through"})
    staff.post(f"{base}/scope-mappings/realm", [staff.get("/roles/let-through")])
    whole = whole_clients(extension.caller, ["key-whole-1", "key-whole-none"])["key-whole-1"]
    assert whole["redirectUris"] == ["https://a.example/", "https://b.example/"]
    assert whole["protocolMappers"]["m.config.claim.name"] == "sphere"
    assert (whole["roles"], whole["scopeMappings"]) == (["own"], ["realm:let-through"])
    assert whole["clientAuthenticatorType"] == client["clientAuthenticatorType"]
    assert digest(key) not in str(whole)
    assert "client-secret-value" not in str(whole)


def test_a_user_s_whole_has_roles_groups_and_kinds_of_credentials(extension: ExtensionRealm, school: str) -> None:
    staff, user = extension.staff, extension.account(school)["id"]
    staff.post("/groups", {"name": f"group-{school}"})
    (group,) = staff.get("/groups", search=f"group-{school}")
    staff.put(f"/users/{user}/groups/{group['id']}")
    extension.change_account(school, requiredActions=["VERIFY_EMAIL"], firstName="Оксана")
    whole = whole_users(extension.caller, [school])[school]
    assert whole["groups"] == [f"group-{school}"]
    assert whole["requiredActions"] == {"VERIFY_EMAIL": True}
    assert whole["firstName"] == "Оксана"
    assert "enabled" not in whole


def test_digests_are_those_of_the_wholes_in_canonical_form(extension: ExtensionRealm, school: str) -> None:
    extension.change_account(school, attributes={"institution_name": ['Ліцей "Надія"/\\ імені О’Генрі 🙂\t']})
    (row,) = users_named(extension.caller, [school], [], digests=True)
    assert row["whole"] == digest_of_whole(whole_users(extension.caller, [school])[school]).hex()
    extension.new_key_client("key-digest-1", None)
    (client,) = clients_starting(extension.caller, "key-digest-", digests=True)
    assert client["whole"] == digest_of_whole(whole_clients(extension.caller, ["key-digest-1"])["key-digest-1"]).hex()


def test_a_beginning_is_taken_by_the_letter(extension: ExtensionRealm) -> None:
    extension.new_key_client("key-letter_1", None)
    extension.new_key_client("key-letterx1", None)
    assert [row["clientId"] for row in clients_starting(extension.caller, "key-letter_")] == ["key-letter_1"]
    assert clients_starting(extension.caller, "%") == []


def test_who_may_not_see_users_or_clients_gets_nothing(extension: ExtensionRealm) -> None:
    viewer = KeycloakConnection(extension.caller.url, extension.caller.realm, "viewer", Secret("viewer-secret"))
    for path in ("/aikom-holdings/users", "/aikom-holdings/clients"):
        with pytest.raises(KeycloakRefused) as refused:
            viewer.get(path)
        assert refused.value.status == 403
        address = f"{extension.caller.url}/admin/realms/{extension.caller.realm}{path}"
        assert requests.get(address, timeout=60).status_code == 401
    grant(extension.staff, "viewer", "view-users")
    fresh = KeycloakConnection(extension.caller.url, extension.caller.realm, "viewer", Secret("viewer-secret"))
    assert fresh.get("/aikom-holdings/users", max=1)
    with pytest.raises(KeycloakRefused):
        fresh.get("/aikom-holdings/clients", max=1)


@pytest.mark.parametrize("most", [0, -1, 1001])
def test_a_page_has_bounds(extension: ExtensionRealm, most: int) -> None:
    with pytest.raises(KeycloakRefused) as refused:
        extension.caller.get("/aikom-holdings/users", max=most)
    assert refused.value.status == 400


def test_an_extension_without_the_lists_is_told_as_that(extension: ExtensionRealm) -> None:
    with pytest.raises(KeycloakRefused, match="does not answer") as refused:
        users_named(extension.caller.for_realm("no-such-realm"), ["x"], [])
    assert refused.value.remedy is not None
    assert "extension" in refused.value.remedy
