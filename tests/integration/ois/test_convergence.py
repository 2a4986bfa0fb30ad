"""What somebody does to OIS and mandates in Keycloak by hand is found, told, and brought back (order cl. 5, 6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from provisioning.keycloak.lookups import find_client, require_client, require_user, scope_ids
from provisioning.lifecycle.actor import Actor
from provisioning.lifecycle.comparison.convergence import Converged, converge
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.mandates.granting import Contract, expire_mandates, grant
from provisioning.lifecycle.ois.connection import resume, suspend
from provisioning.lifecycle.ois.papers import Conclusion, conclude, revoke_conclusion
from provisioning.lifecycle.tasks.carrying_out import carry_out
from provisioning.lifecycle.tasks.catalogue import bring_key_scopes_task, bring_ois_task
from provisioning.model.events import EventKind
from provisioning.model.identifiers import ClientId
from provisioning.model.ois import ConclusionOutcome, OisState, Slug
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.third_party import NOTHING_REQUIRED, ThirdParty, connected, key_set, new_key
from tests.support.watcher import provision

KEY = ClientId("api-46-0000001-k1")


@pytest.fixture(scope="module")
def diary(office: Office) -> ThirdParty:
    office.folder.write(school(1), school(2))
    office.apply()
    party = ThirdParty(office.realm, Slug("diary"))
    connected(office.actor, party, ["students.read", "staff.read"])
    connected(office.actor, ThirdParty(office.realm, Slug("other")), ["students.read"])
    grant(office.actor, "46-0000001", "diary", contract(office.actor, 30), ["students.read"])
    office.reader.remove()
    return party


@pytest.fixture(autouse=True)
def in_order(office: Office, diary: ThirdParty) -> Iterator[None]:
    """Before and after each test Keycloak and ledger agree."""
    assert converge(office.actor).findings == ()
    yield
    assert converge(office.actor).findings == ()


def contract(actor: Actor, days: int) -> Contract:
    today = actor.today()
    return Contract("7", today, today + timedelta(days=days))


def wrongs(done: Converged) -> list[tuple[str, Wrong]]:
    return [(finding.subject, finding.wrong) for finding in done.findings]


def attach(office: Office, scope: str, kind: str = "default") -> None:
    client = require_client(office.realm.admin, KEY)["id"]
    office.realm.admin.put(f"/clients/{client}/{kind}-client-scopes/{scope_ids(office.realm.admin)[scope]}")


def change(office: Office, client_id: str, fields: dict[str, object]) -> None:
    client = require_client(office.realm.admin, client_id)
    office.realm.admin.put(f"/clients/{client['id']}", {"clientId": client_id, **fields})


def subject_token(office: Office) -> str:
    return office.access_token(KEY, office.reveal("46-0000001"))


@pytest.mark.parametrize(("scope", "kind"), [("ois-other", "default"), ("central-db", "optional")])
def test_a_scope_that_was_attached_without_a_mandate_is_taken_away(office: Office, scope: str, kind: str) -> None:
    attach(office, scope, kind)
    assert wrongs(converge(office.actor)) == [(KEY, Wrong.SCOPE_FOREIGN)]
    assert converge(office.actor).findings == ()
    client = require_client(office.realm.admin, KEY)
    assert set(client["defaultClientScopes"]) == {"institution", "ois-diary"}
    assert client["optionalClientScopes"] == []
    assert office.kinds(KEY)[-1] is EventKind.ALARM_RAISED


def test_wider_rights_and_a_lost_scope_are_brought_back_to_the_mandate(office: Office, diary: ThirdParty) -> None:
    change(office, KEY, {"attributes": {"aikom.mandate.ois-diary": "students.read staff.read"}})
    assert diary.exchanged(subject_token(office))["rights"] == ["staff.read", "students.read"]
    assert wrongs(converge(office.actor)) == [(KEY, Wrong.SCOPE_FOREIGN)]
    assert diary.exchanged(subject_token(office))["rights"] == ["students.read"]
    client = require_client(office.realm.admin, KEY)["id"]
    office.realm.admin.delete(f"/clients/{client}/default-client-scopes/{scope_ids(office.realm.admin)['ois-diary']}")
    assert diary.exchange(subject_token(office)).status_code == 403
    assert wrongs(converge(office.actor)) == [(KEY, Wrong.SCOPE_LOST)]
    assert diary.exchange(subject_token(office)).status_code == 200


def test_a_suspended_ois_that_was_enabled_by_hand_is_shut_again(office: Office, diary: ThirdParty) -> None:
    suspend(office.actor, "diary", "to be looked into")
    change(office, "ois-diary", {"enabled": True})
    token = subject_token(office)
    assert diary.exchange(token).status_code == 200
    assert wrongs(converge(office.actor)) == [("ois-diary", Wrong.OIS_LIVE)]
    assert diary.exchange(token).status_code == 401
    resume(office.actor, "diary", "looked into")


def test_another_key_rights_mappers_and_audience_put_in_by_hand_are_taken_out(
    office: Office, diary: ThirdParty
) -> None:
    admin, thief = office.realm.admin, new_key()
    client = require_client(admin, "ois-diary")["id"]
    change(office, "ois-diary", {"attributes": {"jwks.string": json.dumps(key_set(thief))}, "fullScopeAllowed": True})
    admin.post(f"/clients/{client}/scope-mappings/realm", [admin.get("/roles/kind-school")])
    mapper = {"name": "all", "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper"}
    admin.post(f"/clients/{client}/protocol-mappers/models", {**mapper, "config": {"claim.name": "rights"}})
    scope = scope_ids(admin)["ois-diary"]
    (audience,) = admin.get(f"/client-scopes/{scope}/protocol-mappers/models")
    stolen = {**audience, "config": {**audience["config"], "included.client.audience": "ois-other"}}
    admin.put(f"/client-scopes/{scope}/protocol-mappers/models/{audience['id']}", stolen)
    done = converge(office.actor)
    assert wrongs(done) == [("ois-diary", Wrong.OIS_ALTERED)]
    assert done.alarms == done.findings
    assert diary.exchanged(subject_token(office))["rights"] == ["students.read"]


def test_whatever_is_changed_of_an_ois_or_its_service_account_is_named_and_undone(office: Office) -> None:
    admin, name = office.realm.admin, "service-account-ois-other"
    client = require_client(admin, "ois-other")["id"]
    change(office, "ois-other", {"attributes": {"access.token.lifespan": "31536000", "never.written": "x"}})
    change(office, "ois-other", {"authorizationServicesEnabled": True, "description": "foreign"})
    admin.post(f"/clients/{client}/roles", {"name": "own"})
    admin.put(f"/clients/{client}/optional-client-scopes/{scope_ids(admin)['staff']}")
    account = require_user(admin, name)["id"]
    admin.post(f"/users/{account}/role-mappings/realm", [admin.get("/roles/administrator")])
    assert differing(office) >= {
        "attributes.access.token.lifespan",
        "attributes.never.written",
        "authorizationServicesEnabled",
        "description",
        "optionalClientScopes",
        "roles",
        "service account.roles.realm:administrator",
    }
    assert wrongs(converge(office.actor)) == [("ois-other", Wrong.OIS_ALTERED)]
    assert differing(office) == frozenset()
    admin.delete(f"/users/{account}")
    assert differing(office) == {"service account"}
    assert wrongs(converge(office.actor)) == [("ois-other", Wrong.OIS_ALTERED)]
    assert require_user(admin, name)["enabled"]


def differing(office: Office) -> frozenset[str]:
    """The fields that drift names of `ois-other`."""
    drift = office.drift()
    return frozenset(name for one in drift.otherwise if one.subject == "ois-other" for name in one.fields)


def test_a_lost_client_is_made_again_and_an_unknown_one_is_told_once_and_left(office: Office) -> None:
    admin = office.realm.admin
    admin.delete(f"/clients/{require_client(admin, 'ois-other')['id']}")
    assert wrongs(converge(office.actor)) == [("ois-other", Wrong.OIS_LOST)]
    assert find_client(admin, "ois-other") is not None
    admin.post("/clients", {"clientId": "ois-evil", "enabled": True})
    assert wrongs(converge(office.actor)) == [("ois-evil", Wrong.OIS_UNKNOWN)]
    again = converge(office.actor)
    assert ([finding.subject for finding in again.findings], again.alarms) == (["ois-evil"], ())
    admin.delete(f"/clients/{require_client(admin, 'ois-evil')['id']}")


def test_a_connected_ois_that_was_stopped_by_hand_stays_so_until_a_decision(office: Office) -> None:
    change(office, "ois-other", {"enabled": False})
    assert wrongs(converge(office.actor)) == [("ois-other", Wrong.OIS_STOPPED)]
    assert not require_client(office.realm.admin, "ois-other")["enabled"]
    suspend(office.actor, "other", "stopped in the console")
    resume(office.actor, "other", "all is well")
    assert require_client(office.realm.admin, "ois-other")["enabled"]


def test_a_connected_ois_that_was_stopped_and_altered_by_hand_is_mended_and_stays_shut(office: Office) -> None:
    admin, base = office.realm.admin, require_user(office.realm.admin, "service-account-ois-other")["id"]
    change(office, "ois-other", {"enabled": False, "attributes": {"jwks.string": json.dumps(key_set(new_key()))}})
    admin.post(f"/users/{base}/role-mappings/realm", [admin.get("/roles/administrator")])
    assert differing(office) == {"attributes.jwks.string", "enabled", "service account.roles.realm:administrator"}
    assert wrongs(converge(office.actor)) == [("ois-other", Wrong.OIS_ALTERED)]
    assert differing(office) == {"enabled"}
    assert wrongs(converge(office.actor)) == [("ois-other", Wrong.OIS_STOPPED)]
    assert not require_client(admin, "ois-other")["enabled"]
    suspend(office.actor, "other", "stopped in the console")
    resume(office.actor, "other", "all is well")
    assert require_client(admin, "ois-other")["enabled"]


def test_drift_knows_ois_and_their_scopes_as_ours(office: Office) -> None:
    drift = office.drift()
    assert drift.foreign == ()
    assert drift.is_in_sync


def test_drift_and_a_full_plan_name_what_is_otherwise_than_the_ledger_says(
    office: Office,
) -> None:
    change(office, "ois-other", {"attributes": {"jwks.string": json.dumps(key_set(new_key()))}})
    attach(office, "ois-other")
    drift = office.drift()
    named = {one.subject: one.fields for one in drift.otherwise}
    assert named == {"ois-other": ("attributes.jwks.string",), KEY: ("scopes and mandates",)}
    assert not drift.is_in_sync
    done = provision(office, "plan", "--full")
    assert done.returncode == 2, done.stderr
    assert "ois-other differs in attributes.jwks.string" in " ".join(done.stdout.split())
    assert "Nothing to change" not in done.stdout
    converge(office.actor)


def test_every_task_may_be_repeated(office: Office) -> None:
    tasks = [bring_ois_task(ClientId("ois-diary")), bring_key_scopes_task(KEY)]
    before = [require_client(office.realm.admin, name) for name in ("ois-diary", KEY)]
    for _ in range(2):
        with office.ledger.transaction() as transaction:
            transaction.add_tasks(tasks)
        carry_out(office.actor, [task.key for task in tasks], "nothing")
    assert [require_client(office.realm.admin, name) for name in ("ois-diary", KEY)] == before
    assert office.unfinished() == []


def test_a_negative_or_revoked_conclusion_suspends_and_a_new_one_lets_it_resume(office: Office) -> None:
    def state() -> OisState:
        with office.ledger.reader() as reader:
            record = reader.ois("other")
        assert record is not None
        return record.state

    until = office.actor.today() + timedelta(days=300)
    conclude(office.actor, "other", Conclusion("2", ConclusionOutcome.NEGATIVE, until, NOTHING_REQUIRED))
    assert state() is OisState.SUSPENDED
    conclude(office.actor, "other", Conclusion("3", ConclusionOutcome.POSITIVE, until, NOTHING_REQUIRED))
    resume(office.actor, "other", "mended")
    revoke_conclusion(office.actor, "other", "the evidence was forged")
    assert state() is OisState.SUSPENDED
    assert not require_client(office.realm.admin, "ois-other")["enabled"]
    conclude(office.actor, "other", Conclusion("4", ConclusionOutcome.POSITIVE, until, NOTHING_REQUIRED))
    resume(office.actor, "other", "looked at again")


def test_mandates_and_conclusions_end_by_themselves_on_the_day_after_their_last(
    office: Office, diary: ThirdParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant(office.actor, "46-0000002", "diary", contract(office.actor, 0))
    assert expire_mandates(office.actor) == ()
    now = office.ledger.clock()
    monkeypatch.setattr(office.ledger, "clock", lambda: now + timedelta(days=1))
    assert [mandate.id for mandate in expire_mandates(office.actor)] == ["46-0000002.diary.1"]
    assert expire_mandates(office.actor) == ()
    monkeypatch.setattr(office.ledger, "clock", lambda: now + timedelta(days=364))
    converge(office.actor)
    with office.ledger.reader() as reader:
        warned = [mail.recipient for mail in reader.mails() if mail.template == "ois-conclusion-ending"]
    assert warned.count("it@diary.example.ua") == 1
    monkeypatch.setattr(office.ledger, "clock", lambda: now + timedelta(days=366))
    done = converge(office.actor)
    assert done.expired == 1
    with office.ledger.reader() as reader:
        record = reader.ois("diary")
    assert record is not None
    assert record.state is OisState.SUSPENDED
    assert not require_client(office.realm.admin, "ois-diary")["enabled"]
