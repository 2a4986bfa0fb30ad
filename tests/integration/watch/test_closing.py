"""What is widened in Keycloak by hand is closed by the watch's own duty, with an alarm; what is only other drift stays.

Each is a change by hand that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from provisioning.keycloak.base_keys import issue_base_key
from provisioning.keycloak.lookups import find_user, require_client, require_user
from provisioning.lifecycle.applying.closing import WIDENED
from provisioning.lifecycle.applying.foreign import HELD
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.disagreeing import key_disagrees
from provisioning.lifecycle.keys.revelation import key_statuses
from provisioning.model.api_key_secret import digest, new_api_key
from provisioning.model.events import EventKind
from provisioning.model.records import ApiKeyState
from provisioning.watch.duty import DutyResult
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office
from tests.support.watcher import provision
from tests.support.watching import Watch, watch_at_rest

STAYS = """
foreign:
  - {type: client, name: monitoring, reason: reads metrics}
  - {type: user, name: m.onitor, reason: reads metrics}
"""


def name(number: int) -> str:
    return f"46-{number:07d}"


def key_of(number: int, key: int = 1) -> str:
    return f"api-{name(number)}-k{key}"


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    realm = office.folder.path / "realm.yaml"
    realm.write_text(realm.read_text(encoding="utf-8") + STAYS, encoding="utf-8")
    office.folder.write(*(school(number) for number in range(1, 10)))
    office.apply()


@pytest.fixture(scope="module")
def watch(office: Office, schools: None) -> Iterator[Watch]:
    yield watch_at_rest(office)


def alarms(office: Office, subject: str) -> list[str]:
    return [str(data_of(e)["what"]) for e in office.events(subject) if e.kind is EventKind.ALARM_RAISED]


def change_client(office: Office, client_id: str, **changed: Any) -> None:
    client = require_client(office.realm.admin, client_id)
    office.realm.admin.put(f"/clients/{client['id']}", {"clientId": client_id, **changed})


def is_in_sync(office: Office) -> bool:
    drift = office.drift()
    return drift.plan.is_in_sync


@pytest.mark.parametrize(
    "changed",
    [
        {"publicClient": True},
        {"clientAuthenticatorType": "client-secret", "secret": "chosen-by-a-stranger"},
        {"clientAuthenticatorType": "client-jwt", "attributes": {"use.jwks.string": "true", "jwks.string": "{}"}},
        {"directAccessGrantsEnabled": True, "standardFlowEnabled": True, "redirectUris": ["*"]},
        {"fullScopeAllowed": True},
        {"attributes": {"access.token.lifespan": "31536000"}},
    ],
    ids=["public", "secret", "foreign-keys", "flows", "full-scope", "lifespan"],
)
def test_a_key_s_client_that_was_opened_is_closed_again(office: Office, watch: Watch, changed: dict[str, Any]) -> None:
    change_client(office, key_of(1), **changed)
    assert any(status.altered for status in key_statuses(office.actor, name(1))), "keys status says so"
    assert name(1) in str(watch.close().facts["closed"])
    assert WIDENED in alarms(office, name(1))
    assert not any(status.altered for status in key_statuses(office.actor, name(1)))
    assert watch.close() == DutyResult()


def test_a_mapper_of_a_key_is_removed(office: Office, watch: Watch) -> None:
    client = require_client(office.realm.admin, key_of(6))["id"]
    mapper = {"name": "all", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}
    office.realm.admin.post(
        f"/clients/{client}/protocol-mappers/models", {**mapper, "config": {"claim.name": "rights"}}
    )
    # The mapper's creation is the only event that speaks of this key.
    assert name(6) in str(watch.close().facts["closed"])
    assert not require_client(office.realm.admin, key_of(6)).get("protocolMappers")


def test_a_staff_role_of_an_institution_or_of_a_key_is_taken_away(office: Office, watch: Watch) -> None:
    admin, role = office.realm.admin, office.realm.admin.get("/roles/administrator")
    names = (name(2), f"service-account-{key_of(2)}")
    for holder in names:
        admin.post(f"/users/{require_user(admin, holder)['id']}/role-mappings/realm", [role])
    watch.close()
    assert WIDENED in alarms(office, name(2))
    for holder in names:
        mapped = admin.get(f"/users/{require_user(admin, holder)['id']}/role-mappings/realm")
        assert "administrator" not in {one["name"] for one in mapped}


def test_a_staff_user_made_by_hand_loses_the_role_and_one_that_stays_keeps_it(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    for username in ("m.allory", "m.onitor"):
        admin.post("/users", {"username": username, "enabled": True})
        path = f"/users/{require_user(admin, username)['id']}/role-mappings"
        admin.post(f"{path}/realm", [admin.get("/roles/administrator")])
    management = require_client(admin, "realm-management")["id"]
    mallory = f"/users/{require_user(admin, 'm.allory')['id']}/role-mappings"
    admin.post(f"{mallory}/clients/{management}", [admin.get(f"/clients/{management}/roles/manage-users")])
    assert "m.allory" in str(watch.close().facts["closed"])
    assert alarms(office, "m.allory") == [HELD]
    assert "administrator" not in {role["name"] for role in admin.get(f"{mallory}/realm")}
    assert admin.get(f"{mallory}/clients/{management}") == []
    kept = admin.get(f"/users/{require_user(admin, 'm.onitor')['id']}/role-mappings/realm")
    assert "administrator" in {role["name"] for role in kept}
    assert find_user(admin, "m.allory") is not None, "whose it is a person finds out"


def test_a_group_or_a_role_that_passes_ours_on_passes_them_on_no_more(office: Office, watch: Watch) -> None:
    admin, role = office.realm.admin, office.realm.admin.get("/roles/administrator")
    admin.post("/groups", {"name": "friends"})
    group = next(one["id"] for one in admin.get("/groups") if one["name"] == "friends")
    admin.post(f"/groups/{group}/role-mappings/realm", [role])
    admin.post("/roles", {"name": "back-door"})
    admin.post("/roles/back-door/composites", [role])
    closed = str(watch.close().facts["closed"])
    assert "friends" in closed and "back-door" in closed
    assert admin.get(f"/groups/{group}/role-mappings").get("realmMappings", []) == []
    assert admin.get("/roles/back-door/composites") == []
    assert watch.close() == DutyResult()


def test_our_mark_lifespans_and_flows_of_the_realm_come_back(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    before = admin.get("")
    opened = {"accessTokenLifespan": 31_536_000, "registrationAllowed": True, "browserFlow": "browser"}
    admin.put("", {**before, **opened, "attributes": {**before["attributes"], "aikom.guarded": "false"}})
    watch.close()
    after = admin.get("")
    assert {field: after[field] for field in opened} == {field: before[field] for field in opened}
    assert after["attributes"]["aikom.guarded"] == "true"
    assert WIDENED in alarms(office, "realm")


def test_what_is_only_shown_is_drift_for_an_apply(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    admin.put("", {**admin.get(""), "displayName": "Інша назва"})
    change_client(office, key_of(3), description="changed by hand")
    assert watch.close() == DutyResult()
    assert admin.get("")["displayName"] == "Інша назва"
    assert not is_in_sync(office)
    office.apply()
    assert is_in_sync(office)


def test_a_base_key_that_the_ledger_did_not_issue_is_withdrawn_and_a_fresh_one_is_sent(
    office: Office, watch: Watch
) -> None:
    with office.ledger.reader() as reader:
        before = reader.account(name(4))
    issue_base_key(office.realm.connection, name(4), "minted-by-a-stranger", lifespan=timedelta(hours=1))
    watch.close()
    assert Wrong.BASE_KEY_FOREIGN in alarms(office, name(4))
    assert require_user(office.realm.admin, name(4))["attributes"]["base_key_id"] == ["withdrawn"]
    with office.ledger.reader() as reader:
        after = reader.account(name(4))
        mails = [mail.key for mail in reader.mails(account=name(4))]
    assert before is not None and after is not None
    assert after.base_key_id not in (None, before.base_key_id) and after.base_key_id in mails
    assert watch.close() == DutyResult()


def test_a_secret_that_the_ledger_did_not_issue_opens_nothing_and_the_owner_gets_a_new_key(
    office: Office, watch: Watch
) -> None:
    office.reveal(name(5))
    assert watch.close() == DutyResult(), "a key that was shown is as it should be"
    stolen = new_api_key()
    change_client(office, key_of(5), attributes={"aikom.key.digest": digest(stolen)})
    (status,) = key_statuses(office.actor, name(5))
    assert "the secret is not the one" in str(
        key_disagrees(status.record, status.keycloak, status.altered, is_over=status.is_over)
    )
    assert office.token(key_of(5), stolen).status_code == 200
    watch.close()
    assert office.token(key_of(5), stolen).status_code == 401
    assert Wrong.KEY_ALTERED in alarms(office, key_of(5))
    assert states(office, 5) == {key_of(5): ApiKeyState.CUT_OFF, key_of(5, 2): ApiKeyState.BORN}
    assert watch.close() == DutyResult()
    assert is_in_sync(office)


def states(office: Office, number: int) -> dict[str, ApiKeyState]:
    with office.ledger.reader() as reader:
        return {key.client_id: key.state for key in reader.api_keys(name(number))}


def test_what_another_apply_brought_is_not_taken_for_a_change_by_hand(office: Office, watch: Watch) -> None:
    watch.close()
    file = office.folder.path / "institutions" / "all.yaml"
    text = file.read_text(encoding="utf-8")
    more = text.replace("school9@schools.example", "school9@schools.example\n  rights: {remove: [grades.write]}")
    file.write_text(more, encoding="utf-8")
    assert provision(office, "apply", "--no-mail").returncode == 0
    result = watch.close()
    assert "another apply ran since" in str(result.attention) and not result.facts
    watch.following.look()
    assert watch.close() == DutyResult()
    assert is_in_sync(office)
