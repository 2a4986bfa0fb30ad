"""Plan, apply and drift on a real Keycloak. The tests of this file tell one story, in order."""

from __future__ import annotations

import pytest

from provisioning.keycloak.lookups import find_client, find_user, require_user
from provisioning.ledger.proof.verification import verify
from provisioning.lifecycle.applying.drift import find_drift
from provisioning.lifecycle.progress import Silent
from provisioning.model.events import EventKind
from provisioning.planning.changes import CreateAccount, DeactivateAccount, UpdateAccount
from provisioning.planning.guards import Guard
from tests.support.configuration import school
from tests.support.keycloak_server import KeycloakServer
from tests.support.ledger_events import data_of
from tests.support.mailcatcher import MailCatcher
from tests.support.office import Office
from tests.support.realm import Realm, new_realm

DEACTIVATED = 'deactivated: {reason: liquidation, document: "№ 12-о", date: 2026-01-20}'
SECOND = ('earlier: [{generation: 1, reason: cyber-incident, document: "№ 7", date: 2026-01-20}]', "generation: 2")


@pytest.fixture(scope="module")
def realm(keycloak_server: KeycloakServer, mailcatcher: MailCatcher, tmp_path_factory: pytest.TempPathFactory) -> Realm:
    """A realm in which nothing is but what a bootstrap makes: the story begins before the first apply."""
    return new_realm(keycloak_server, tmp_path_factory.mktemp("realm"), mailcatcher.url, bare=True)


def events(office: Office, subject: str) -> list[EventKind]:
    with office.ledger.reader() as reader:
        return [event.kind for event in reader.events(subject=subject)]


def test_a_fresh_realm_gets_everything_and_the_second_plan_is_empty(office: Office) -> None:
    office.folder.write(
        school(1), school(2, "rights: {remove: [grades.write]}"), school(3, DEACTIVATED), school(4, *SECOND)
    )
    applied = office.apply()
    assert applied.created == 6
    assert office.survey().plan.is_in_sync


def test_account_and_api_key_are_there_together(office: Office) -> None:
    connection = office.realm.connection
    user, client = find_user(connection, "46-0000001"), find_client(connection, "api-46-0000001-k1")
    assert user is not None
    assert client is not None
    assert user["email"] == "school1@schools.example"
    assert client["clientAuthenticatorType"] == "aikom-api-key"
    assert "aikom.key.digest" not in client["attributes"]


def test_the_account_s_own_user_has_no_rights_and_the_key_s_has_those_of_its_kind(office: Office) -> None:
    connection = office.realm.connection
    own = require_user(connection, "46-0000001")
    service = require_user(connection, "service-account-api-46-0000001-k1")
    assert connection.get(f"/users/{own['id']}/role-mappings") == {}
    roles = connection.get(f"/users/{service['id']}/role-mappings")
    assert [role["name"] for role in roles["realmMappings"]] == ["kind-school"]


def test_the_secret_at_birth_is_known_to_nobody(office: Office) -> None:
    client = find_client(office.realm.connection, "api-46-0000001-k1")
    assert client is not None
    for guess in (client.get("secret", ""), "", "**********"):
        answer = office.realm.token(grant_type="client_credentials", client_id=client["clientId"], client_secret=guess)
        assert answer.status_code in (400, 401)


def test_a_deactivated_institution_is_born_dead_and_its_second_generation_alive(office: Office) -> None:
    connection = office.realm.connection
    assert require_user(connection, "46-0000003")["enabled"] is False
    assert require_user(connection, "46-0000004")["enabled"] is False
    assert require_user(connection, "46-0000004-g2")["enabled"] is True
    assert events(office, "46-0000004") == [EventKind.ACCOUNT_CREATED, EventKind.ACCOUNT_DEACTIVATED]


def test_one_mail_waits_for_each_living_account_and_each_person_of_staff(office: Office) -> None:
    with office.ledger.reader() as reader:
        waiting = sorted(mail.subject_account for mail in reader.mails())
    staff = [member.username for member in office.folder.load().staff if member.active]
    assert waiting == sorted(["00-0000001", "46-0000001", "46-0000002", "46-0000004-g2", *staff])


