"""Accounts are compared and put right as wholes: whatever is changed by hand in Keycloak is named and undone."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.lookups import require_client, require_user
from provisioning.lifecycle.applying.apply import apply
from provisioning.lifecycle.applying.planning import Survey, survey
from provisioning.lifecycle.workshop import Workshop
from provisioning.planning.changes import UpdateAccount
from tests.support.configuration import school
from tests.support.office import Office

KEY = "api-46-0000001-k1"
SERVICE = f"service-account-{KEY}"


@pytest.fixture(scope="module", autouse=True)
def provisioned(office: Office) -> None:
    """Two schools, as wanted."""
    office.folder.write(school(1), school(2, "rights: {remove: [grades.write]}"))
    office.apply()


def look(office: Office) -> Survey:
    """A full plan."""
    return survey(office.folder.load(), office.realm.settings, office.realm.connection, office.ledger, full=True)


def fields(found: Survey) -> set[str]:
    """Names of the fields of accounts that a plan changes."""
    updates = [change for change in found.plan.accounts.changes if isinstance(change, UpdateAccount)]
    return {field.field for update in updates for field in update.changes}


def put_right(office: Office) -> None:
    """Apply a full plan; afterwards another one is empty."""
    found = look(office)
    apply(Workshop(office.actor, found.context), found)
    assert look(office).plan.is_in_sync


def change_client(connection: KeycloakConnection, **changed: Any) -> None:
    client = require_client(connection, KEY)
    connection.put(f"/clients/{client['id']}", {"clientId": KEY, **changed})


def test_what_was_just_made_is_as_wanted_down_to_the_last_field(office: Office) -> None:
    assert fields(look(office)) == set()
    assert look(office).plan.is_in_sync


def test_a_deleted_service_account_is_made_again_with_its_roles(office: Office) -> None:
    admin = office.realm.admin
    admin.delete(f"/users/{require_user(admin, SERVICE)['id']}")
    assert fields(look(office)) == {f"{KEY}.service account"}
    put_right(office)
    roles = admin.get(f"/users/{require_user(admin, SERVICE)['id']}/role-mappings")
    assert [role["name"] for role in roles["realmMappings"]] == ["kind-school"]


def test_a_staff_role_on_an_institution_and_on_a_key_is_named_and_removed(office: Office) -> None:
    admin = office.realm.admin
    role = admin.get("/roles/administrator")
    for name in ("46-0000001", SERVICE):
        admin.post(f"/users/{require_user(admin, name)['id']}/role-mappings/realm", [role])
    assert fields(look(office)) == {"roles.realm:administrator", f"{KEY}.service account.roles.realm:administrator"}
    put_right(office)
    for name in ("46-0000001", SERVICE):
        mapped = admin.get(f"/users/{require_user(admin, name)['id']}/role-mappings/realm")
        assert "administrator" not in {one["name"] for one in mapped}


def test_a_key_switched_to_a_foreign_key_set_is_named_and_put_right(office: Office) -> None:
    foreign = {"use.jwks.string": "true", "jwks.string": '{"keys":[]}'}
    change_client(office.realm.admin, clientAuthenticatorType="client-jwt", attributes=foreign)
    assert fields(look(office)) == {
        f"{KEY}.client.clientAuthenticatorType",
        f"{KEY}.client.attributes.jwks.string",
        f"{KEY}.client.attributes.use.jwks.string",
    }
    put_right(office)
    client = require_client(office.realm.admin, KEY)
    assert client["clientAuthenticatorType"] == "aikom-api-key"
    assert "jwks.string" not in client["attributes"]
