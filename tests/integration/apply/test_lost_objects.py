"""Absent, disabled and altered are three things, of a user and of a key: each has its words and its remedy."""

from __future__ import annotations

from typing import Any

import pytest

from provisioning.keycloak.lookups import find_client, require_client, require_user, scope_ids
from provisioning.keycloak.realm.scopes import INSTITUTION
from provisioning.lifecycle.accounts.invitations import invite
from provisioning.lifecycle.disagreeing import account_disagrees, key_disagrees
from provisioning.lifecycle.errors import ActionRefused
from provisioning.lifecycle.keys.revelation import key_statuses
from provisioning.model.records import AccountState, ApiKeyState
from provisioning.planning.guards import Guard
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.watcher import provision

pytestmark = pytest.mark.assure


def name(number: int) -> str:
    return f"46-{number:07d}"


def key_of(number: int, key: int = 1) -> str:
    return f"api-{name(number)}-k{key}"


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    office.folder.write(*(school(number) for number in range(1, 10)))
    office.apply()


def change_client(office: Office, client_id: str, **changed: Any) -> None:
    client = require_client(office.realm.admin, client_id)
    office.realm.admin.put(f"/clients/{client['id']}", {"clientId": client_id, **changed})


def is_in_sync(office: Office) -> bool:
    drift = office.drift()
    return drift.plan.is_in_sync


def states(office: Office, number: int) -> dict[str, ApiKeyState]:
    with office.ledger.reader() as reader:
        return {key.client_id: key.state for key in reader.api_keys(name(number))}


def test_the_lost_client_of_a_key_in_use_is_a_new_key_on_record_and_the_owner_is_told(office: Office) -> None:
    office.reveal(name(6))
    admin = office.realm.admin
    admin.delete(f"/clients/{require_client(admin, key_of(6))['id']}")
    (status,) = key_statuses(office.actor, name(6))
    said = str(key_disagrees(status.record, status.keycloak, status.altered, is_over=status.is_over))
    assert "the client is absent" in said and "provision apply" in said
    office.apply()
    assert states(office, 6) == {key_of(6): ApiKeyState.CUT_OFF, key_of(6, 2): ApiKeyState.BORN}
    assert find_client(admin, key_of(6)) is None
    with office.ledger.reader() as reader:
        assert [mail.template for mail in reader.mails(account=name(6))].count("key-cut-off") == 1
    assert is_in_sync(office)
    assert office.token(key_of(6, 2), office.reveal(key_of(6, 2))).status_code == 200


def test_the_lost_user_of_a_live_account_is_made_again_with_a_fresh_base_key(office: Office) -> None:
    admin = office.realm.admin
    secret = office.reveal(name(7))
    admin.delete(f"/users/{require_user(admin, name(7))['id']}")
    with office.ledger.reader() as reader:
        record = reader.account(name(7))
    assert record is not None
    assert "the user is absent" in str(account_disagrees(record, None))
    with pytest.raises(ActionRefused, match="no user in Keycloak") as refused:
        invite(office.actor, name(7))
    assert "provision apply" in refused.value.remedy
    applied = office.apply()
    assert (applied.created, applied.refused) == (1, ())
    assert require_user(admin, name(7))["enabled"]
    assert office.token(key_of(7), secret).status_code == 200, "the key that was left goes on"
    with office.ledger.reader() as reader:
        after = reader.account(name(7))
        mails = {mail.key for mail in reader.mails(account=name(7))}
    assert after is not None and after.state is not AccountState.DEACTIVATED and after.base_key_id in mails
    assert is_in_sync(office)


def test_the_commands_say_when_keycloak_disagrees(office: Office) -> None:
    done = provision(office, "keys", "status", name(8))
    assert (done.returncode, "disagrees" in done.stdout) == (0, False), done.stderr
    change_client(office, key_of(8), publicClient=True)
    done = provision(office, "keys", "status", name(8))
    assert done.returncode == 2 and "altered in publicClient" in done.stdout
    user = require_user(office.realm.admin, name(8))
    office.realm.admin.put(f"/users/{user['id']}", {**user, "enabled": False})
    done = provision(office, "accounts", "status", name(8))
    assert done.returncode == 2 and "the user is disabled" in done.stdout
    with pytest.raises(ActionRefused, match="is disabled in Keycloak"):
        invite(office.actor, name(8))
    office.realm.admin.put(f"/users/{user['id']}", {**user, "enabled": True})
    assert provision(office, "accounts", "status", name(8)).returncode == 0
    office.apply()


def test_a_deleted_scope_comes_back_to_every_key(office: Office) -> None:
    admin = office.realm.admin
    admin.delete(f"/client-scopes/{scope_ids(admin)[INSTITUTION]}")
    assert not is_in_sync(office)
    assert office.apply({Guard.UPDATES: 10}).updated == 10
    assert all(INSTITUTION in require_client(admin, key_of(n))["defaultClientScopes"] for n in range(1, 5))
    assert is_in_sync(office)