def test_a_changed_email_is_one_change_and_kills_the_base_key_sent_to_the_old_one(office: Office) -> None:
    office.folder.write(
        school(1, "email: new@schools.example"),
        school(2, "rights: {remove: [grades.write]}"),
        school(3, DEACTIVATED),
        school(4, *SECOND),
    )
    plan = office.survey().plan
    (change,) = plan.accounts.changes
    assert isinstance(change, UpdateAccount)
    assert [(f.field, f.before, f.after) for f in change.changes] == [
        ("email", "school1@schools.example", "new@schools.example")
    ]
    assert office.apply().updated == 1
    assert office.survey().plan.is_in_sync
    assert events(office, "46-0000001")[-2:] == [EventKind.ACCOUNT_UPDATED, EventKind.BASE_KEY_ISSUED]


def test_a_change_by_hand_shows_in_drift_and_apply_takes_it_back(office: Office) -> None:
    connection = office.realm.connection
    service = require_user(connection, "service-account-api-46-0000002-k1")
    attributes = {**service["attributes"], "sphere": ["/00-0000001"]}
    connection.put(f"/users/{service['id']}", {**service, "attributes": attributes})
    drift = find_drift(office.folder.load(), office.realm.settings, connection, office.ledger, Silent())
    (change,) = drift.plan.accounts.changes
    assert isinstance(change, UpdateAccount)
    assert [f.before for f in change.changes] == ["/00-0000001"]
    office.apply()
    assert office.survey().plan.is_in_sync


_DIRECTORY = {
    "name": "other-store",
    "providerId": "ldap",
    "providerType": "org.keycloak.storage.UserStorageProvider",
    "config": {
        "enabled": ["false"],
        "vendor": ["other"],
        "connectionUrl": ["ldap://127.0.0.1:9"],
        "usersDn": ["ou=people,dc=example"],
        "userObjectClasses": ["person"],
        "usernameLDAPAttribute": ["uid"],
        "rdnLDAPAttribute": ["uid"],
        "uuidLDAPAttribute": ["entryUUID"],
        "authType": ["none"],
        "editMode": ["READ_ONLY"],
    },
}
"""Another place for users, switched off so that nothing is looked up there."""


def test_foreign_objects_are_listed_and_left_alone(office: Office) -> None:
    connection = office.realm.connection
    office.reader.remove()
    connection.post("/users", {"username": "somebody", "enabled": True, "email": "s@example.com"})
    connection.post("/clients", {"clientId": "something", "enabled": True})
    connection.post("/clients", {"clientId": "api-46-0009999-k1", "enabled": True, "serviceAccountsEnabled": True})
    connection.post("/groups", {"name": "side-door"})
    directory = connection.post("/components", _DIRECTORY)
    drift = find_drift(office.folder.load(), office.realm.settings, connection, office.ledger, Silent())
    assert {(thing.type, thing.name) for thing in drift.foreign} == {
        ("user", "somebody"),
        ("client", "something"),
        ("client", "api-46-0009999-k1"),
        ("group", "side-door"),
        ("user storage provider", "other-store"),
    }
    connection.delete(f"/components/{directory}")
    office.apply()
    assert find_client(connection, "something") is not None
    assert find_user(connection, "somebody") is not None


def test_realm_settings_changed_by_hand_are_put_right(office: Office) -> None:
    connection = office.realm.connection
    connection.put("", {**connection.get(""), "bruteForceProtected": False, "passwordPolicy": "length(1)"})
    change = office.survey().plan.objects[0]
    assert [field.field for field in change.changes] == ["bruteForceProtected", "passwordPolicy"]
    assert office.apply().realm == 1
    assert connection.get("")["bruteForceProtected"] is True


def test_a_weakened_login_flow_is_put_right(office: Office) -> None:
    connection = office.realm.connection
    executions = connection.get("/authentication/flows/aikom-browser/executions")
    otp = next(e for e in executions if e.get("providerId") == "auth-otp-form")
    connection.put("/authentication/flows/aikom-browser/executions", {**otp, "requirement": "DISABLED"})
    for foreign_or_again in ("client-x509", "client-secret"):
        step = {"provider": foreign_or_again}
        connection.post("/authentication/flows/aikom-clients/executions/execution", step)
    assert [change.object.name for change in office.survey().plan.objects] == ["aikom-browser", "aikom-clients"]
    office.apply()
    assert office.survey().plan.is_in_sync


