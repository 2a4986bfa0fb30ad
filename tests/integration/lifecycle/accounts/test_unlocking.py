"""Wrong passwords on a real Keycloak: a wait is lifted on record, many names are an alarm. docs/security.md row 53."""

from __future__ import annotations

from datetime import date

import pytest

from provisioning.keycloak.lookups import require_user
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.accounts.guessing import FROM_ONE_ADDRESS, NAMES_TRIED, SUBJECT, look_for_guessing
from provisioning.lifecycle.accounts.unlocking import unlock
from provisioning.lifecycle.errors import ActionRefused, CarriedOutLater
from provisioning.lifecycle.tasks.carrying_out import resume
from provisioning.model.events import EventKind
from provisioning.model.events.alarms import AlarmRaised
from provisioning.model.institution import Deactivation, DeactivationReason
from provisioning.model.secret import Secret
from tests.support.addresses import new_address, session_from
from tests.support.code_login import CodeLogin
from tests.support.configuration import school
from tests.support.office import Office
from tests.support.watcher import provision

WHY = Deactivation(DeactivationReason.LIQUIDATION, "№ 12-о", date(2026, 11, 20))
FIRST, SECOND, ENDED = (f"46-000000{number}" for number in (1, 2, 3))
LONG_S = 3_600


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    """Three schools that can sign in, in a realm where a name waits for as long as this file runs."""
    office.folder.write(school(1), school(2), school(3))
    office.apply()
    admin = office.realm.admin
    admin.put("", {**admin.get(""), "waitIncrementSeconds": LONG_S, "maxFailureWaitSeconds": LONG_S})
    for name in (FIRST, SECOND):
        secret = {"type": "password", "value": "Kalyna-na-luzi-2026", "temporary": False}
        admin.put(f"/users/{require_user(admin, name)['id']}/reset-password", secret)
    deactivate(office.actor, [ENDED], WHY)


def guess(office: Office, name: str, address: str) -> None:
    public = f"{office.realm.settings.keycloak_public_url}/realms/{office.realm.name}"
    callback = f"{office.realm.settings.sidecar_url}/auth/callback"
    login = CodeLogin(public, "sidecar", callback, jar=session_from(address))
    login.fill(login.open(), username=name, password="a stranger's guess")


def waits(office: Office, name: str) -> bool:
    user = require_user(office.realm.admin, name)["id"]
    return bool(office.realm.admin.get(f"/attack-detection/brute-force/users/{user}")["disabled"])


def shut(office: Office, name: str) -> None:
    for _ in range(6):
        guess(office, name, new_address())
    assert waits(office, name)


def test_a_command_lifts_the_wait_of_one_name_and_is_on_record(office: Office) -> None:
    shut(office, FIRST)
    shut(office, SECOND)
    done = provision(office, "accounts", "unlock", FIRST)
    assert done.returncode == 0, done.stderr
    assert (waits(office, FIRST), waits(office, SECOND)) == (False, True)
    lifted = [event for event in office.events(FIRST) if event.kind is EventKind.ACCOUNT_UNLOCKED]
    assert [event.actor.partition(":")[0] for event in lifted] == ["staff"]
    assert office.unfinished() == []


def test_while_keycloak_is_gone_it_is_recorded_and_done_later(office: Office) -> None:
    assert waits(office, SECOND)
    with pytest.raises(CarriedOutLater):
        unlock(office.actor_without_keycloak, SECOND)
    assert office.unfinished() == [f"unlock:{SECOND}"]
    assert waits(office, SECOND)
    resume(office.actor)
    assert (waits(office, SECOND), office.unfinished()) == (False, [])


def test_a_deactivated_account_has_nothing_to_be_lifted(office: Office) -> None:
    with pytest.raises(ActionRefused):
        unlock(office.actor, ENDED)
    assert EventKind.ACCOUNT_UNLOCKED not in office.kinds(ENDED)


def test_wrong_secrets_of_strangers_lock_no_key(office: Office) -> None:
    secret = office.reveal(FIRST)
    for number in range(30):
        assert office.token(f"api-{FIRST}-k1", Secret(f"wrong {number}")).status_code == 401
    assert office.token(f"api-{FIRST}-k1", secret).status_code == 200


def test_many_names_from_one_address_raise_one_alarm(office: Office) -> None:
    assert not look_for_guessing(office.actor).is_alarming
    stranger = new_address()
    for number in range(FROM_ONE_ADDRESS):
        guess(office, f"46-{9_000_000 + number}", stranger)
    for _ in range(2):
        assert look_for_guessing(office.actor).names_of_address == FROM_ONE_ADDRESS
    (alarm,) = office.events(SUBJECT)
    assert alarm.content == AlarmRaised(what=NAMES_TRIED)
