"""Other ways in that are not ours, made in Keycloak by hand: what they open is closed, and they stay for a person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.lifecycle.applying.foreign import SWITCHED_OFF
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.lifecycle.ois.operators import invite_operator
from provisioning.model.events import EventKind
from provisioning.model.ois import Slug
from provisioning.watch.duty import DutyResult
from tests.support.ledger_events import data_of
from tests.support.office import Office
from tests.support.third_party import ThirdParty, connected
from tests.support.watching import Watch, watch_at_rest

STAYS = """
foreign:
  - {type: client, name: monitoring, reason: reads metrics}
  - {type: identity provider, name: colleagues, reason: the Administrator's people sign in by it}
"""


@pytest.fixture(scope="module")
def watch(office: Office) -> Iterator[Watch]:
    realm = office.folder.path / "realm.yaml"
    realm.write_text(realm.read_text(encoding="utf-8") + STAYS, encoding="utf-8")
    office.folder.write()
    office.apply()
    yield watch_at_rest(office)


def alarms(office: Office, subject: str) -> list[str]:
    return [str(data_of(e)["what"]) for e in office.events(subject) if e.kind is EventKind.ALARM_RAISED]


def test_a_group_within_a_group_and_a_role_of_a_foreign_client_pass_ours_on_no_more(
    office: Office, watch: Watch
) -> None:
    admin, role = office.realm.admin, office.realm.admin.get("/roles/administrator")
    admin.post("/groups", {"name": "outer"})
    outer = next(one["id"] for one in admin.get("/groups") if one["name"] == "outer")
    admin.post(f"/groups/{outer}/children", {"name": "inner"})
    (inner,) = admin.get(f"/groups/{outer}/children")
    admin.post(f"/groups/{inner['id']}/role-mappings/realm", [role])
    clients = {}
    for client_id in ("stranger", "monitoring"):
        admin.post("/clients", {"clientId": client_id, "enabled": True})
        clients[client_id] = f"/clients/{require_client(admin, client_id)['id']}/roles"
        admin.post(clients[client_id], {"name": "door"})
        door = admin.get(f"{clients[client_id]}/door")
        admin.post(f"/roles-by-id/{door['id']}/composites", [role])
    closed = str(watch.close().facts["closed"])
    assert "group outer/inner: administrator" in closed and "client role stranger:door: administrator" in closed
    assert admin.get(f"/groups/{inner['id']}/role-mappings").get("realmMappings", []) == []
    assert admin.get(f"{clients['stranger']}/door/composites") == []
    assert len(admin.get(f"{clients['monitoring']}/door/composites")) == 1, "it stays by realm.yaml"
    assert watch.close() == DutyResult()


def test_another_source_of_users_or_keys_is_switched_off(office: Office, watch: Watch) -> None:
    admin, realm = office.realm.admin, office.realm.admin.get("")["id"]
    addresses = {"clientId": "x", "clientSecret": "kept", "authorizationUrl": "https://x.example/a"}
    config = {**addresses, "tokenUrl": "https://x.example/t"}
    for alias in ("stranger", "colleagues"):
        body = {"alias": alias, "providerId": "oidc", "enabled": True, "config": config}
        admin.post("/identity-provider/instances", body)
    store = {"enabled": ["true"], "kerberosRealm": ["X"], "serverPrincipal": ["HTTP/x@X"], "keyTab": ["x"]}
    keys = {"enabled": ["true"], "active": ["true"], "priority": ["1"], "algorithm": ["RS512"]}
    for name, provider, kind, settings in (
        ("other-users", "kerberos", "org.keycloak.storage.UserStorageProvider", store),
        ("other-keys", "rsa-generated", "org.keycloak.keys.KeyProvider", keys),
    ):
        body = {"name": name, "providerId": provider, "providerType": kind, "parentId": realm, "config": settings}
        admin.post("/components", body)
    closed = str(watch.close().facts["closed"])
    for thing in (
        "identity provider stranger",
        "user storage provider other-users",
        "component KeyProvider other-keys",
    ):
        assert thing in closed
    assert SWITCHED_OFF in alarms(office, "realm")
    assert not admin.get("/identity-provider/instances/stranger")["enabled"]
    assert admin.get("/identity-provider/instances/colleagues")["enabled"], "it stays by realm.yaml"
    components = {
        one["name"]: one["config"] for one in admin.get("/components") if one.get("name", "").startswith("other-")
    }
    assert components["other-users"]["enabled"] == ["false"] == components["other-keys"]["enabled"]
    assert components["other-keys"]["active"] == ["false"]
    # With a store for Kerberos Keycloak changes the browser flow by itself; a further round puts that back.
    watch.close()
    assert watch.close() == DutyResult()
    drift = office.drift()
    foreign = {f"{thing.type} {thing.name}" for thing in drift.foreign}
    assert "identity provider stranger" in foreign, "whose it is a person finds out"
    assert "identity provider colleagues" not in foreign


def test_a_staff_role_of_an_operator_is_taken_away(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    connected(office.actor, ThirdParty(office.realm, Slug("diary")), ["students.read"])
    invite_operator(office.actor, "diary")
    assert watch.close() == DutyResult()
    path = f"/users/{require_user(admin, 'operator-diary')['id']}/role-mappings/realm"
    admin.post(path, [admin.get("/roles/administrator")])
    assert "ois-diary" in str(watch.close().facts["closed"])
    assert "administrator" not in {role["name"] for role in admin.get(path)}
    assert Wrong.OPERATOR_ALTERED in alarms(office, "ois-diary")
