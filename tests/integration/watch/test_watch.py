"""`provision watch` as it runs in production: processes of their own, a real Keycloak, mail, SQLite."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from provisioning.keycloak.lookups import find_user, require_user
from provisioning.ledger.leases.lease import find_lease
from provisioning.ledger.operational.duties import duties
from provisioning.lifecycle.accounts.deactivation import deactivate
from provisioning.lifecycle.applying.planning import LEFT
from provisioning.model.events import EventKind
from provisioning.model.institution import Deactivation, DeactivationReason
from tests.support.configuration import school
from tests.support.ledger_events import data_of
from tests.support.mailcatcher import MailCatcher
from tests.support.office import Office
from tests.support.watcher import Watcher, hurry, provision, wait_until, watching

pytestmark = pytest.mark.assure

SCHOOLS = tuple(school(number) for number in range(1, 5))
ENDING = 'deactivated: {reason: interference, document: "№ 31", date: 2026-11-20}'
OTHER_ENDING = 'deactivated: {reason: liquidation, document: "№ 12-о", date: 2026-11-20}'
STILL = (*SCHOOLS[:2], school(3, ENDING), school(5), school(6, OTHER_ENDING))
"""The records once two of them have ended."""

TWO_ROUNDS_S = 3.0
"""In which a watch that looks each second (`hurry`) has looked again, even on a busy computer."""

WHY = Deactivation(DeactivationReason.LIQUIDATION, "№ 12-о", date(2026, 11, 20))


@pytest.fixture(scope="module", autouse=True)
def schools(office: Office) -> None:
    hurry(office.folder)
    office.folder.write(*SCHOOLS)
    office.apply()


@pytest.fixture(scope="module")
def leader(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watcher]:
    with watching(office, tmp_path_factory.mktemp("watch"), "first") as watcher:
        watcher.wait_for("leading")
        yield watcher


def test_an_edit_becomes_an_account_with_its_mail_by_itself(
    office: Office, leader: Watcher, mailcatcher: MailCatcher
) -> None:
    leader.wait_for("duty-done", duty="configuration")
    office.folder.write(*SCHOOLS, school(5))
    wait_until(lambda: find_user(office.realm.connection, "46-0000005"), "the account")
    wait_until(lambda: mailcatcher.messages("school5@schools.example"), "its base key")
    assert office.events("46-0000005")[0].actor.startswith("watch:")


def test_a_dead_account_that_is_enabled_by_hand_is_closed_again_with_an_alarm(office: Office, leader: Watcher) -> None:
    deactivate(office.actor, ["46-0000004"], WHY)
    time.sleep(TWO_ROUNDS_S)  # the watch, woken by the deactivation, may still be finishing it, which raises no alarm
    admin = office.realm.admin
    user = require_user(admin, "46-0000004")
    admin.put(f"/users/{user['id']}", {**user, "enabled": True})
    wait_until(lambda: not require_user(admin, "46-0000004")["enabled"], "the account is closed again")
    wait_until(lambda: EventKind.ALARM_RAISED in office.kinds("46-0000004"), "the alarm")
    leader.wait_for("duty-done", duty="convergence")


def test_yaml_that_wants_a_dead_account_back_waits_for_a_person(office: Office, leader: Watcher) -> None:
    office.folder.write(*SCHOOLS, school(5), school(6))
    told = leader.wait_for("person-needed", duty="configuration")
    assert "46-0000004" in told["reason"]


def test_a_guard_refuses_once_and_nothing_is_done_until_the_content_is_right(office: Office, leader: Watcher) -> None:
    before = office.ledger.reader
    office.folder.write(school(1))
    wait_until(lambda: EventKind.ALARM_RAISED in office.kinds("configuration"), "the alarm")
    wait_until(lambda: _attention(office) and "guard" in str(_attention(office)), "the status")
    time.sleep(TWO_ROUNDS_S)
    refused = [e for e in leader.entries("person-needed") if "guard refuses" in e["reason"]]
    assert len(refused) == 1
    assert "named in no file" in refused[0]["reason"]
    assert office.kinds("configuration").count(EventKind.ALARM_RAISED) == 1
    with before() as reader:
        assert not reader.pending_tasks("close-account")
    office.folder.write(*SCHOOLS[:3], school(5), school(6))
    status = provision(office, "watch", "status", "--json")
    assert json.loads(status.stdout)["leader"] is not None


def test_a_deactivation_waits_for_a_person_and_the_rest_is_applied(office: Office, leader: Watcher) -> None:
    records = (school(1), school(2, "email: moved@schools.example"), school(3, ENDING), school(5), school(6))
    office.folder.write(*records)
    wait_until(lambda: "deactivation left to a person" in str(_attention(office)), "the status")
    wait_until(lambda: _email(office, "46-0000002") == "moved@schools.example", "the rest is applied")
    assert EventKind.ACCOUNT_DEACTIVATED not in office.kinds("46-0000003")
    time.sleep(TWO_ROUNDS_S)
    alarms = [event for event in office.events("configuration") if data_of(event).get("what") == LEFT]
    assert len(alarms) == 1, "it is said once"
    assert "46-0000003" in str(alarms[0].data) and "--allow-deactivations 1" in str(_attention(office))
    done = provision(office, "apply", "--no-mail", "--allow-deactivations", "1")
    assert done.returncode == 0, done.stderr
    wait_until(lambda: _attention(office) is None, "the watch sees that somebody applied it")
    assert EventKind.ACCOUNT_DEACTIVATED in office.kinds("46-0000003")
    office.folder.write(*SCHOOLS[:2], school(3, ENDING), school(5), school(6))


def test_what_was_left_is_over_when_it_was_decided_elsewhere(office: Office, leader: Watcher) -> None:
    office.folder.write(*STILL)
    wait_until(lambda: "deactivation left to a person (46-0000006)" in str(_attention(office)), "the status")
    deactivate(office.actor, ["46-0000006"], WHY)
    wait_until(lambda: _attention(office) is None, "nothing waits any more")


def test_broken_yaml_is_reported_with_its_place_and_the_rest_goes_on(office: Office, leader: Watcher) -> None:
    office.folder.write(*STILL, "- id: oops\n")
    told = wait_until(
        lambda: (
            next((e for e in leader.entries("person-needed") if "has 1 errors" in e["reason"]), None)
            or next((e for e in leader.entries("person-needed") if "errors, the first at" in e["reason"]), None)
        ),
        "the report",
    )
    assert "institutions/all.yaml" in told["reason"]
    office.folder.write(*STILL)
    wait_until(lambda: "has" not in str(_attention(office) or ""), "the report is taken back")


def test_another_stands_by_takes_over_after_a_kill_and_stops_cleanly(
    office: Office, leader: Watcher, tmp_path: Path
) -> None:
    with watching(office, tmp_path, "second") as second:
        second.wait_for("standing-by")
        assert not second.entries("leading")
        wait_until(second.health.exists, "a sign of life")
        assert "standing by" in provision(office, "watch", "alive", str(second.health)).stdout
        leader.kill()
        second.wait_for("leading")
        office.folder.write(*STILL, school(7))
        wait_until(lambda: find_user(office.realm.connection, "46-0000007"), "the account")
        assert second.stop(signal.SIGTERM) == 0
        assert second.entries("stopped")
    with office.ledger.reader() as reader:
        lease = find_lease(reader, "watch")
    assert lease is not None
    assert lease.released_at is not None
    assert provision(office, "watch", "status").returncode == 2
    assert provision(office, "watch", "alive", str(second.health)).returncode == 3


def test_once_does_every_duty_and_reads_when_keys_were_used(office: Office) -> None:
    office.access_token("api-46-0000001-k1", office.reveal("46-0000001"))
    done = provision(office, "watch", "--once", "--without", "drift", "--without", "checkpoint")
    assert done.returncode in (0, 2), done.stderr
    shown = json.loads(provision(office, "keys", "status", "46-0000001", "--json").stdout)
    assert shown[0]["last_used_at"] is not None
    with office.ledger.reader() as reader:
        assert duties(reader)["key-use"].error is None


def test_no_secret_stands_in_the_log(office: Office, leader: Watcher) -> None:
    text = leader.log.read_text(encoding="ascii")
    for name in ("AIKOM_PROVISIONING_SECRET", "AIKOM_SIDECAR_SECRET", "AIKOM_SESSION_SECRET"):
        assert office.realm.settings.values[name] not in text
    assert "key=" not in text


def _attention(office: Office) -> str | None:
    with office.ledger.reader() as reader:
        known = duties(reader).get("configuration")
    return None if known is None else known.attention


def _email(office: Office, username: str) -> str:
    return str(require_user(office.realm.connection, username)["email"])
