"""The endpoint that makes base keys: who may call it, what it accepts, what it records. Source: order cl. 4."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests

from provisioning.keycloak.base_keys import BaseKeyLink, BaseKeyRefusal, issue_base_key, withdraw_base_key
from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.errors import KeycloakRefused
from provisioning.model.secret import Secret
from tests.support.extension_realm import SIDECAR, SIDECAR_PAGE, ExtensionRealm, grant

HOUR = timedelta(hours=1)


def test_a_link_comes_with_its_end_and_the_account_carries_its_base_key(extension: ExtensionRealm, school: str) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    answer = issue_base_key(extension.caller, school, "base-key-100", lifespan=HOUR)
    assert isinstance(answer, BaseKeyLink)
    assert before + HOUR <= answer.expires_at <= datetime.now(UTC) + HOUR
    assert answer.link.reveal().startswith(extension.url + "/login-actions/action-token?key=")
    assert extension.attribute(school, "base_key_id") == "base-key-100"


def test_the_admin_event_has_the_base_key_but_not_the_link(extension: ExtensionRealm, school: str) -> None:
    answer = issue_base_key(extension.caller, school, "base-key-101", lifespan=HOUR)
    assert isinstance(answer, BaseKeyLink)
    events = str(extension.staff.get("/admin-events", max=20))
    assert "base-key-101" in events
    assert answer.link.reveal().split("key=")[1][:40] not in events


@pytest.mark.parametrize(
    "wrong",
    [
        {"baseKeyId": "short"},
        {"baseKeyId": "with space 1234"},
        {"baseKeyId": "withdrawn"},
        {"baseKeyId": "x" * 65},
        {"baseKeyId": None},
        {"lifespanSeconds": 0},
        {"lifespanSeconds": 30 * 24 * 3600 + 1},
        {"lifespanSeconds": "soon"},
        {"username": ""},
        {"username": None},
        {"clientId": "no-such-client"},
        {"redirectUri": "https://evil.example/", "clientId": SIDECAR},
        {"redirectUri": SIDECAR_PAGE, "clientId": None},
        {"unknown": 1},
    ],
)
def test_wrong_input_is_refused_and_changes_nothing(
    extension: ExtensionRealm, school: str, wrong: dict[str, object]
) -> None:
    issue_base_key(extension.caller, school, "base-key-kept", lifespan=HOUR)
    body = {"username": school, "baseKeyId": "base-key-new", "lifespanSeconds": 60, "clientId": SIDECAR, **wrong}
    with pytest.raises(KeycloakRefused) as refused:
        extension.caller.post("/aikom-base-keys", body)
    assert refused.value.status == 400
    assert extension.attribute(school, "base_key_id") == "base-key-kept"


def test_expected_refusals_are_values(extension: ExtensionRealm) -> None:
    extension.new_account("47-0000101", enabled=False)
    extension.new_account("47-0000102", credentials=[{"type": "password", "value": "Password-1234"}])

    def issue(username: str) -> object:
        return issue_base_key(extension.caller, username, "base-key-102", lifespan=HOUR)

    assert issue("46-0009999") is BaseKeyRefusal.NO_ACCOUNT
    assert issue("47-0000101") is BaseKeyRefusal.DISABLED
    assert issue("47-0000102") is BaseKeyRefusal.IN_USE


def test_a_service_account_gets_no_base_key(extension: ExtensionRealm) -> None:
    extension.new_key_client("api-47-0000103-k1", None)
    with pytest.raises(KeycloakRefused) as refused:
        issue_base_key(extension.caller, "service-account-api-47-0000103-k1", "base-key-103", lifespan=HOUR)
    assert refused.value.status == 400


def test_withdrawing_is_safe_to_repeat_and_for_nobody(extension: ExtensionRealm, school: str) -> None:
    issue_base_key(extension.caller, school, "base-key-104", lifespan=HOUR)
    for _ in range(2):
        withdraw_base_key(extension.caller, school)
        assert extension.attribute(school, "base_key_id") == "withdrawn"
    withdraw_base_key(extension.caller, "46-0009999")


@pytest.mark.parametrize("exists", [True, False])
def test_who_may_not_manage_users_is_refused_without_learning_names(
    extension: ExtensionRealm, school: str, exists: bool
) -> None:
    username = school if exists else "46-0009999"
    grant(extension.staff, "viewer", "view-users", "query-users", "view-clients")
    caller = extension.caller
    viewer_connection = KeycloakConnection(caller.url, caller.realm, "viewer", Secret("viewer-secret"))
    with pytest.raises(KeycloakRefused) as refused:
        issue_base_key(viewer_connection, username, "base-key-105", lifespan=HOUR)
    assert refused.value.status == 403
    with pytest.raises(KeycloakRefused) as refused:
        withdraw_base_key(viewer_connection, username)
    assert refused.value.status == 403


def test_no_other_account_gets_a_link_however_much_it_may_do(extension: ExtensionRealm, school: str) -> None:
    """`manage-users` is not enough, nor is an administrator of the whole server: a link is a way into an account."""
    grant(extension.staff, "manager", "manage-users", "manage-clients", "manage-realm")
    caller = extension.caller
    manager = KeycloakConnection(caller.url, caller.realm, "manager", Secret("manager-secret"))
    for other in (manager, extension.staff):
        assert other.get(f"/users/{extension.account(school)['id']}") is not None
        with pytest.raises(KeycloakRefused) as refused:
            issue_base_key(other, school, "base-key-106", lifespan=HOUR)
        assert refused.value.status == 403
        with pytest.raises(KeycloakRefused) as refused:
            withdraw_base_key(other, school)
        assert refused.value.status == 403
    assert extension.attribute(school, "base_key_id") is None


def test_without_a_token_there_is_nothing(extension: ExtensionRealm, school: str) -> None:
    address = f"{extension.caller.url}/admin/realms/{extension.caller.realm}/aikom-base-keys"
    assert requests.post(address, json={"username": school}, timeout=60).status_code == 401
    assert requests.delete(f"{address}/{school}", timeout=60).status_code == 401
    assert requests.get(address, timeout=60).status_code in (401, 405)
