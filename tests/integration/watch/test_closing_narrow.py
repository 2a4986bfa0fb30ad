"""The narrow accounts of the pages and the roles of the door are held to what is wanted like everything else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.keycloak.names import DESK, KEY_DIGEST, PORTAL
from provisioning.lifecycle.applying.foreign import HELD
from provisioning.model.events import EventKind
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.office import Office
from tests.support.watching import Watch, watch_at_rest

pytestmark = pytest.mark.keycloak


@pytest.fixture(scope="module")
def watch(office: Office) -> Iterator[Watch]:
    office.folder.write(school(1))
    office.apply()
    yield watch_at_rest(office)


def drift(office: Office) -> set[str]:
    """Names of the managed objects that differ, and of foreign ones that look like ours."""
    found = office.drift()
    alike = {thing.name for thing in found.foreign if "aikom-" in thing.name or "door-" in thing.name}
    return {change.object.name for change in found.plan.objects} | alike


def test_a_right_over_the_realm_on_a_narrow_account_is_taken_away(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    management = require_client(admin, "realm-management")["id"]
    service = f"/users/{require_user(admin, f'service-account-{PORTAL}')['id']}/role-mappings"
    admin.post(f"{service}/clients/{management}", [admin.get(f"/clients/{management}/roles/manage-users")])
    admin.post(f"{service}/realm", [admin.get("/roles/door-lift-lock"), admin.get("/roles/administrator")])
    client = require_client(admin, PORTAL)
    admin.put(f"/clients/{client['id']}", {**client, "fullScopeAllowed": True, "standardFlowEnabled": True})
    assert drift(office) == {PORTAL, f"service-account-{PORTAL} (manage-users)"}
    assert PORTAL in str(watch.close().facts["closed"])
    assert admin.get(f"{service}/clients/{management}") == []
    held = {role["name"] for role in admin.get(f"{service}/realm")}
    assert {"door-lift-lock", "administrator"}.isdisjoint(held)
    assert {"door-set-digest", "door-next-key"} <= held
    now = require_client(admin, PORTAL)
    assert (now["fullScopeAllowed"], now["standardFlowEnabled"]) == (False, False)
    assert drift(office) == set()


def test_another_secret_on_a_narrow_account_is_put_right(office: Office, watch: Watch) -> None:
    admin, client = office.realm.admin, require_client(office.realm.admin, DESK)
    wanted = client["attributes"][KEY_DIGEST]
    admin.put(f"/clients/{client['id']}", {**client, "attributes": {**client["attributes"], KEY_DIGEST: "0" * 64}})
    assert drift(office) == {DESK}
    watch.close()
    assert require_client(admin, DESK)["attributes"][KEY_DIGEST] == wanted


def test_a_role_of_the_door_on_a_foreign_user_is_taken_away(office: Office, watch: Watch) -> None:
    admin = office.realm.admin
    admin.post("/users", {"username": "m.allory", "enabled": True})
    mallory = f"/users/{require_user(admin, 'm.allory')['id']}/role-mappings/realm"
    admin.post(mallory, [admin.get("/roles/door-set-digest")])
    assert "m.allory" in str(watch.close().facts["closed"])
    assert "door-set-digest" not in {role["name"] for role in admin.get(mallory)}
    alarms = [data_of(e)["what"] for e in office.events("m.allory") if e.kind is EventKind.ALARM_RAISED]
    assert alarms == [HELD]
    admin.delete(f"/users/{require_user(admin, 'm.allory')['id']}")