def test_an_account_disabled_by_hand_is_not_enabled_by_an_apply(office: Office) -> None:
    connection = office.realm.connection
    user = require_user(connection, "46-0000002")
    connection.put(f"/users/{user['id']}", {**user, "enabled": False})
    plan = office.survey().plan
    assert [attention.code for attention in plan.accounts.attentions] == ["stopped-by-hand"]
    office.apply()
    assert require_user(connection, "46-0000002")["enabled"] is False
    connection.put(f"/users/{user['id']}", {**user, "enabled": True})
    assert office.survey().plan.is_in_sync


def test_an_empty_checkout_is_refused(office: Office) -> None:
    everything = [school(1, "email: new@schools.example"), school(2, "rights: {remove: [grades.write]}")]
    office.folder.write()
    plan = office.survey().plan
    assert [stop.guard for stop in plan.stops] == [Guard.MISSING]
    office.folder.write(*everything, school(3, DEACTIVATED), school(4, *SECOND))
    assert office.survey().plan.is_in_sync


def test_deactivation_in_yaml_closes_login_and_key_at_once(office: Office) -> None:
    office.folder.write(
        school(1, "email: new@schools.example", DEACTIVATED),
        school(2, "rights: {remove: [grades.write]}"),
        school(3, DEACTIVATED),
        school(4, *SECOND),
    )
    (change,) = office.survey().plan.accounts.changes
    assert isinstance(change, DeactivateAccount)
    assert office.apply({Guard.DEACTIVATIONS: 1}).closed == 1
    connection = office.realm.connection
    client = find_client(connection, "api-46-0000001-k1")
    assert client is not None
    assert client["enabled"] is False
    assert require_user(connection, "46-0000001")["enabled"] is False
    assert require_user(connection, "service-account-api-46-0000001-k1")["enabled"] is False
    assert office.survey().plan.is_in_sync


def test_a_reverted_deactivation_is_refused_and_holds_up_nobody_else(office: Office) -> None:
    office.folder.write(
        school(1, "email: new@schools.example"),
        school(2, "rights: {remove: [grades.write]}"),
        school(3, DEACTIVATED),
        school(4, *SECOND),
        school(5),
    )
    found = office.survey()
    assert [refusal.code for refusal in found.plan.accounts.refusals] == ["deactivated-for-good"]
    assert [type(change) for change in found.plan.accounts.changes] == [CreateAccount]
    office.apply()
    assert require_user(office.realm.connection, "46-0000001")["enabled"] is False


def test_a_dead_account_that_somebody_enabled_is_closed_again_with_an_alarm(office: Office) -> None:
    connection = office.realm.connection
    user = require_user(connection, "46-0000003")
    connection.put(f"/users/{user['id']}", {**user, "enabled": True})
    office.apply()
    assert require_user(connection, "46-0000003")["enabled"] is False
    assert events(office, "46-0000003")[-1] is EventKind.ALARM_RAISED


def test_the_chain_of_the_ledger_is_whole(office: Office) -> None:
    with office.ledger.reader() as reader:
        assert verify(reader).defect is None


def test_routes_of_the_central_database_are_planned_recorded_and_then_in_force(office: Office) -> None:
    file = office.folder.path / "protocol.yaml"
    before = file.read_text(encoding="utf-8")
    assert office.survey().plan.protocol.is_empty, "the first apply recorded them"
    file.write_text(before.replace("right: reports.read", "right: grades.read", 1), encoding="utf-8")
    plan = office.survey().plan
    assert [(change.verb, change.before, change.after) for change in plan.protocol.changes] == [
        ("change", "reports.read", "grades.read")
    ]
    assert [attention.code for attention in plan.attentions][:1] == ["same-version"]
    assert office.apply().routes > 0
    assert office.survey().plan.protocol.is_empty
    recorded = office.events("protocol")
    assert [event.kind for event in recorded] == [EventKind.PROTOCOL_CHANGED] * 2
    assert data_of(recorded[1])["checksum"] == office.folder.load().protocol.checksum
    file.write_text(before, encoding="utf-8")
    office.apply()
    assert office.survey().plan.protocol.is_empty
