"""Never again, by `kcadm`: a dead account reopened with Keycloak's own program is closed again, and it is reported.

Source: order cl. 11, docs/security.md row 15.
"""

from __future__ import annotations

import json
import secrets
from datetime import date

import pytest

from provisioning.keycloak.lookups import require_client, require_user
from provisioning.keycloak.names import KEY_DIGEST
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.comparison.findings import Wrong
from provisioning.model.api_key_secret import digest, new_api_key
from provisioning.model.events import EventKind
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.secret import Secret
from tests.support.configuration import school
from tests.support.kcadm import Kcadm, signed_in_kcadm
from tests.support.keycloak_server import KeycloakServer
from tests.support.ledger_events import data_of
from tests.support.office import Office
from tests.support.watcher import provision

pytestmark = pytest.mark.assure

NAME, KEY, SERVICE = "46-0000001", "api-46-0000001-k1", "service-account-api-46-0000001-k1"
WHY = Deactivation(DeactivationReason.CYBER_INCIDENT, "№ 12-о", date(2026, 11, 20))


@pytest.fixture(scope="module")
def kcadm(keycloak_server: KeycloakServer, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Kcadm:
    return signed_in_kcadm(keycloak_server, tmp_path_factory.mktemp("kcadm"), office.realm.name)


@pytest.fixture(scope="module")
def dead(office: Office) -> Secret:
    """The secret of a key that ended with its account."""
    office.folder.write(school(1), school(2))
    office.apply()
    known = office.reveal(NAME)
    deactivate(office.actor, [NAME], WHY)
    assert office.token(KEY, known).status_code == 401
    return known


def test_a_dead_account_that_kcadm_reopens_under_a_new_secret_is_closed_again_and_reported(
    office: Office, dead: Secret, kcadm: Kcadm
) -> None:
    admin = office.realm.admin
    for name in (NAME, SERVICE):
        kcadm.update(f"users/{require_user(admin, name)['id']}", {"enabled": True})
    readable, theirs = Secret(secrets.token_urlsafe(32)), new_api_key()
    secret = {"secret": readable.reveal(), "attributes": {KEY_DIGEST: digest(theirs)}}
    kcadm.update(f"clients/{require_client(admin, KEY)['id']}", {"enabled": True, **secret})
    assert office.token(KEY, readable).status_code == 401, "readable secrets open nothing (decision 5)"
    assert office.token(KEY, theirs).status_code == 200, "the way in was not open, so nothing is shown"

    # The configuration did not change, so a running service would not apply it: convergence alone must see this.
    idle = [part for duty in ("configuration", "drift", "checkpoint") for part in ("--without", duty)]
    done = provision(office, "watch", "--once", *idle)

    assert done.returncode in (0, 2), done.stderr
    assert [office.token(KEY, known).status_code for known in (readable, theirs, dead)] == [401, 401, 401]
    assert not any(require_user(admin, name)["enabled"] for name in (NAME, SERVICE))
    assert not require_client(admin, KEY)["enabled"]
    alarms = [data_of(event)["what"] for event in office.events(NAME) if event.kind is EventKind.ALARM_RAISED]
    assert alarms == [Wrong.ACCOUNT_LIVE.value]
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    told = [line["facts"] for line in lines if line.get("event") == "duty-done" and line["duty"] == "convergence"]
    assert [facts["alarm"] for facts in told] == [[f"{NAME}: {Wrong.ACCOUNT_LIVE.value}"]]
    assert theirs.reveal() not in done.stderr
